"""Which mails are the same one. A Message-ID says so, but some programs give several mails one: none may be lost."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from regulars import desk
from regulars.desk import Arrival, Heard
from regulars.kit.text import clean
from regulars.store import Db


def told_apart(db: Db, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """`arrivals`, each under a key of its own where its Message-ID came before with another sender or other words.

    Who was forgotten stays so: what came under the Message-ID of a mail of theirs is that mail.
    """
    known = dict(desk.heard(db, [a.key for a in arrivals if a.message_id]))
    apart = []
    for arrival in arrivals:
        before = known.setdefault(arrival.key, _heard(arrival)) if arrival.message_id else None
        differs = before is not None and not _is_same(before, arrival)
        apart.append(replace(arrival, key=f"{arrival.key}:{_digest(_heard(arrival))}") if differs else arrival)
    return apart


def _is_same(before: Heard, arrival: Arrival) -> bool:
    read_again = before.meta.get("raw") == arrival.meta.get("raw")  # perhaps with other words, by a better reader
    return before.erased or read_again or _digest(before) == _digest(_heard(arrival))


def _heard(arrival: Arrival) -> Heard:
    return Heard(arrival.sender.address, arrival.text, erased=False, meta=arrival.meta)


def _digest(heard: Heard) -> str:
    """What makes it this mail: not its bytes, since every server on its way adds to them."""
    said = f"{clean(heard.address).strip().casefold()}\n{' '.join(clean(heard.text).split())}"
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
