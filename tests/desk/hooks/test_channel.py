"""A channel of somebody else's: both ways, each message once, always in its conversation."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from regulars import desk, messages, people
from regulars.channels.webhook import verify
from regulars.desk import Channel, Machine, NewReply, Status, hooks
from regulars.kit.clock import utc_now
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.kit.json import Json
from regulars.messages import State
from regulars.people import Identity, IdentityKind
from regulars.store import Database, Db
from tests.desk.hooks.other import Other, listening

SHOP = Machine("key:Shop")
SAID: dict[str, Json] = {"id": "m1", "thread": "t1", "text": "Is it vegan?", "sender": {"id": "u7", "name": "Vera"}}


@pytest.fixture
def other() -> Iterator[Other]:
    """The other side."""
    with listening() as found:
        yield found


def save(db: Db, other: Other) -> hooks.ChannelHook:
    """A channel called our-app."""
    return hooks.save_channel(db, "our-app", other.url, by="agent:mia", now=utc_now(), private=True)


def test_a_message_arrives_once_and_a_thread_is_one_conversation(db: Db, other: Other):
    app = save(db, other)
    first = hooks.arrived(db, app, SAID, now=utc_now())
    again = hooks.arrived(db, app, SAID, now=utc_now())
    more = hooks.arrived(db, app, SAID | {"id": "m2", "text": "Hello?"}, now=utc_now())
    else_ = hooks.arrived(db, app, SAID | {"id": "m3", "thread": "t2"}, now=utc_now())
    assert (first.fresh, again.fresh, again.message) == (True, False, first.message)
    assert (more.conversation, more.opened) == (first.conversation, False)
    assert else_.conversation != first.conversation
    thread = desk.thread(db, first.conversation, by=SHOP)
    assert [m.text for m in thread.messages] == ["Is it vegan?", "Hello?"]
    assert thread.row.channel is Channel.WEBHOOK


def test_a_user_id_of_the_company_is_that_user(db: Db, other: Other):
    told = SAID | {"sender": {"id": "u7", "userId": "vera"}}
    found = hooks.arrived(db, save(db, other), told, now=utc_now())
    vera = people.find(db, Identity(IdentityKind.USER, "vera"))
    assert [r.id for r in desk.for_person(db, people.root(db, vera))] == [found.conversation]


def test_after_it_was_closed_the_thread_goes_on_in_one_new_conversation(db: Db, other: Other):
    app = save(db, other)
    first = hooks.arrived(db, app, SAID, now=utc_now())
    desk.set_status(db, first.conversation, Status.CLOSED, by=SHOP, now=utc_now())
    second = hooks.arrived(db, app, SAID | {"id": "m2"}, now=utc_now())
    third = hooks.arrived(db, app, SAID | {"id": "m3"}, now=utc_now())
    assert second.opened and second.conversation != first.conversation
    assert (third.conversation, third.opened) == (second.conversation, False)


@pytest.mark.parametrize(("said", "field"), [
    ({}, "id"), ({"id": "1", "text": "x"}, "sender.id"), ({"id": "1", "sender": {"id": "u"}}, "text"),
    (SAID | {"at": "yesterday"}, "at"), (SAID | {"at": "2026-01-01T00:00:00"}, "at"),
    (SAID | {"sender": "u"}, "sender.id"),
])  # fmt: skip
def test_what_cannot_be_taken_in_is_refused_by_field(db: Db, other: Other, said: dict[str, Json], field: str):
    with pytest.raises(Invalid) as refused:
        hooks.arrived(db, save(db, other), said, now=utc_now())
    assert field in refused.value.fields


def answered(database: Database, other: Other) -> tuple[str, messages.LedgerId]:
    """The secret, and the ledger's row of an answer."""
    with database.begin() as db:
        app = save(db, other)
        talk = hooks.arrived(db, app, SAID, now=utc_now())
        written = desk.write(db, talk.conversation, NewReply("Yes, all of it."), by=SHOP, now=utc_now())
    assert written.ledger is not None
    return app.secret, messages.LedgerId(written.ledger)


def state(database: Database, ledger: messages.LedgerId) -> State:
    """What became of it."""
    with database.begin() as db:
        return messages.states(db, [ledger])[ledger].state


def deliver(database: Database, ledger: messages.LedgerId) -> None:
    """Hand it over."""
    carrier = hooks.WebhookCarrier(database, clock=utc_now, private=True)
    messages.deliver(database, {"webhook": carrier}, ledger, clock=utc_now)


def test_the_answer_goes_back_signed_to_the_thread_it_came_from(database: Database, other: Other):
    secret, ledger = answered(database, other)
    deliver(database, ledger)
    assert state(database, ledger) is State.ACCEPTED
    ((headers, body),) = other.heard
    assert verify(secret, headers, body, now=utc_now()) == f"reply-{ledger}"
    told = other.told[0]
    assert (told["type"], told["data"]["thread"], told["data"]["recipient"]["id"]) == ("message.send", "t1", "u7")
    assert told["data"]["text"] == "Yes, all of it." and UUID(told["data"]["conversation"])


@pytest.mark.parametrize(("status", "becomes"), [(500, State.QUEUED), (422, State.FAILED), (200, State.ACCEPTED)])
def test_what_the_other_side_says_decides(database: Database, other: Other, status: int, becomes: State):
    _, ledger = answered(database, other)
    other.status = status
    deliver(database, ledger)
    assert state(database, ledger) is becomes


def test_a_channel_that_was_removed_fails_and_says_so(database: Database, other: Other):
    _, ledger = answered(database, other)
    with database.begin() as db:
        hooks.remove_channel(db, "our-app")
        with pytest.raises(NotFound):
            hooks.channel(db, "our-app")
    deliver(database, ledger)
    assert state(database, ledger) is State.FAILED and other.heard == []


@pytest.mark.parametrize("name", ["", "Our App", "x" * 41, "a/b", "1a"])
def test_a_name_is_short_and_plain(db: Db, other: Other, name: str):
    with pytest.raises(Invalid):
        hooks.save_channel(db, name, other.url, by="x", now=utc_now(), private=True)


def test_answers_go_to_no_private_address(db: Db):
    with pytest.raises(Forbidden):
        hooks.save_channel(db, "app", "https://10.0.0.1/", by="x", now=utc_now())


def test_a_new_address_keeps_the_secret(db: Db, other: Other):
    assert save(db, other).secret == save(db, other).secret
