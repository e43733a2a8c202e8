"""Webhooks out: other servers are told what happens in conversations, signed, again and again until they heard it.

What is to be told is queued by the database itself, in the transaction that makes it so (see the triggers of the
migration): whichever process it was, either both are there or neither. Delivery is at least once, with the same id
at every try.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from secrets import token_bytes

from regulars.channels import webhook as transport
from regulars.desk.hooks import store
from regulars.desk.hooks.model import (
    Claimed,
    Delivery,
    DeliveryId,
    DeliveryState,
    HookEvent,
    NewWebhook,
    Webhook,
    WebhookId,
)
from regulars.kit.errors import Fault, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.store import Database, Db, jobs

DELIVER = "hooks.deliver"
"""The job that makes one try of one delivery."""

TIDY = "hooks.tidy"
KEEP = timedelta(days=30)
BUSY = timedelta(seconds=5)
LOST_AFTER = timedelta(minutes=15)

PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400))
"""After each try that failed; after the last one it is given up: two days in all."""

MOST_WEBHOOKS = 50


def new_webhook(
    db: Db, url: str, events: Sequence[str], *, by: str, now: datetime, private: bool = False
) -> NewWebhook:
    """Tell this server of these events from now on. The secret is shown this once.

    Raises Invalid for no such address or event, Forbidden for an address inside our own net.
    """
    unknown = [e for e in events if e not in set(HookEvent)]
    if unknown or not events:
        words = f"these are the events: {', '.join(HookEvent)}"
        raise Invalid(words, fields={"events": words})
    transport.guarded(url, private=private)
    if len(store.webhooks(db)) >= MOST_WEBHOOKS:
        raise Invalid(f"there are {MOST_WEBHOOKS} webhooks already: remove one first")
    secret = new_secret()
    named = tuple(dict.fromkeys(HookEvent(e) for e in events))
    made = Webhook(WebhookId(new_id()), url, named, now, by)
    store.add(db, made, secret)
    return NewWebhook(made, secret)


def webhooks(db: Db) -> list[Webhook]:
    """Every server that is told."""
    return store.webhooks(db)


def remove_webhook(db: Db, id: WebhookId) -> None:
    """Tell it nothing more. Raises NotFound."""
    if not store.remove(db, id):
        raise NotFound("there is no such webhook")


def pause_webhook(db: Db, id: WebhookId, *, now: datetime, because: str = "") -> None:
    """Stop telling it: what happens meanwhile is not told later. Raises NotFound."""
    if not store.pause(db, id, now, because):
        raise NotFound("there is no such webhook")


def resume_webhook(db: Db, id: WebhookId) -> None:
    """Tell it again, beginning with what was waiting when it was paused. Raises NotFound."""
    if not store.pause(db, id, None, ""):
        raise NotFound("there is no such webhook")
    for delivery in store.waiting(db, id):
        _queue(db, delivery, id)


def deliveries(
    db: Db, *, state: DeliveryState | None = None, webhook: WebhookId | None = None, most: int = 100
) -> list[Delivery]:
    """The newest deliveries, of one state or webhook or all."""
    return store.deliveries(db, state=state, webhook=webhook, most=most)


def send_again(db: Db, id: DeliveryId) -> None:
    """Try one once more that was given up, from the beginning. Raises NotFound."""
    webhook = store.revive(db, id)
    if webhook is None:
        raise NotFound("there is no such delivery that was given up")
    _queue(db, id, webhook)


def deliver(database: Database, id: DeliveryId, *, clock: Callable[[], datetime], private: bool = False) -> None:
    """Make one try. The row is held meanwhile, so that no second try runs beside it."""
    with database.begin() as db:
        one = store.claim(db, id, clock())
        if one is None:
            return
        if not store.alone(db, one.webhook):  # a slow server takes one of our threads, not all of them
            _queue(db, one.id, one.webhook, at=clock() + BUSY)
            return
        answer = _tell(one, clock(), private=private)
        _settle(db, one, answer, clock())


def tidy(db: Db, *, now: datetime) -> int:
    """Forget what was delivered a month ago, and queue again whatever lost its job; how many of those there were."""
    store.forget(db, now - KEEP)
    lost = store.lost(db, now - LOST_AFTER)
    for delivery, webhook in lost:
        _queue(db, delivery, webhook, at=now)
    return len(lost)


def new_secret() -> str:
    """A secret to sign with, as standardwebhooks.com writes them."""
    return transport.SECRET_PREFIX + b64encode(token_bytes(32)).decode()


def _tell(one: Claimed, now: datetime, *, private: bool) -> transport.Answered | transport.NotReached:
    try:
        body = one.body.encode()
        return transport.post(one.url, body, secret=one.secret, message=str(one.id), now=now, private=private)
    except Fault as e:  # the name leads somewhere else now, or nowhere
        return transport.NotReached(e.detail, sent=False)


def _settle(db: Db, one: Claimed, answer: transport.Answered | transport.NotReached, now: datetime) -> None:
    words = f"{answer.status} {answer.words}"[:500] if isinstance(answer, transport.Answered) else answer.words
    if isinstance(answer, transport.Answered) and answer.accepted:
        store.settle(db, one, DeliveryState.DELIVERED, answered=words, now=now)
        return
    if isinstance(answer, transport.Answered) and answer.permanent:
        store.pause(db, one.webhook, now, "it said 410 Gone")
    if one.tries >= len(PAUSES) or (isinstance(answer, transport.Answered) and answer.permanent):
        store.settle(db, one, DeliveryState.DEAD, answered=words, now=now)
        return
    next_at = now + PAUSES[one.tries]
    store.settle(db, one, DeliveryState.QUEUED, answered=words, now=now, next_at=next_at)
    _queue(db, one.id, one.webhook, at=next_at)


def _queue(db: Db, id: DeliveryId, webhook: WebhookId, at: datetime | None = None) -> None:
    """First tries go one after the other; a later try must not keep them waiting until its time has come."""
    lock = f"webhook:{webhook}" if at is None else None
    jobs.later(db, DELIVER, {"delivery": str(id)}, at=at, lock=lock)
