"""Filling in a ready answer for one customer. Never a broken placeholder: what is missing is refused and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from regulars import people, team
from regulars.desk.answers import store
from regulars.desk.answers.keeping import answer
from regulars.desk.answers.model import NAMES, AnswerId, Filled, ReadyAnswer
from regulars.desk.model import Actor, ConversationId
from regulars.desk.store import rows
from regulars.kit import liquid
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people import IdentityKind, Profile
from regulars.store import Db
from regulars.team import Agent, DepartmentId


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is filled in for. All but the agent may be unknown; a program has a name no customer reads.

    name, address  as the conversation knows the customer
    """

    agent: Actor
    person: PersonId | None = None
    name: str = ""
    address: str = ""
    number: int | None = None
    subject: str = ""
    department: DepartmentId | None = None


def about(db: Db, conversation: ConversationId, *, by: Agent) -> tuple[About, str]:
    """What is known of a conversation, and the language to answer in: the one the customer chose, else wrote in.

    Raises NotFound for a conversation `by` does not see.
    """
    found = store.standing(db, rows.sighted(db, conversation, by))
    person = PersonId(found["person_id"]) if found["person_id"] is not None else None
    stated = people.profile_of(db, person, newest=1).facet("language").stated if person is not None else None
    language = stated if isinstance(stated, str) else found["language"] or by.language
    known = About(
        by, person, found["name"], found["address"], found["number"], found["subject"], found["department_id"]
    )
    return known, language


def render(db: Db, id: AnswerId, about: About, *, language: str, now: datetime) -> Filled:
    """The ready answer in `language`, filled in. Raises NotFound; Invalid naming the variable that has no value."""
    if not isinstance(about.agent, Agent):
        raise NotFound("there is no such ready answer")
    found = answer(db, id, by=about.agent)
    return fill(found, values(db, about, now=now), language)


def fill(found: ReadyAnswer, said: liquid.Values, language: str) -> Filled:
    """`found` in `language`, or the nearest it has, with these values. Raises Invalid naming what is missing."""
    spoken = found.language(language)
    text = liquid.render(found.texts[spoken].text, said, language=spoken)
    return Filled(found.id, spoken, text.strip(), tuple(f for f in found.files if f.language in ("", spoken)))


def preview(db: Db, text: str, about: About, *, language: str, now: datetime) -> str:
    """`text` of an answer that is being written, filled in for a real person. Raises Invalid as `render` does."""
    return liquid.render(text, values(db, about, now=now), language=language).strip()


def values(db: Db, about: About, *, now: datetime) -> dict[str, object]:
    """Everything a ready answer may speak of. What is not known is not there."""
    profile = people.profile_of(db, about.person, newest=1) if about.person is not None else None
    named = next((d.name for d in team.departments(db) if d.id == about.department), "") if about.department else ""
    return {
        "customer": _customer(profile, about),
        "conversation": {"number": f"#{about.number}" if about.number else "", "subject": about.subject},
        "agent": _agent(about.agent),
        "department": {"name": named},
        "today": now.date(),
    }


def files_of(db: Db, filled: Filled) -> list[tuple[str, str, bytes]]:
    """(name, type, content) of the files that go along."""
    held = store.contents(db, filled.answer)
    return [(file.name, file.type, held[file.id]) for file in filled.files if file.id in held]


def _agent(who: Actor) -> dict[str, object]:
    return {"name": who.name, "first_name": _first(who.name), "email": who.email} if isinstance(who, Agent) else {}


def _customer(profile: Profile | None, about: About) -> dict[str, object]:
    traits: Mapping[str, Json] = profile.traits if profile else {}
    said = {name: value for name in NAMES if isinstance(value := _trait(traits, name), str) and value.strip()}
    name = said.get("name") or about.name or f"{said.get('first_name', '')} {said.get('last_name', '')}".strip()
    mail = next((i.value for i in profile.identities if i.kind is IdentityKind.EMAIL), "") if profile else ""
    user = next((i.value for i in profile.identities if i.kind is IdentityKind.USER), "") if profile else ""
    spoken = profile.facet("language").stated if profile else None
    return said | {
        "name": name,
        "first_name": said.get("first_name") or _first(name),
        "email": said.get("email") or mail or (about.address if "@" in about.address else ""),
        "id": user,
        "language": spoken if isinstance(spoken, str) else "",
        "traits": {key: value for key, value in traits.items() if key not in NAMES},
    }


def _trait(traits: Mapping[str, Json], name: str) -> Json:
    """A trait by our name or as the Segment spec spells it (firstName)."""
    head, *rest = name.split("_")
    return traits.get(name, traits.get(head + "".join(word.title() for word in rest)))


def _first(name: str) -> str:
    """The first name, where it plainly is one: "Vera Blum" → Vera; nothing for "vera@example.com"."""
    first = name.strip().split(" ")[0]
    return "" if "@" in first else first.rstrip(",")


def missing(fault: Invalid) -> str:
    """The variable a refused rendering lacked; "" when it was refused for something else."""
    return next((name for name in fault.fields if name != "template"), "")
