"""Finding people for the company's eyes, and how many there are."""

from dataclasses import dataclass
from datetime import datetime

from regulars.kit.ids import PersonId
from regulars.people.model import Identity, IdentityKind
from regulars.people.store import finding as table
from regulars.store import Db


@dataclass(frozen=True, slots=True)
class Found:
    """A person as a list shows them: every name, and when they last did something."""

    root: PersonId
    identities: tuple[Identity, ...]
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are; above a hundred thousand as PostgreSQL estimates. `lately` counts up to 100,000."""

    people: int
    events: int
    lately: int


def search(db: Db, text: str = "", *, most: int = 50) -> list[Found]:
    """People with a name that begins with `text`, exact ones first; without text those who did something last."""
    roots = table.beginning_with(db, text, most) if text else table.latest(db, most)
    names: dict[int, list[Identity]] = {root: [] for root in roots}
    seen: dict[int, datetime] = {}
    for root, kind, value, at in table.told(db, roots):
        identity = Identity(IdentityKind(kind), value) if kind else None
        if identity and identity not in names[root]:
            names[root].append(identity)
        if at and at > seen.get(root, at.min.replace(tzinfo=at.tzinfo)):
            seen[root] = at
    return [Found(PersonId(root), tuple(names[root]), seen.get(root)) for root in roots]


def tally(db: Db, *, since: datetime) -> Tally:
    """How many people and events there are, and how many events happened since then."""
    return Tally(table.total(db, "persons"), table.total(db, "events"), table.lately(db, since))
