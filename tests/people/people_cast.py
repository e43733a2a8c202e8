"""Short names for what the tests of this room say over and over."""

from datetime import datetime, timedelta
from itertools import count

from regulars.kit.ids import ItemId, PersonId
from regulars.people import Event, EventType, Identity, IdentityKind, Verb
from tests.cast import NOW

_numbers = count()


def device(value: str) -> Identity:
    return Identity(IdentityKind.ANONYMOUS, value)


def user(value: str) -> Identity:
    return Identity(IdentityKind.USER, value)


def claimed(value: str) -> Identity:
    return Identity(IdentityKind.CLAIMED, value)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def viewed(node: PersonId, *items: int, at: datetime = NOW, message: str = "", **more: object) -> Event:
    """`node` viewed `items`."""
    return Event(
        message or f"message-{next(_numbers)}",
        node,
        EventType.TRACK,
        "Product Viewed",
        at,
        Verb.VIEWED,
        tuple(ItemId(i) for i in items),
        **more,  # type: ignore[arg-type]  # fields of Event
    )
