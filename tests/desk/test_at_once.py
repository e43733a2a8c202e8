"""Several processes at the one door at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from regulars import desk
from regulars.desk import Arrival, ConversationId, Received, Sender
from regulars.store import Database, driver
from tests.cast import NOW
from tests.desk.desk_cast import answering, chat, mail, opened


def take(database: Database, arrivals: list[Arrival]) -> list[Received]:
    with database.begin() as db:
        return desk.receive(db, arrivals, now=NOW)


def test_the_same_mail_fetched_by_two_at_once_is_one_message(database: Database):
    batches = [[mail(f"{n}"), answering(f"{n}b", f"{n}")] for n in range(20) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        received = [r for some in pool.map(lambda b: take(database, b), batches) for r in some]
    assert sum(r.fresh for r in received) == 40
    assert sum(r.opened for r in received) == 20
    with database.begin() as db:
        assert db.execute(sa.text("select count(*) from conversation_messages")).scalar_one() == 40
        assert db.execute(sa.text("select count(*) from conversations")).scalar_one() == 20


def test_one_waits_for_the_other_that_receives_the_same(database: Database):
    with ThreadPoolExecutor(1) as pool, database.begin() as db:
        (first,) = desk.receive(db, [mail("a")], now=NOW)
        second = pool.submit(take, database, [mail("a")])
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        db.commit()
        (again,) = second.result(timeout=30)
    assert (again.message, again.conversation, again.fresh) == (first.message, first.conversation, False)


def test_a_chat_opened_by_two_words_at_once_is_one_conversation_in_one_order(database: Database):
    conversation = ConversationId(UUID(int=77))
    with ThreadPoolExecutor(6) as pool:
        received = list(pool.map(lambda n: take(database, [chat(f"{n}", conversation, f"{n}")])[0], range(30)))
    assert {r.conversation for r in received} == {conversation}
    assert sum(r.opened for r in received) == 1
    with database.begin() as db:
        seen = desk.thread(db, conversation, by=desk.Machine("test"))
        assert (len(seen.messages), seen.row.messages) == (30, 30)
        assert db.execute(sa.text("select last_message_id from conversations")).scalar_one() == seen.messages[-1].id


def test_messages_of_a_conversation_are_numbered_in_the_order_they_are_committed(database: Database):
    """Whoever has read up to a number has read everything before it: no smaller one appears later."""
    with database.begin() as db:
        opened(db)
    with ThreadPoolExecutor(1) as pool, database.begin() as db:
        (first,) = desk.receive(db, [answering("b", "a")], now=NOW)
        later = pool.submit(take, database, [answering("c", "a")])
        with pytest.raises(TimeoutError):
            later.result(timeout=0.3)
        db.commit()
        (second,) = later.result(timeout=30)
    assert first.message < second.message


def test_a_merge_waits_for_what_is_arriving_and_takes_it_along(database: Database):
    with database.begin() as db:
        one, other = opened(db, "a"), opened(db, "b")

    def merged() -> None:
        with database.begin() as db:
            desk.merge(db, one, other, by=desk.Machine("test"), now=NOW)

    with ThreadPoolExecutor(1) as pool, database.begin() as db:
        desk.receive(db, [answering("c", "a")], now=NOW)
        merging = pool.submit(merged)
        with pytest.raises(TimeoutError):
            merging.result(timeout=0.3)
        db.commit()
        merging.result(timeout=30)
    with database.begin() as db:
        assert len(desk.thread(db, other, by=desk.Machine("test")).messages) == 3


def test_a_batch_of_mails_takes_four_round_trips_however_large(database: Database, tmp_path: Path):
    mails = [mail(f"{n}", sender=Sender(None, f"v{n}@example.org")) for n in range(50)]
    arrivals = [*mails, *(answering(f"{n}b", f"{n}", sender=mails[n].sender) for n in range(50))]
    trace = tmp_path / "trace"
    with database.begin() as db, trace.open("w") as file:
        desk.receive(db, [mail("first")], now=NOW)  # prepares the statements, once in the life of a connection
        driver(db).pgconn.trace(file.fileno())
        desk.receive(db, arrivals, now=NOW)
        driver(db).pgconn.untrace()
    sent = [line.split("\t") for line in trace.read_text().splitlines()]
    assert sum(line[1:2] == ["F"] and line[3:4] in (["Sync"], ["Query"]) for line in sent) <= 4
