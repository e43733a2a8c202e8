"""The person's data: consents with their history, what they did, export, erase."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from litestar import MediaType, Response, get, post
from litestar.params import FromQuery

from regulars import desk, people
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.i18n import N_, speaker
from regulars.kit.ids import EventId
from regulars.kit.json import Json
from regulars.people.model import Consent, IdentityKind, Profile, Purpose
from regulars.store import Db
from regulars.web.pages import render
from regulars.web.pages.forms import GivenForm
from regulars.web.pages.me.door import POLICY, GivenVisit, Visit
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.me.sentences import done
from regulars.web.people_verbs import everything

WORDING = "2026-11"
"""The version of the words below; the ledger keeps which one somebody saw."""

PURPOSES = {
    Purpose.PERSONALISATION: (
        N_("Personal picks"),
        N_("Learn from what I do here and pick things for me."),
    ),
    Purpose.STATISTICS: (
        N_("Statistics"),
        N_("Count what I do, together with everybody else, to make the place better."),
    ),
    Purpose.EMAIL: (N_("E-mail"), N_("Write to me about what is new and on offer.")),
    Purpose.MESSAGES: (N_("Messages on the site"), N_("Show me messages meant for me.")),
}
KINDS = {
    IdentityKind.ANONYMOUS: N_("Visitor number of a browser"),
    IdentityKind.USER: N_("Your account"),
    IdentityKind.CLAIMED: N_("A name said without proof"),
    IdentityKind.EMAIL: N_("E-mail address"),
}
COUNTS = {
    "events": N_("Things you did"),
    "facets": N_("Choices and guesses"),
    "facet_changes": N_("Changes of your choices"),
    "consents": N_("Answers about what you allow"),
    "identities": N_("Names we know you by"),
    "decisions": N_("Picks made for you"),
    "corrections": N_("Corrections you made"),
    "conversations": N_("Conversations with us"),
}
AT_ONCE = 20
NEWEST_POSSIBLE = 2**63


@dataclass(frozen=True, slots=True)
class PurposeView:
    """One purpose: the words, the answer that counts, and the answers before it."""

    name: str
    label: str
    words: str
    granted: bool
    history: list[Consent]


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing they did."""

    id: int
    text: str
    at: object
    learn: bool
    verb: bool


@dataclass(frozen=True, slots=True)
class Name:
    """One name we know them by."""

    label: str
    value: str


@get("/me/data", sync_to_thread=True)
def data_page(visit: GivenVisit, before: FromQuery[int | None] = None) -> Response[str]:
    """What they allow, what they did, who we take them for."""
    with visit.edge.work() as work:
        look = visit.look(work)
        profile, labels = look.profile, look.labels
        ledger = people.consents(work.db, profile.person) if profile.person is not None else []
        events = _events(work.db, profile, before)
        values = {
            "purposes": list(_purposes(ledger, labels.language)),
            "events": [EventView(int(e.id), done(e, labels), e.at, e.learn, e.verb is not None) for e in events],
            "older": str(int(events[-1].id)) if len(events) == AT_ONCE else "",
            "identities": list(_names(profile, labels.language)),
        }
        return look.page("data", values)


@post("/me/consent", sync_to_thread=True)
def answer_purpose(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """One more line in the ledger."""
    purpose, granted = form.one("purpose"), form.one("granted") == "yes"
    if purpose not in set(Purpose):
        raise Invalid("there is no such purpose", fields={"purpose": "is unknown"})
    with visit.edge.work() as work:
        language = visit.language(people.profile(work.db, visit.identity))
        said = Consent(Purpose(purpose), granted, WORDING, language, "/me", work.now)
        people.consent(work.db, visit.node(work), said)
    return visit.back("data", said="consent")


@post("/me/learn", sync_to_thread=True)
def learn_from_event(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Learn from one thing they did, or no more. It counts in the next decision."""
    learn, event = form.one("learn") == "yes", form.needed("event")
    if not event.isdigit() or len(event) > 18:
        raise NotFound("there is no such event")
    with visit.edge.work() as work:
        root = people.root(work.db, people.find(work.db, visit.identity))
        people.learn_from(work.db, root, [EventId(int(event))], learn)
    return visit.back("data", said="learning" if learn else "forgotten")


@get("/me/export", sync_to_thread=True)
def export_mine(visit: GivenVisit) -> Response[bytes]:
    """Everything held about them, as a file."""
    visit.edge.decision_log.flush()
    with visit.edge.work() as work:
        held = held_of(visit, work.db)
    body = msgspec.json.format(msgspec.json.encode(held), indent=2)
    headers = render.headers(POLICY) | {"Content-Disposition": 'attachment; filename="about-me.json"'}
    return Response(body, media_type=MediaType.JSON, headers=headers)


@get("/me/erase", sync_to_thread=True)
def ask_erase(visit: GivenVisit) -> Response[str]:
    """Names what would be lost, and asks."""
    with visit.edge.work() as work:
        look = visit.look(work)
        lost = list(_lost(held_of(visit, work.db), look.labels))
        return look.page("erase", {"lost": lost, "tab": "data"})


@post("/me/erase", sync_to_thread=True, status_code=200)
def erase_me(visit: GivenVisit, form: GivenForm) -> Response[str]:
    """Erase everything, when they are sure."""
    if form.one("sure") != "yes":
        raise Invalid("nothing was erased: the form did not say that you are sure", fields={"sure": "is needed"})
    visit.edge.decision_log.flush()  # what is still to be written down goes too
    with visit.edge.work() as work:
        profile = people.profile(work.db, visit.identity)
        language = visit.language(profile)
        erased = people.erase(work.db, people.root(work.db, people.find(work.db, visit.identity)))
        desk.erase(work.db, erased.nodes, now=work.now)
        work.publish(erased)
    return render.page("me/erased.html", language, {"count": sum(erased.counts.values())}, policy=POLICY)


def held_of(visit: Visit, db: Db) -> dict[str, Json]:
    """Everything held about the visitor; nothing for somebody never seen."""
    try:
        root = people.root(db, people.find(db, visit.identity))
    except NotFound:
        return {}
    held = everything(db, root)
    if visit.identity.kind is IdentityKind.ANONYMOUS:  # others may sit at this device: mail is not for them to read
        held.pop("conversations")
    return held


def _events(db: Db, profile: Profile, before: int | None) -> list[people.SeenEvent]:
    if profile.person is None:
        return []
    older_than = EventId(before) if before is not None and 0 < before < NEWEST_POSSIBLE else None
    return people.events(db, profile.person, before=older_than, most=AT_ONCE)


def _purposes(ledger: list[Consent], language: str) -> Iterator[PurposeView]:
    _ = speaker(language).gettext
    for purpose, (label, words) in PURPOSES.items():
        history = [line for line in ledger if line.purpose is purpose]
        granted = bool(history) and history[0].granted
        yield PurposeView(purpose.value, _(label), _(words), granted, history)


def _names(profile: Profile, language: str) -> Iterator[Name]:
    _ = speaker(language).gettext
    for identity in profile.identities:
        yield Name(_(KINDS[identity.kind]), identity.value)


def _lost(held: Mapping[str, object], labels: Labels) -> Iterator[tuple[str, int]]:
    _ = speaker(labels.language).gettext
    for name, label in COUNTS.items():
        found = held.get(name)
        if isinstance(found, list | tuple | dict) and found:
            yield _(label), len(found)
