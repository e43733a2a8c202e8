"""Taking events: understood one by one, written together, acknowledged when durable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Raw

from regulars import catalog, people
from regulars.kit.clock import utc_now
from regulars.kit.errors import Conflict, Fault, Invalid
from regulars.kit.ids import ItemId
from regulars.people import AliasCall, Event, IdentifyCall, Identity, IdentityKind, Recorded
from regulars.web.auth import Caller
from regulars.web.edge import Edge, Work
from regulars.web.ingest_form import Batch
from regulars.web.ingest_read import Reader, Sent

NO_ITEMS: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An event of a batch that was not taken, and why; the others were."""

    index: int
    detail: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch, after the commit."""

    events: int
    refused: Sequence[Refused] = field(default_factory=list)


def take_one(edge: Edge, caller: Caller, body: bytes, type_: str) -> None:
    """Take the one event in `body`. Raises Malformed, Invalid, TooLarge, Conflict, Unavailable."""
    sent = Reader(edge, caller, utc_now()).read(body, type_)
    for conflict in _write_once(edge, [sent]).conflicts.values():
        raise conflict


def take_batch(edge: Edge, caller: Caller, batch: Batch) -> Taken:
    """Take what is valid of `batch` in one transaction. Raises Invalid when nothing is, Unavailable."""
    events = batch.batch or []
    sent, refused = _read_all(Reader(edge, caller, utc_now(), batch), events)
    if sent:
        conflicts = _write_once(edge, [s for _, s in sent]).conflicts
        refused += [Refused(sent[i][0], conflict.detail) for i, conflict in conflicts.items()]
    refused.sort(key=lambda r: r.index)
    if events and len(refused) == len(events):
        fields = {f"batch[{r.index}]": r.detail for r in refused[:100]}
        raise Invalid(f"no event of this batch could be taken, the first because: {refused[0].detail}", fields=fields)
    return Taken(len(events) - len(refused), refused)


def _write_once(edge: Edge, sent: Sequence[Sent]) -> "Written":
    """Write in a transaction of its own: as if all were new, and when it was not so, again with care."""
    try:
        with edge.work() as work:
            return write(work, sent, hasty=True)
    except people.Hasty:
        with edge.work() as work:
            return write(work, sent)


def _read_all(reader: Reader, events: Iterable[Raw]) -> tuple[list[tuple[int, Sent]], list[Refused]]:
    sent: list[tuple[int, Sent]] = []
    refused: list[Refused] = []
    for index, raw in enumerate(events):
        try:
            sent.append((index, reader.read(raw)))
        except Fault as fault:
            refused.append(Refused(index, fault.detail))
    return sent, refused


@dataclass(frozen=True, slots=True)
class Written:
    """What was recorded, and which events (by position) said who they are in a way that cannot be."""

    recorded: Recorded
    conflicts: Mapping[int, Conflict]


def write(work: Work, sent: Sequence[Sent], *, hasty: bool = False) -> Written:
    """Write all of `sent` but the conflicts. Imports write through here too. `hasty` as in `people.record`."""
    db, now = work.db, work.now
    nodes = people.resolve(db, {i for s in sent for i in _named(s)}, now=now)
    conflicts = _identify(work, sent)
    items = _items(work, sent)
    recorded = people.record(
        db,
        [
            Event(
                s.message_id, nodes[s.who], s.type, s.name, s.at,
                s.meaning.verb if s.meaning and items[i] else None,
                items[i], s.learn, s.properties, s.context,
            )
            for i, s in enumerate(sent)
            if i not in conflicts
        ],
        now=now,
        hasty=hasty,
    )  # fmt: skip
    return Written(recorded, conflicts)


def _identify(work: Work, sent: Sequence[Sent]) -> Mapping[int, Conflict]:
    calls = [(i, s.says) for i, s in enumerate(sent) if s.says]
    if not calls:
        return {}
    answers = people.identify_all(work.db, [says for _, says in calls], now=work.now)
    return {i: said for (i, _), said in zip(calls, answers, strict=True) if isinstance(said, Conflict)}


def _items(work: Work, sent: Sequence[Sent]) -> list[tuple[ItemId, ...]]:
    """The items each of `sent` is about."""
    products = [p for s in sent if s.meaning for p in s.meaning.products]
    shown = {name for s in sent if s.meaning for name in s.meaning.shown}
    known = catalog.seen(work.db, products, now=work.now) if products else {}
    offered = catalog.ids(work.db).find(work.db, shown) if shown else {}
    return [_ids_of(s, known, offered) if s.meaning else NO_ITEMS for s in sent]


def _ids_of(sent: Sent, known: Mapping[str, ItemId], offered: Mapping[str, ItemId]) -> tuple[ItemId, ...]:
    if sent.meaning is None:
        return NO_ITEMS
    found = [known.get(p.external_id) for p in sent.meaning.products]
    found += [offered.get(name) for name in sent.meaning.shown]
    return tuple(dict.fromkeys(item for item in found if item))


def _named(sent: Sent) -> Iterable[Identity]:
    """Every identity the event may touch: all are looked up at once, so two batches never wait for each other."""
    yield sent.who
    match sent.says:
        case IdentifyCall(user_id=user, anonymous_id=anonymous, proven=proven, email=email):
            if email and proven:
                yield Identity(IdentityKind.EMAIL, email)
            if anonymous:
                yield Identity(IdentityKind.ANONYMOUS, anonymous)
                if user and not proven:
                    yield Identity(IdentityKind.CLAIMED, user)
        case AliasCall(previous_id=previous, user_id=user, proven=False):
            yield Identity(IdentityKind.ANONYMOUS, previous)
            yield Identity(IdentityKind.CLAIMED, user)
