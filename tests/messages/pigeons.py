"""A channel for tests: it answers what it is told to, and remembers what it carried."""

from collections.abc import Mapping
from datetime import datetime

from regulars import messages
from regulars.kit.json import Json
from regulars.messages import Accepted, Handed, LedgerId, Outgoing, Parcel, Recipient
from regulars.store import Db
from tests.cast import NOW


class Pigeon:
    """A real carrier, to nowhere."""

    def __init__(self, *answers: Handed) -> None:
        self.answers = list(answers)
        self.carried: list[Parcel] = []

    def name(self, parcel: Parcel) -> str | None:
        return f"<{parcel.ledger}@pigeon.test>"

    def hand_over(self, parcel: Parcel) -> Handed:
        self.carried.append(parcel)
        return self.answers.pop(0) if self.answers else Accepted()


def sent(db: Db, key: str = "m1", *, channel: str = "pigeon", not_before: datetime | None = None) -> LedgerId:
    """Something on its way to Vera."""
    payload: Mapping[str, Json] = {"text": "Your sandwich is ready"}
    to = Recipient(None, "vera@example.com", "Vera")
    return messages.send(db, Outgoing(key, channel, to, payload, not_before=not_before), now=NOW)
