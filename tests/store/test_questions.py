"""Questions from an event loop, without a thread in between."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from regulars.kit.errors import Unavailable
from regulars.store import Database, Question, Questions

NUMBER = "select $1::bigint + 1"


def number(n: int) -> Question:
    return Question("number", NUMBER, [str(n).encode()])


def slow(seconds: bytes) -> Question:
    return Question("slow", "select 7::bigint from pg_sleep($1::float)", [seconds])


def answered(row: list[bytes | None] | None) -> int:
    assert row is not None and row[0] is not None
    return int.from_bytes(row[0])


def asking(url: str, work: Callable[[Questions], Awaitable[None]], *, size: int = 2) -> None:
    async def run() -> None:
        questions = Questions(url, size=size)
        try:
            await work(questions)
        finally:
            questions.close()

    asyncio.run(run())


def test_a_row_comes_in_binary_and_no_row_is_none(database_url: str):
    async def work(questions: Questions) -> None:
        assert answered(await questions.ask(number(41))) == 42
        assert await questions.ask(Question("nothing", "select 1 where $1 = 'x'", [b"y"])) is None

    asking(database_url, work)


@pytest.mark.parametrize("size", [1, 3])
def test_many_at_once_get_their_own_answers(database_url: str, size: int):
    async def work(questions: Questions) -> None:
        rows = await asyncio.gather(*(questions.ask(number(n)) for n in range(500)))
        assert [answered(row) for row in rows] == list(range(1, 501))

    asking(database_url, work, size=size)


def test_one_that_fails_spoils_no_other(database_url: str):
    divide = Question("divide", "select 1 / $1::int", [b"0"])
    wrong = Question("wrong", "selec", [])

    async def work(questions: Questions) -> None:
        for _ in range(2):
            asked = [number(1), divide, number(2), wrong, number(3)]
            found = await asyncio.gather(*map(questions.ask, asked), return_exceptions=True)
            assert [answered(row) for row in found[::2] if not isinstance(row, BaseException)] == [2, 3, 4]
            assert isinstance(found[1], psycopg.errors.DivisionByZero)
            assert isinstance(found[3], psycopg.Error)

    asking(database_url, work, size=1)


def test_more_than_the_socket_takes_at_once_arrives(database_url: str):
    async def work(questions: Questions) -> None:
        text = b"x" * 3_000_000
        asked = [Question("long", "select length($1::text)::bigint", [text[n:]]) for n in range(8)]
        rows = await asyncio.gather(*map(questions.ask, asked))
        assert [answered(row) for row in rows] == [len(text) - n for n in range(8)]

    asking(database_url, work, size=1)


def test_who_goes_away_takes_nobody_elses_answer(database_url: str):
    async def work(questions: Questions) -> None:
        task = asyncio.create_task(questions.ask(slow(b"0.2")))
        await asyncio.sleep(0.05)
        task.cancel()
        assert answered(await questions.ask(number(1))) == 2

    asking(database_url, work, size=1)


def test_a_connection_that_is_ended_says_unavailable_and_the_next_question_is_answered(database: Database):
    async def work(questions: Questions) -> None:
        assert answered(await questions.ask(number(1))) == 2
        task = asyncio.create_task(questions.ask(slow(b"30")))
        await asyncio.sleep(0.1)
        with psycopg.connect(database.url, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' "
                "and datname = current_database() and pid <> pg_backend_pid()"  # others sleep in theirs
            )
        with pytest.raises(Unavailable):
            await task
        assert answered(await questions.ask(number(2))) == 3

    asking(database.url, work, size=1)


def test_no_database_is_unavailable():
    async def work(questions: Questions) -> None:
        with pytest.raises(Unavailable):
            await questions.ask(number(1))

    asking("postgresql://nobody@127.0.0.1:9/none", work)


def test_a_nul_is_refused_rather_than_taken_for_the_end(database_url: str):
    async def work(questions: Questions) -> None:
        with pytest.raises(psycopg.DataError):
            await questions.ask(Question("text", "select $1::text", [b"vera\0mallory"]))

    asking(database_url, work)


def test_another_loop_gets_a_connection_of_its_own(database_url: str):
    questions = Questions(database_url, size=1)
    for n in range(3):
        assert answered(asyncio.run(questions.ask(number(n)))) == n + 1
    questions.close()
