"""The one door in: every message of every channel comes through here, and the same one only once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from regulars import people
from regulars.desk.model import Arrival, Received, Sender, Thread
from regulars.desk.placing import Placing
from regulars.desk.store import arriving, meant
from regulars.desk.times import plausible
from regulars.desk.words import line, short
from regulars.kit.errors import Invalid
from regulars.kit.ids import PersonId, new_id
from regulars.kit.text import clean
from regulars.people import Identity, IdentityKind
from regulars.store import Db

LONGEST_ADDRESS = 320
LONGEST_NAME = 200
MOST_REFERENCES = 100


def receive(db: Db, arrivals: Sequence[Arrival], *, now: datetime) -> list[Received]:
    """Take in `arrivals`, in their order; for each, where it ended up. Four round trips at most, however many.

    Idempotent by key, also when several processes receive the same at once. A message lands in the conversation it
    proves or refers to (`placing`), in the one that was merged into when it was; or opens one. Lists and waiting times
    go by `now`, not by what the sender's clock says. One call per transaction: its locks are held to the end.
    Raises Invalid for an arrival without a key.
    """
    tidy = [_tidy(a, now) for a in arrivals]
    if not tidy:
        return []
    persons = _persons(db, tidy, now)
    looked = meant.look(db, tidy, persons)
    placing = Placing(looked.standing, looked.candidates, now)
    received = dict(looked.known)
    first: dict[str, int] = {}
    ids = iter(looked.ids)
    for n, arrival in enumerate(tidy):
        if n in received:
            continue
        if (before := first.setdefault(arrival.key, n)) != n:
            received[n] = replace(received[before], fresh=False, opened=False)
            continue
        placed = placing.place(n, arrival, persons[n], new_id)
        received[n] = Received(next(ids), placed.into.id, fresh=True, opened=placed.opened)
    if placing.placed:
        arriving.write(db, placing, looked.ids, now)
    return [received[n] for n in range(len(tidy))]


def _persons(db: Db, arrivals: Sequence[Arrival], now: datetime) -> list[PersonId | None]:
    """The person of each arrival: by identity, else by e-mail address."""
    names = [_identity(a.sender) for a in arrivals]
    found = people.resolve(db, {n for n in names if n}, now=now)
    return [found[name] if name else None for name in names]


def _identity(sender: Sender) -> Identity | None:
    if sender.identity:
        return sender.identity
    return Identity(IdentityKind.EMAIL, sender.address) if "@" in sender.address else None


def _tidy(arrival: Arrival, now: datetime) -> Arrival:
    """`arrival` as it can be kept: nothing the database cannot hold, no key longer than an index takes."""
    if not arrival.key:
        raise Invalid("a message needs a key of its own, so that it arrives once", fields={"key": "is missing"})
    if arrival.at != (at := plausible(arrival.at, now)):
        arrival = replace(arrival, at=at)
    if _is_tidy(arrival):
        return arrival
    thread = arrival.thread
    return replace(
        arrival,
        key=clean(short(arrival.key)),
        sender=_tidy_sender(arrival.sender),
        text=clean(arrival.text),
        html=clean(arrival.html),
        quoted=clean(arrival.quoted),
        subject=line(clean(arrival.subject), 1_000),
        message_id=clean(short(arrival.message_id)),
        language=clean(arrival.language)[:35],
        copies=tuple(_tidy_sender(c) for c in arrival.copies[:100]),
        thread=thread if thread == Thread() else _tidy_thread(thread),
        attachments=tuple(replace(f, name=clean(f.name)[:255], type=clean(f.type)[:255]) for f in arrival.attachments),
    )


def _is_tidy(arrival: Arrival) -> bool:
    """Whether tidying would change nothing: as for nearly all of chat, which is words in a named conversation."""
    if arrival.html or arrival.quoted or arrival.subject or arrival.message_id or arrival.copies or arrival.attachments:
        return False
    thread, sender, key = arrival.thread, arrival.sender, arrival.key
    if thread.in_reply_to or thread.references or thread.number is not None or len(arrival.language) > 35:
        return False
    texts = (key, arrival.text, arrival.language)
    plain = short(key) is key and all(clean(text) is text for text in texts)
    return plain and ((not sender.address and not sender.name) or _tidy_sender(sender) == sender)


def _tidy_thread(thread: Thread) -> Thread:
    references = tuple(clean(short(r)) for r in thread.references[-MOST_REFERENCES:])
    number = thread.number if thread.number is not None and 0 < thread.number < 2**63 else None
    return Thread(thread.conversation, clean(short(thread.in_reply_to)), references, number, thread.begun)


def _tidy_sender(sender: Sender) -> Sender:
    address = clean(sender.address.strip().casefold())[:LONGEST_ADDRESS]
    return Sender(sender.identity, address, line(clean(sender.name), LONGEST_NAME))
