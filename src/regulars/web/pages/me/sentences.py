"""What a person did, and what a guess or reason rests on, as sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from regulars import people
from regulars.kit.i18n import N_, speaker
from regulars.kit.ids import EventId, PersonId
from regulars.people.model import EventType, Evidence, SeenEvent, Verb
from regulars.store import Db
from regulars.web.pages.me.labels import Labels

DID = {
    Verb.SHOWN: N_("You were shown %(item)s"),
    Verb.VIEWED: N_("You looked at %(item)s"),
    Verb.CLICKED: N_("You opened %(item)s"),
    Verb.ADDED: N_("You put %(item)s in your basket"),
    Verb.REMOVED: N_("You took %(item)s out of your basket"),
    Verb.BOUGHT: N_("You bought %(item)s"),
    Verb.READ: N_("You read %(item)s"),
    Verb.RATED: N_("You rated %(item)s"),
    Verb.MORE: N_("You asked for more like %(item)s"),
    Verb.BOUNCED: N_("You left %(item)s at once"),
}
CALLS = {
    EventType.PAGE: N_("You visited a page"),
    EventType.SCREEN: N_("You opened a screen"),
    EventType.IDENTIFY: N_("You said who you are"),
    EventType.GROUP: N_("You joined a group"),
    EventType.ALIAS: N_("Two of your names were joined"),
}
MOST_LOOKED_UP = 400


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of evidence. `event`: what they did, which one can look at the world without."""

    text: str
    share: float
    at: datetime | None = None
    event: int | None = None


def done(event: SeenEvent, labels: Labels) -> str:
    """ "You bought Falafel wrap"."""
    _ = speaker(labels.language).gettext
    if event.verb is not None and event.items:
        first = labels.item(event.items[0])
        more = len(event.items) - 1
        return _(DID[event.verb]) % {"item": first + (f" +{more}" if more else "")}
    if event.type is EventType.TRACK:
        return event.name
    said = _(CALLS[event.type])
    title = event.properties.get("title") or event.name
    return f"{said}: {title}" if isinstance(title, str) and title else said


def seen(db: Db, root: PersonId | None) -> Mapping[int, SeenEvent]:
    """The latest events of a person by id, to say what evidence was."""
    if root is None:
        return {}
    return {int(e.id): e for e in people.events(db, root, most=MOST_LOOKED_UP)}


def evidence(found: Sequence[Evidence], events: Mapping[int, SeenEvent], labels: Labels) -> list[Part]:
    """What a guess rests on, the heaviest first; the same deed said once, its shares added up."""
    return merged(_part(e, events, labels) for e in found)


def merged(parts: Iterable[Part]) -> list[Part]:
    """Equal sentences as one, with the sum of their shares and the latest instant."""
    together: dict[str, Part] = {}
    for part in parts:
        had = together.get(part.text)
        instants = [p.at for p in (had, part) if p and p.at]
        event = part.event if had is None else had.event
        share = part.share + (had.share if had else 0)
        together[part.text] = Part(part.text, share, max(instants, default=None), event)
    return sorted(together.values(), key=lambda p: -p.share)


def event_part(event: EventId, share: float, events: Mapping[int, SeenEvent], labels: Labels) -> Part | None:
    """The deed behind an event id; None when it is too long ago to look up."""
    found = events.get(int(event))
    return Part(done(found, labels), share, found.at, int(event)) if found else None


def _part(one: Evidence, events: Mapping[int, SeenEvent], labels: Labels) -> Part:
    _ = speaker(labels.language).gettext
    if one.what == "event":
        found = event_part(EventId(int(one.ref)), one.share, events, labels) if one.ref.isdigit() else None
        return found or Part(_("Something you did earlier"), one.share)
    if one.what == "context":
        return Part(_("What your device tells: %(what)s") % {"what": one.ref}, one.share)
    return Part(_("What the shop knows: %(what)s") % {"what": one.ref}, one.share)
