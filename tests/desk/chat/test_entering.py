"""Who may read which chat: a secret of the browser or a proven user, never an anonymous id."""

from datetime import timedelta

import pytest

from regulars import people
from regulars.desk import chat
from regulars.desk.chat.model import Kept
from regulars.kit.errors import Invalid, NotFound
from regulars.people import IdentifyCall, Identity, IdentityKind
from regulars.store import Db
from tests.cast import ANON, MALLORY, NOW, OMAR, VERA

SECRET = "s3cret-of-this-browser-0123456789abcdef"
OTHER = "another-browser-fedcba9876543210-xyz"


def say(db: Db, entry: chat.Entry, text: str, id: str = "1") -> chat.Entry:
    received = chat.post(db, [chat.Post(entry, id, text, NOW)], now=NOW)[0]
    kept = Kept(entry.kept.ticket, received.conversation, entry.kept.user, entry.kept.device)
    return chat.Entry(kept, entry.identity, received.conversation)


def enter(db: Db, secret: str = SECRET, user: str | None = None, anonymous: str | None = ANON) -> chat.Entry:
    return chat.enter(db, secret, user=user, anonymous=anonymous, now=NOW)


def texts(db: Db, entry: chat.Entry) -> list[str]:
    return [m.text for m in chat.thread(db, entry)]


def test_the_secret_opens_the_chat_and_the_anonymous_id_does_not(db: Db):
    say(db, enter(db), "my order")
    assert texts(db, enter(db)) == ["my order"]
    assert texts(db, enter(db, anonymous=None)) == ["my order"]
    assert texts(db, enter(db, OTHER)) == []


def test_signing_in_with_somebodys_anonymous_id_opens_not_their_chat(db: Db):
    say(db, enter(db), "my order")
    people.identify(db, IdentifyCall(MALLORY, ANON, proven=True), now=NOW)
    assert texts(db, enter(db, OTHER, user=MALLORY)) == []


def test_the_anonymous_chat_joins_the_history_on_sign_in(db: Db):
    say(db, enter(db), "my order")
    vera = enter(db, user=VERA)
    assert texts(db, vera) == ["my order"]
    assert vera.identity == Identity(IdentityKind.USER, VERA)
    names = {i: people.root(db, people.find(db, i)) for i in (vera.identity, Identity(IdentityKind.ANONYMOUS, ANON))}
    assert len(set(names.values())) == 1


def test_once_it_is_somebodys_the_secret_alone_opens_it_no_more(db: Db):
    say(db, enter(db), "my order")
    enter(db, user=VERA)
    for user in (None, OMAR):
        entry = enter(db, user=user)
        assert entry.anew
        assert entry.read_in is None
        assert texts(db, entry) == []
    assert texts(db, enter(db, user=VERA)) == ["my order"]


def test_a_proven_user_reads_their_chat_on_another_device(db: Db):
    say(db, enter(db, user=VERA), "from the laptop")
    phone = enter(db, OTHER, user=VERA)
    assert texts(db, phone) == ["from the laptop"]
    assert texts(db, say(db, phone, "from the phone")) == ["from the laptop", "from the phone"]


def test_the_same_message_twice_is_one(db: Db):
    entry = enter(db)
    say(db, say(db, entry, "once"), "once")
    assert texts(db, enter(db)) == ["once"]


def test_another_browsers_ids_are_its_own(db: Db):
    say(db, enter(db), "mine", id="same")
    say(db, enter(db, OTHER, anonymous=MALLORY), "hers", id="same")
    assert texts(db, enter(db)) == ["mine"]
    assert texts(db, enter(db, OTHER)) == ["hers"]


@pytest.mark.parametrize("secret", ["", "short", "a" * 40, "é" * 40, "x1y2z3a4" * 40])
def test_a_secret_that_could_be_guessed_is_refused(db: Db, secret: str):
    with pytest.raises(Invalid):
        enter(db, secret)


def test_what_agents_call_a_browser_does_not_open_its_chat(db: Db):
    entry = enter(db)
    say(db, entry, "my order")
    for name in (str(entry.visitor), entry.visitor.hex, entry.kept.ticket.hex(), str(entry.kept.conversation)):
        assert texts(db, enter(db, name.ljust(32, "0"))) == []


def test_two_tabs_that_begin_at_once_begin_one_conversation(db: Db):
    first, second = enter(db), enter(db)
    say(db, first, "a", "1")
    say(db, second, "b", "2")
    assert texts(db, enter(db)) == ["a", "b"]


def test_who_left_is_forgotten_after_a_minute(db: Db):
    from regulars.desk.chat import Visitor

    entry = enter(db)
    here = Visitor(entry.visitor, entry.identity, "https://shop.example/", "Shop", "nl", 2, 1, NOW, NOW, NOW)
    chat.save_visitors(db, [here], [], news=True, now=NOW)
    assert chat.visitors(db, now=NOW) == [here]
    assert chat.visitors(db, now=NOW + timedelta(minutes=2)) == []


def test_the_customers_own_door_opens_a_chat_to_its_proven_user_only(db: Db):
    """A link for an anonymous id is anybody's who knows the id; signing in makes a device one's own, not its chat."""
    from regulars import desk

    chatting = say(db, enter(db), "my allergy")
    device = Identity(IdentityKind.ANONYMOUS, ANON)
    assert chatting.read_in is not None

    def readers(*names: Identity) -> list[bool]:
        found = []
        for name in names:
            root = people.root(db, people.find(db, name))
            listed = [row.id for row in desk.for_person(db, root)]
            try:
                desk.thread_for_person(db, chatting.read_in, root)  # type: ignore[arg-type]
                found.append(True)
            except NotFound:
                found.append(False)
            assert (chatting.read_in in listed) == found[-1]
        return found

    assert readers(device) == [False]
    people.identify(db, IdentifyCall(MALLORY, ANON, proven=True), now=NOW)
    assert readers(device, Identity(IdentityKind.USER, MALLORY)) == [False, False]
    enter(db, user=VERA)  # signs in with the secret: the chat is hers, though the device is Mallory's now
    assert readers(Identity(IdentityKind.USER, MALLORY)) == [False]
    say(db, enter(db, user=VERA), "and now signed in", id="2")
    assert readers(Identity(IdentityKind.USER, VERA)) == [True]
