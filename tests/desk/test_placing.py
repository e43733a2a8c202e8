"""The rules of threading."""

from functools import partial
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from regulars import desk
from regulars.desk import Channel, ConversationId, LinkKind, Sender, Status, Thread
from regulars.desk.placing import Candidate, Placing, Standing
from regulars.kit.errors import Invalid
from regulars.kit.ids import PersonId
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from tests.cast import NOW
from tests.desk.desk_cast import MALLORY, OMAR, VERA, ana, answering, chat, later, mail, opened

HOUSE = desk.Machine("test")


def links(db: Db, conversation: ConversationId) -> list[tuple[ConversationId, LinkKind]]:
    return [(link.conversation, link.kind) for link in desk.thread(db, conversation, by=HOUSE).links]


@pytest.mark.parametrize("how", ["token", "in_reply_to", "references", "number"])
@pytest.mark.parametrize("who", [OMAR, MALLORY], ids=["its customer", "a stranger"])
def test_only_who_belongs_gets_in_by_whatever_way(db: Db, how: str, who: Sender):
    conversation = opened(db)
    number = desk.thread(db, conversation, by=HOUSE).row.number
    ways = {
        "token": Thread(conversation),
        "in_reply_to": Thread(in_reply_to="<a@example>"),
        "references": Thread(references=("<a@example>", "<unknown@example>")),
        "number": Thread(number=number),
    }
    (got,) = desk.receive(db, [mail("b", sender=who, thread=ways[how])], now=NOW)
    if who is OMAR:
        assert (got.conversation, got.opened) == (conversation, False)
    else:
        assert got.opened
        assert links(db, got.conversation) == [(conversation, LinkKind.RELATED)]


def test_who_was_copied_belongs_and_who_is_the_same_person_too(db: Db):
    conversation = opened(db, sender=VERA, copies=(Sender(None, "Sister@Example.org"),))
    sister = answering("b", "a", sender=Sender(None, "sister@example.org"))
    phone = answering("c", "a", sender=Sender(Identity(IdentityKind.USER, "vera"), "vera@phone.example"))
    assert {r.conversation for r in desk.receive(db, [sister, phone], now=NOW)} == {conversation}


def test_an_answer_to_our_own_mail_is_found_by_its_message_id(db: Db):
    conversation = opened(db)
    written = desk.write(db, conversation, desk.NewReply("Here"), by=ana(db), now=NOW)
    db.execute(sa.text("update ledger set message_id = '<out@us>' where id = :id"), {"id": written.ledger})
    (got,) = desk.receive(db, [mail("b", thread=Thread(in_reply_to="<out@us>"))], now=NOW)
    assert got.conversation == conversation


def test_a_chat_goes_on_where_its_token_says_whoever_the_visitor_turns_out_to_be(db: Db):
    chosen = ConversationId(UUID(int=9))
    anonymous = Sender(Identity(IdentityKind.ANONYMOUS, "a1"), "", "")
    first, second = desk.receive(db, [chat("1", chosen, sender=anonymous), chat("2", chosen)], now=NOW)
    (third,) = desk.receive(db, [chat("3", chosen, sender=VERA)], now=NOW)
    assert {first.conversation, second.conversation, third.conversation} == {chosen}
    assert [r.opened for r in (first, second, third)] == [True, False, False]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.NEW, Status.NEW), (Status.OPEN, Status.OPEN), (Status.PENDING, Status.OPEN),
        (Status.ON_HOLD, Status.OPEN), (Status.SOLVED, Status.OPEN), (Status.SPAM, Status.SPAM),
    ],
)  # fmt: skip
def test_a_customers_word_says_whose_turn_it_is(db: Db, before: Status, after: Status):
    conversation = opened(db)
    desk.set_status(db, conversation, before, by=HOUSE, now=NOW)
    desk.receive(db, [answering("b", "a")], now=later(hours=1))
    seen = desk.thread(db, conversation, by=HOUSE)
    assert seen.row.status is after
    changed = [c.after for c in seen.changes if c.by == "customer"]
    assert changed == ([after.value] if before is not after else [])


