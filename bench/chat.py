"""Chat: 1,000 visitors connected, 50 agents looking, each message durable, then delivered to all who look.

    python bench/chat.py [--visitors 1000] [--agents 50] [--seconds 20] [--pace 200]

First every visitor says one thing after the other as fast as it is acknowledged: messages a second, against bare
durable single-row inserts of the same words, one commit each, over the connections the server has. Then 200
messages a second from visitors drawn by chance: the time from the send to the moment the page of the agent who looks at
the conversation has it. Every message is counted at both ends: none may be missing.
"""

import argparse
import asyncio
import json
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import psycopg
from websockets.asyncio.client import ClientConnection, connect

from regulars import team
from regulars.desk.chat import ticket_of
from regulars.desk.chat.entering import first_conversation
from regulars.store import Database
from regulars.team import KeyKind, NewAgent, Role
from served import machine, scratch, server

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
        with server(url, workers=1) as port:
            rate, count = asyncio.run(measure(asked, key, cookies, port))
        bare = inserts(url, asked.seconds / 2)
        kept = counted(url)
    times = np.array([*count.agents.values()]) * 1e3
    print(f"chat  {rate:,.0f} messages/s durable and delivered   bare inserts {bare:,.0f}/s   ratio {rate / bare:.0%}")
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


async def measure(asked: argparse.Namespace, key: str, cookies: list[str], port: int) -> tuple[float, Count]:
    """Messages a second as fast as it goes, then what was counted at the given pace."""
    names = [secrets.token_urlsafe(32) for _ in range(asked.visitors)]
    rooms = [str(first_conversation(ticket_of(name))) for name in names]
    sockets = [await enter(port, key, name) for name in names]
    first = Count()
    readers = [asyncio.create_task(read(s, first)) for s in sockets]
    await asyncio.gather(*(say(s, n) for n, s in enumerate(sockets)))
    await until(lambda: first.acks >= len(sockets), "the first words were not acknowledged")
    for reader in readers:
        reader.cancel()
    share = -(-asked.visitors // asked.agents)
    count, numbers = Count(), iter(range(1_000_000, 10**9))
    pages = [
        asyncio.create_task(page(port, cookie, rooms[n * share : (n + 1) * share], count))
        for n, cookie in enumerate(cookies)
    ]
    await asyncio.sleep(2)
    rate = await as_fast_as_it_goes(sockets, count, numbers, asked.seconds)
    paced = await at_a_pace(sockets, count, numbers, asked)
    for task in pages:
        task.cancel()
    return rate, paced


async def enter(port: int, key: str, secret: str) -> ClientConnection:
    socket = await connect(f"ws://127.0.0.1:{port}/v1/chat", compression=None, ping_interval=None, max_queue=None)
    await socket.send(json.dumps({"type": "hello", "key": key, "secret": secret, "here": True}))
    while '"welcome"' not in str(await socket.recv()):
        pass
    return socket


async def say(socket: ClientConnection, n: int) -> None:
    text = f"at {time.perf_counter()} n {n} {WORDS}"
    await socket.send(json.dumps({"type": "say", "id": f"message-{n}", "text": text}))


async def read(socket: ClientConnection, count: Count) -> None:
    async for frame in socket:
        data = frame.encode() if isinstance(frame, str) else frame
        if b'"type":"ack"' in data:
            count.acks += 1


async def page(port: int, cookie: str, rooms: list[str], count: Count) -> None:
    """An agent's page that looks at `rooms` and at the inbox."""
    topics = ",".join(["inbox", *(f"conversation:{room}" for room in rooms)])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    head = f"GET /desk/live?topics={topics} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: regulars={cookie}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readline()
    assert b" 200 " in answer, answer
    while data := await reader.read(65_536):
        count.hear(data)


async def as_fast_as_it_goes(sockets, count, numbers, seconds: float) -> float:  # type: ignore[no-untyped-def]
    """Each visitor speaks again when it was acknowledged; at the end every agent's page has every message."""
    end = time.perf_counter() + seconds
    sent: list[int] = []

    async def talk(socket: ClientConnection) -> None:
        while time.perf_counter() < end:
            n = next(numbers)
            sent.append(n)
            await say(socket, n)
            while '"type":"ack"' not in str(await socket.recv()):
                pass

    began = time.perf_counter()
    await asyncio.gather(*(talk(socket) for socket in sockets))
    took = time.perf_counter() - began
    await until(lambda: set(sent) <= count.agents.keys(), "an agent's page misses a message")
    return len(sent) / took


async def at_a_pace(sockets, before, numbers, asked: argparse.Namespace) -> Count:  # type: ignore[no-untyped-def]
    """`pace` messages a second, from whoever."""
    await asyncio.sleep(1)  # what is still on its way arrives
    before.agents.clear()
    acked = before.acks
    readers = [asyncio.create_task(read(s, before)) for s in sockets]
    rng, began, sent = np.random.default_rng(7), time.perf_counter(), 0
    for k in range(int(asked.pace * asked.seconds)):
        await asyncio.sleep(max(0.0, began + k / asked.pace - time.perf_counter()))
        await say(sockets[int(rng.integers(len(sockets)))], next(numbers))
        sent += 1
    await until(lambda: len(before.agents) == sent <= before.acks - acked, "a message was not seen")
    for reader in readers:
        reader.cancel()
    return before


async def until(there, words: str) -> None:  # type: ignore[no-untyped-def]
    for _ in range(300):
        if there():
            return
        await asyncio.sleep(0.1)
    raise SystemExit(words)


def inserts(url: str, seconds: float) -> float:
    """Bare durable single-row inserts a second, one commit each."""
    with psycopg.connect(url, autocommit=True) as pg:
        pg.execute("create table bare (id bigint generated always as identity primary key, text text not null)")
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
