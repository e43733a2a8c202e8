"""Webhooks: what is told to whom, signed, until it was heard, and to no private address."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from regulars import desk
from regulars.channels.webhook import verify
from regulars.desk import Machine, NewReply, Priority, Status, hooks
from regulars.desk.hooks import PAUSES, DeliveryId, DeliveryState, HookEvent, NewWebhook
from regulars.kit.clock import utc_now
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.store import Database, Db
from regulars.store.jobs import Worker
from tests.desk.desk_cast import mail
from tests.desk.hooks.other import Other, listening

SHOP = Machine("key:Shop")
ALL = tuple(HookEvent)


@pytest.fixture
def other() -> Iterator[Other]:
    """Another server."""
    with listening() as found:
        yield found


def made(database: Database, other: Other, events: tuple[str, ...] = ALL) -> NewWebhook:
    """A webhook that tells it."""
    with database.begin() as db:
        return hooks.new_webhook(db, other.url, events, by="agent:mia", now=utc_now(), private=True)


def asked(database: Database, key: str = "a") -> desk.Received:
    """Somebody wrote."""
    with database.begin() as db:
        return desk.receive(db, [mail(key)], now=utc_now())[0]


def work(database: Database, clock: datetime | None = None) -> None:
    """Every job that may be done now."""

    def deliver(database: Database, args: object, _: datetime) -> None:
        id = DeliveryId(UUID(str(args["delivery"])))  # type: ignore[index]
        hooks.deliver(database, id, clock=lambda: clock or utc_now(), private=True)

    for _ in range(4):  # jobs of one lock come one after the other, and a worker that finds none at once is done
        Worker(database, {hooks.DELIVER: deliver}, clock=utc_now).run_until_empty()


def states(database: Database) -> list[tuple[str, int]]:
    """State and tries of every delivery, the oldest first."""
    with database.begin() as db:
        return [(d.state.value, d.tries) for d in reversed(hooks.deliveries(db))]


def test_what_happens_is_told_signed(database: Database, other: Other):
    secret = made(database, other).secret
    talk = asked(database)
    work(database)
    assert [t["type"] for t in other.told] == ["conversation.opened", "message.received"]
    for headers, body in other.heard:
        assert verify(secret, headers, body, now=utc_now()) == headers["webhook-id"]
    told = other.told[1]["data"]
    assert told["conversation"]["id"] == str(talk.conversation)
    assert (told["message"]["text"], told["message"]["author"]) == ("Where is my order?", "customer")
    assert told["conversation"]["customer"]["email"] == "omar@example.org"


def test_only_what_was_asked_for_is_told(database: Database, other: Other):
    made(database, other, ("message.sent", "conversation.changed"))
    talk = asked(database)
    with database.begin() as db:
        desk.set_priority(db, talk.conversation, Priority.URGENT, by=SHOP, now=utc_now())
        desk.note(db, talk.conversation, "For colleagues only", by=SHOP, now=utc_now())
        desk.write(db, talk.conversation, NewReply("It is on its way."), by=SHOP, now=utc_now())
    work(database)
    kinds = [(t["type"], t["data"].get("change", {}).get("kind")) for t in other.told]
    assert ("conversation.changed", "priority") in kinds and ("message.sent", None) in kinds
    assert not any("colleagues" in str(t) for t in other.told)


def test_what_is_rolled_back_is_never_told(database: Database, other: Other):
    made(database, other)
    with pytest.raises(RuntimeError), database.begin() as db:
        desk.receive(db, [mail("a")], now=utc_now())
        raise RuntimeError
    work(database)
    assert other.heard == [] and states(database) == []


def test_a_server_that_fails_is_told_again_later_with_the_same_words_and_id(database: Database, other: Other):
    made(database, other, ("message.received",))
    talk = asked(database)
    other.status = 500
    work(database)
    assert states(database) == [("queued", 1)]
    with database.begin() as db:
        desk.set_status(db, talk.conversation, Status.SOLVED, by=SHOP, now=utc_now())
        hurry(db)
    other.status = 204
    work(database, utc_now() + PAUSES[0])
    assert states(database) == [("delivered", 2)]
    (first, body), (second, again) = other.heard
    assert body == again and first["webhook-id"] == second["webhook-id"]


def test_a_later_try_does_not_keep_newer_ones_waiting(database: Database, other: Other):
    made(database, other, ("message.received",))
    asked(database)
    other.status = 500
    work(database)
    other.status = 200
    asked(database, "b")
    work(database)
    assert states(database) == [("queued", 1), ("delivered", 1)]


def test_it_is_given_up_after_two_days_and_can_be_sent_again(database: Database, other: Other):
    made(database, other, ("message.received",))
    asked(database)
    other.status = 503
    now = utc_now()
    for pause in (timedelta(0), *PAUSES):
        now += pause
        with database.begin() as db:
            hurry(db)
        work(database, now)
    assert states(database) == [("dead", len(PAUSES) + 1)]
    assert sum(PAUSES, timedelta(0)) > timedelta(days=1)
    with database.begin() as db:
        (dead,) = hooks.deliveries(db, state=DeliveryState.DEAD)
        assert dead.answered.startswith("503")
        hooks.send_again(db, dead.id)
        with pytest.raises(NotFound):
            hooks.send_again(db, dead.id)
    other.status = 200
    work(database)
    assert states(database) == [("delivered", 1)]


def test_a_server_that_is_gone_is_told_no_more_until_it_is_back(database: Database, other: Other):
    made(database, other, ("message.received",))
    asked(database)
    other.status = 410
    work(database)
    with database.begin() as db:
        (one,) = hooks.webhooks(db)
    assert one.paused_at is not None and "410" in one.paused_because
    asked(database, "b")
    assert states(database) == [("dead", 1)]
    with database.begin() as db:
        hooks.resume_webhook(db, one.id)
    other.status = 200
    asked(database, "c")
    work(database)
    assert states(database)[-1] == ("delivered", 1)


def test_a_lost_job_is_found_again(database: Database, other: Other):
    made(database, other, ("message.received",))
    asked(database)
    with database.begin() as db:
        db.execute(sa.text("delete from procrastinate_jobs"))
        assert hooks.tidy(db, now=utc_now()) == 0
        assert hooks.tidy(db, now=utc_now() + timedelta(hours=1)) == 1
        hurry(db)
    work(database)
    assert states(database) == [("delivered", 1)]


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://10.0.0.1/x", "https://[::1]/", "https://169.254.169.254/", "https://localhost/"],
)
def test_nobody_inside_our_net_can_be_named(db: Db, url: str):
    with pytest.raises(Forbidden):
        hooks.new_webhook(db, url, ALL, by="x", now=utc_now())


@pytest.mark.parametrize(
    ("url", "events"),
    [
        ("ftp://x", ALL),
        ("http://example.com", ALL),
        ("x", ALL),
        ("https://example.com", ()),
        ("https://example.com", ("everything",)),
    ],
)
def test_what_cannot_be_told_is_refused(db: Db, url: str, events: tuple[str, ...]):
    with pytest.raises(Invalid):
        hooks.new_webhook(db, url, events, by="x", now=utc_now())


def test_a_name_that_leads_inside_by_the_time_it_is_told_is_not_followed(
    database: Database, other: Other, monkeypatch: pytest.MonkeyPatch
):
    """DNS rebinding: the name was public when it was saved."""
    port = other.server_port
    leads_to = {"hook.example": "93.184.216.34"}
    real = socket.getaddrinfo

    def resolve(host: str, *args: object, **more: object) -> object:
        return real(leads_to.get(host, host), *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with database.begin() as db:
        hooks.new_webhook(db, f"https://hook.example:{port}/", ["message.received"], by="x", now=utc_now())
    asked(database)
    leads_to["hook.example"] = "127.0.0.1"
    with database.begin() as db:
        (waiting,) = hooks.deliveries(db)
    hooks.deliver(database, waiting.id, clock=utc_now)
    with database.begin() as db:
        (tried,) = hooks.deliveries(db)
    assert other.heard == [] and tried.tries == 1 and "no public address" in tried.answered


def test_what_is_not_there_cannot_be_removed(db: Db):
    for act in (hooks.remove_webhook, hooks.resume_webhook, hooks.send_again):
        with pytest.raises(NotFound):
            act(db, uuid4())  # type: ignore[arg-type]


def hurry(db: Db) -> None:
    """Let what is scheduled be due."""
    db.execute(sa.text("update procrastinate_jobs set scheduled_at = null where status = 'todo'"))


def test_who_asks_to_be_forgotten_is_forgotten_here_too(database: Database, other: Other):
    made(database, other, ("message.received",))
    talk = asked(database)
    work(database)
    with database.begin() as db:
        assert "Where is my order" in str(db.execute(sa.text("select body from webhook_deliveries")).scalar_one())
        db.execute(
            sa.text("update conversation_messages set text = '', erased_at = now() where conversation_id = :id"),
            {"id": talk.conversation},
        )
        assert hooks.deliveries(db) == []