def test_a_machines_word_reopens_nothing_and_is_owed_no_answer(db: Db):
    conversation = opened(db)
    desk.write(db, conversation, desk.NewReply("Here", close_with=Status.SOLVED), by=ana(db), now=NOW)
    away = mail("b", "I am away", thread=Thread(in_reply_to="<a@example>"), automatic="reply")
    desk.receive(db, [away], now=NOW)
    row = desk.thread(db, conversation, by=HOUSE).row
    assert (row.status, row.waiting_since, row.messages) == (Status.SOLVED, None, 3)


def test_the_oldest_unanswered_word_is_what_the_customer_waits_for(db: Db):
    conversation = opened(db)
    desk.receive(db, [answering("b", "a")], now=later(hours=1))
    assert desk.thread(db, conversation, by=HOUSE).row.waiting_since == NOW
    desk.write(db, conversation, desk.NewReply("Here"), by=ana(db), now=later(hours=2))
    assert desk.thread(db, conversation, by=HOUSE).row.waiting_since is None
    desk.receive(db, [answering("c", "a")], now=later(hours=3))
    assert desk.thread(db, conversation, by=HOUSE).row.waiting_since == later(hours=3)


def test_what_nobody_could_keep_is_kept_as_well_as_can_be(db: Db):
    odd = mail(
        "x" * 5_000,
        "nul \x00 and \ud800 alone",
        subject="s" * 9_000,
        sender=Sender(None, "", "n" * 900),
        meta={"nul": "\x00", "slash": "\\u0000"},
        thread=Thread(references=("<" + "y" * 9_000 + ">",) * 500),
    )
    (got,) = desk.receive(db, [odd], now=NOW)
    (again,) = desk.receive(db, [odd], now=NOW)
    assert again.message == got.message
    (message,) = desk.thread(db, got.conversation, by=HOUSE).messages
    assert (message.text, message.meta["slash"]) == ("nul \ufffd and \ufffd alone", "\\u0000")
    with pytest.raises(Invalid, match="key"):
        desk.receive(db, [desk.Arrival("", Channel.API, OMAR, NOW)], now=NOW)


CANDIDATES = st.lists(
    st.builds(
        lambda n, rank, belongs: Candidate(ConversationId(UUID(int=n)), rank, belongs, ConversationId(UUID(int=n))),
        st.integers(1, 4), st.integers(0, 3), st.booleans(),
    ),
    max_size=5,
)  # fmt: skip


@given(
    found=st.lists(CANDIDATES, min_size=1, max_size=5),
    status=st.dictionaries(st.integers(1, 4), st.sampled_from(list(Status))),
    senders=st.lists(st.sampled_from([OMAR, MALLORY]), min_size=5, max_size=5),
)
def test_no_mail_ever_enters_a_conversation_its_sender_does_not_belong_to(
    found: list[list[Candidate]], status: dict[int, Status], senders: list[Sender]
):
    standing = {
        id: Standing(id, status.get(n, Status.OPEN)) for n in range(1, 5) if (id := ConversationId(UUID(int=n)))
    }
    placing = Placing(dict(standing), dict(enumerate(found)), NOW)
    inside: dict[ConversationId, set[str]] = {}
    for n, candidates in enumerate(found):
        arrival = mail(f"{n}", sender=senders[n])
        person = PersonId([OMAR, MALLORY].index(senders[n]) + 1)
        placed = placing.place(n, arrival, person, partial(UUID, int=100 + n))
        belongs = {c.conversation for c in candidates if c.belongs}
        assert placed.opened or placed.into.id in belongs or senders[n].address in inside.get(placed.into.id, set())
        assert placed.opened or placed.into.status is not Status.CLOSED
        inside.setdefault(placed.into.id, set()).add(senders[n].address)
    assert len(placing.placed) == len(found)
