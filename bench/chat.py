"""Chat: 1,000 visitors connected, 50 agents looking, each message durable, then delivered to all who look.

    python bench/chat.py [--visitors 1000] [--agents 50] [--seconds 20] [--pace 200]

First every visitor says one thing after the other as fast as it is acknowledged: messages a second, against bare
durable single-row inserts of the same words, one commit each, over the connections the server has. Then 200
messages a second from visitors drawn by chance: the time from the send to the moment the page of the agent who looks at
the conversation has it. Every message is counted at both ends: none may be missing.
"""

import argparse
import asyncio
import itertools
import json
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import psycopg

from regulars import team
from regulars.desk.chat import ticket_of
from regulars.desk.chat.entering import first_conversation
from regulars.store import Database
from regulars.team import KeyKind, NewAgent, Role
from served import machine, scratch, server

ACK = b'"type":"ack"'
CONNECTIONS = 8  # what a worker of the server works with
SENT = re.compile(rb'"text":"at ([0-9.]+) n ([0-9]+)')
WORDS = "and is the soup of the day vegan, and until when can I order for tomorrow morning?"


@dataclass
class Count:
    """What came back: by number, how many seconds after it was sent."""

    acks: int = 0
    agents: dict[int, float] = field(default_factory=dict)

    def hear(self, data: bytes) -> None:
        now = time.perf_counter()
        for sent, n in SENT.findall(data):
            self.agents.setdefault(int(n), now - float(sent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=1_000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--pace", type=int, default=200)
    asked = parser.parse_args()
    with scratch("regulars_bench_chat") as url:
        key, cookies = prepare(url, asked.agents)
        before = inserts(url, asked.seconds / 4)
        with server(url, workers=1) as port:
            rate, count, shares = asyncio.run(measure(asked, key, cookies, port))
        after = inserts(url, asked.seconds / 4)
        kept = counted(url)
    bare = (before + after) / 2
    times = np.array([*count.agents.values()]) * 1e3
    print(f"chat  {rate:,.0f} messages/s durable and delivered   ratio {rate / bare:.0%}")
    print(f"bare inserts {before:,.0f}/s before, {after:,.0f}/s after")
    print(f"processor time a message, as fast as it goes: {shares}")
    at = {p: float(np.percentile(times, p)) for p in (50, 95, 99)}
    print(f"at {asked.pace}/s, from send to seen: p50 {at[50]:.0f} ms  p95 {at[95]:.0f} ms  p99 {at[99]:.0f} ms")
    print(f"{kept:,} messages kept; {asked.visitors} visitors, {asked.agents} agents, 1 worker; {machine()}")


def prepare(url: str, agents: int) -> tuple[str, list[str]]:
    """A key, and the cookies of agents who signed in."""
    database, now = Database(url), datetime.now(UTC)
    cookies = []
    with database.begin() as db:
        key = team.create_key(db, KeyKind.WRITE, "bench", now=now).plain
        for n in range(agents):
            who = NewAgent(f"a{n}@example.com", f"Agent {n}", Role.AGENT, "correct-horse-battery")
            team.create_agent(db, who, now=now)
            signed = team.sign_in(db, who.email, who.password, address="bench", now=now)
            assert isinstance(signed, team.SignedIn)
            cookies.append(signed.token)
    database.close()
    return key, cookies


async def measure(asked: argparse.Namespace, key: str, cookies: list[str], port: int) -> tuple[float, Count, str]:
    """Messages a second as fast as it goes, what was counted at the given pace, and who spent what on a message."""
    names = [secrets.token_urlsafe(32) for _ in range(asked.visitors)]
    rooms = [str(first_conversation(ticket_of(name))) for name in names]
    count, numbers = Count(), itertools.count(1_000_000)
    talkers = [await enter(port, key, name, count) for name in names]
    for n, talker in enumerate(talkers):
        talker.say(n)
    await until(lambda: count.acks >= len(talkers), "the first words were not acknowledged")
    share = -(-asked.visitors // asked.agents)
    pages = [
        asyncio.create_task(page(port, cookie, rooms[n * share : (n + 1) * share], count))
        for n, cookie in enumerate(cookies)
    ]
    await asyncio.sleep(2)
    spent = Spent()
    rate = await as_fast_as_it_goes(talkers, numbers, asked.seconds)
    shares = spent.shares(rate * asked.seconds)
    await at_a_pace(talkers, numbers, asked)
    for task in pages:
        task.cancel()
    return rate, count, shares


class Talker(asyncio.Protocol):
    """A visitor's socket that costs next to nothing: so that what is measured is the server."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self.let_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.acknowledged: Callable[[], None] = nothing
        self._wire = asyncio.Transport()
        self._rest = b""

    def connection_made(self, wire: asyncio.BaseTransport) -> None:
        self._wire = cast("asyncio.Transport", wire)
        key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: cmVndWxhcnMtYmVuY2gtOA==\r\n"
        head = f"GET /v1/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}\r\n"
        self._wire.write(head.encode())

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        self._rest = data[-20:] if ACK not in data[-20:] else b""
        if not self.let_in.done() and b'"type":"welcome"' in data:
            self.let_in.set_result(None)
        for _ in range(data.count(ACK)):
            self.count.acks += 1
            self.acknowledged()

    def send(self, text: str) -> None:
        """One frame, masked with nothing."""
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        self._wire.write(b"\x81" + size + b"\0\0\0\0" + data)

    def say(self, n: int) -> None:
        self.send(f'{{"type":"say","id":"message-{n}","text":"at {time.perf_counter()} n {n} {WORDS}"}}')


async def enter(port: int, key: str, secret: str, count: Count) -> Talker:
    loop = asyncio.get_running_loop()
    _, talker = await loop.create_connection(lambda: Talker(count), "127.0.0.1", port)
    await asyncio.sleep(0.002)  # the handshake's answer; the server reads on either way
    talker.send(json.dumps({"type": "hello", "key": key, "secret": secret, "here": True}))
    await asyncio.wait_for(talker.let_in, 20)
    return talker


async def page(port: int, cookie: str, rooms: list[str], count: Count) -> None:
    """An agent's page that looks at `rooms` and at the inbox."""
    topics = ",".join(["inbox", *(f"conversation:{room}" for room in rooms)])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    head = f"GET /desk/live?topics={topics} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: regulars={cookie}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readline()
    assert b" 200 " in answer, answer
    rest = b""
    while data := await reader.read(262_144):
        whole, end, rest = (rest + data).rpartition(b"\n\n")
        if end:
            count.hear(whole)


async def as_fast_as_it_goes(talkers: list[Talker], numbers: Iterator[int], seconds: float) -> float:
    """Each visitor speaks again when it was acknowledged; at the end every agent's page has every message."""
    count = talkers[0].count
    end = time.perf_counter() + seconds
    sent: list[int] = []
    silent = asyncio.Semaphore(0)

    def talk(talker: Talker) -> None:
        if time.perf_counter() > end:
            silent.release()
            return
        sent.append(next(numbers))
        talker.say(sent[-1])

    began = time.perf_counter()
    for talker in talkers:
        talker.acknowledged = partial(talk, talker)
        talk(talker)
    for _ in talkers:
        await silent.acquire()
    took = time.perf_counter() - began
    for talker in talkers:
        talker.acknowledged = nothing
    await until(lambda: set(sent) <= count.agents.keys(), "an agent's page misses a message")
    return len(sent) / took


async def at_a_pace(talkers: list[Talker], numbers: Iterator[int], asked: argparse.Namespace) -> None:
    """`pace` messages a second, from whoever; how long each took is counted anew."""
    count = talkers[0].count
    await asyncio.sleep(1)  # what is still on its way arrives
    count.agents.clear()
    acked = count.acks
    rng, began, sent = np.random.default_rng(7), time.perf_counter(), 0
    for k in range(int(asked.pace * asked.seconds)):
        await asyncio.sleep(max(0.0, began + k / asked.pace - time.perf_counter()))
        talkers[int(rng.integers(len(talkers)))].say(next(numbers))
        sent += 1
    await until(lambda: len(count.agents) == sent <= count.acks - acked, "a message was not seen")


def nothing() -> None:
    """What happens at an acknowledgement nobody waits for."""


class Spent:
    """Processor seconds since it was made: of this client, of the server's processes, of PostgreSQL's."""

    def __init__(self) -> None:
        self._before = self._now()

    def shares(self, messages: float) -> str:
        """Microseconds a message."""
        now = self._now()
        of = {who: (now[who] - self._before[who]) / messages * 1e6 for who in now}
        return "   ".join(f"{who} {spent:,.0f} µs" for who, spent in of.items())

    def _now(self) -> dict[str, float]:
        found = {"client": time.process_time(), "server": 0.0, "PostgreSQL": 0.0}
        tick = os.sysconf("SC_CLK_TCK")
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                numbers = (folder / "stat").read_text().rpartition(")")[2].split()
                mine = command.startswith(b"postgres: ") and b"regulars_bench_chat" in command
                who = "PostgreSQL" if mine else "server" if b"regulars_bench_chat" in command else ""
                if who:
                    found[who] += (int(numbers[11]) + int(numbers[12])) / tick
        return found


async def until(there, words: str) -> None:  # type: ignore[no-untyped-def]
    for _ in range(300):
        if there():
            return
        await asyncio.sleep(0.1)
    raise SystemExit(words)


def inserts(url: str, seconds: float) -> float:
    """Bare durable single-row inserts a second, one commit each."""
    with psycopg.connect(url, autocommit=True) as pg:
        pg.execute(
            "create table if not exists bare (id bigint generated always as identity primary key, text text not null)"
        )
    end, done = time.perf_counter() + seconds, [0] * CONNECTIONS

    def insert(n: int) -> None:
        with psycopg.connect(url, autocommit=True) as pg:
            while time.perf_counter() < end:
                pg.execute("insert into bare (text) values (%s)", [WORDS], prepare=True)
                done[n] += 1

    threads = [threading.Thread(target=insert, args=[n]) for n in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def counted(url: str) -> int:
    with psycopg.connect(url) as pg:
        row = pg.execute("select count(*) from conversation_messages").fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main()
