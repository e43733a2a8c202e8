"""What one person would see in a slot now, with the full reasons."""

from dataclasses import dataclass, field

from regulars import decide, people
from regulars.decide.model import Asked
from regulars.kit.errors import Fault
from regulars.kit.json import Json
from regulars.people.model import Identity, IdentityKind, Profile
from regulars.store import Db
from regulars.web.pages.desk import Desk
from regulars.web.pages.me.sentences import seen
from regulars.web.pages.outcomes import Outcome, outcomes
from regulars.web.pages.scene import labels_in, world_of


@dataclass(frozen=True, slots=True)
class Preview:
    """The outcomes, or why there are none."""

    items: list[Outcome] = field(default_factory=list)
    mode: str = ""
    fault: str = ""


def preview(desk: Desk, slot: str, person: str, item: str) -> Preview:
    """Decide for `person` (an id of any kind; empty: nobody) without logging it."""
    try:
        with desk.work() as work:
            profile = profile_of_text(work.db, person)
            events = seen(work.db, profile.person)
            now = work.now
        world = world_of(desk.edge, profile.versions, now)
        context: dict[str, Json] = {"language": desk.agent.language, **({"item": item} if item else {})}
        decision = decide.decide(Asked(slot, profile, context), world, now=now)
    except Fault as fault:
        return Preview(fault=fault.detail)
    labels = labels_in(world, desk.agent.language)
    return Preview(outcomes(decision.items, labels, events, world.rules), labels.value("mode", decision.mode.value))


def profile_of_text(db: Db, text: str) -> Profile:
    """The person somebody typed: a user id, a visitor number or an address. Raises NotFound; nobody for nothing."""
    if not text:
        return people.profile(db, None)
    for kind in IdentityKind:
        found = people.profile(db, Identity(kind, text[:512]))
        if found.person is not None:
            return found
    people.find_user(db, text[:512])
    return people.profile(db, None)
