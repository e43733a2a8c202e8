"""Chat while the server is killed again and again: every message kept once, and shown once, in order.

    python bench/chat_faults.py [--visitors 40] [--kills 20]

Visitors talk without a pause. Every second or so the server is killed (SIGKILL, all of its processes) and started
again. A visitor whose socket breaks comes back with the same secret and sends again, under the same id, what was not
acknowledged. At the end each id a visitor ever sent is looked up: lost, doubled, or out of its order?
"""

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from regulars import team
from regulars.store import Database
from regulars.team import KeyKind

START = "import sys; from pathlib import Path; from regulars.web.serve import *; "
START += "serve(WebSettings(Path(sys.argv[1])), sys.argv[2], port=int(sys.argv[3]))"


@dataclass
class Visitor:
    """One browser: what it said, in its order, and what is not acknowledged yet."""

    name: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    said: list[str] = field(default_factory=list)
    unsent: dict[str, str] = field(default_factory=dict)
    again: int = 0

    async def live(self, port: int, key: str, end: asyncio.Event) -> None:
        """Talk until `end` and everything is acknowledged, whatever happens to the socket."""
        while not end.is_set() or self.unsent:
            with suppress(OSError, WebSocketException, TimeoutError, EOFError):
                address = f"ws://127.0.0.1:{port}/v1/chat"
                async with connect(address, compression=None, open_timeout=5) as line:
                    await line.send(json.dumps({"type": "hello", "key": key, "secret": self.secret}))
                    await self.talk(line, end)
            await asyncio.sleep(0.05)

    async def talk(self, line: ClientConnection, end: asyncio.Event) -> None:
        """On one socket: what is still unsent first, then a new message after each acknowledgement."""
        while '"welcome"' not in str(await asyncio.wait_for(line.recv(), 10)):
            pass
        self.again += len(self.unsent)
        for id, text in list(self.unsent.items()):
            await self.send(line, id, text)
        while not end.is_set() or self.unsent:
            if not end.is_set() and len(self.unsent) < 3:
                n = len(self.said)
                id, text = f"{self.name}-{n:06d}", f"{self.name} says {n}"
                self.said.append(text)
                self.unsent[id] = text
                await self.send(line, id, text)
            with suppress(TimeoutError):
                frame = json.loads(await asyncio.wait_for(line.recv(), 0.3))
                if frame["type"] == "ack":
                    self.unsent.pop(frame["client"], None)
                elif frame["type"] == "later":
                    await self.send(line, frame["client"], self.unsent[frame["client"]])
                elif frame["type"] == "fault":
                    await asyncio.sleep(1)  # too much at once: come back

    async def send(self, line: ClientConnection, id: str, text: str) -> None:
        await line.send(json.dumps({"type": "say", "id": id, "text": text}))


class Killed:
    """A server that is killed and started."""

    def __init__(self, var: Path, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.command = [sys.executable, "-c", START, str(var), url, str(self.port)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start; wait until it answers."""
        self.process = subprocess.Popen(self.command, start_new_session=True, stderr=subprocess.DEVNULL)
        for _ in range(2_400):
            with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.05)
        raise SystemExit("the server did not start")

    def kill(self) -> None:
        """SIGKILL to all of its processes."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None


async def faults(server: Killed, key: str, *, visitors: int, kills: int) -> list[Visitor]:
    """Let `visitors` talk while the server is killed `kills` times."""
    rng, end = np.random.default_rng(7), asyncio.Event()
    people = [Visitor(f"v{n}") for n in range(visitors)]
    tasks = [asyncio.create_task(v.live(server.port, key, end)) for v in people]
    for _ in range(kills):
        await asyncio.sleep(float(rng.uniform(0.3, 1.5)))
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
    await asyncio.sleep(1)
    end.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 120)
    return people


@dataclass(frozen=True)
class Found:
    """What became of everything that was said."""

    said: int
    again: int
    lost: int
    doubled: int
    disordered: int


def look(url: str, people: list[Visitor]) -> Found:
    """Compare what was said with what is kept."""
    with psycopg.connect(url) as pg:
        rows = pg.execute("select text from conversation_messages where author = 'customer' order by id").fetchall()
    kept: dict[str, list[str]] = {v.name: [] for v in people}
    for (text,) in rows:
        kept[text.split(" ")[0]].append(text)
    lost = sum(len(set(v.said) - set(kept[v.name])) for v in people)
    doubled = sum(len(texts) - len(set(texts)) for texts in kept.values())
    disordered = sum(kept[v.name] != v.said for v in people)
    return Found(sum(len(v.said) for v in people), sum(v.again for v in people), lost, doubled, disordered)


def new_key(url: str) -> str:
    """A write key."""
    database = Database(url)
    with database.begin() as db:
        key = team.create_key(db, KeyKind.WRITE, "faults", now=datetime.now(UTC)).plain
    database.close()
    return key


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=40)
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    from served import VAR, machine, scratch

    with scratch("regulars_bench_chat_faults") as url:
        server = Killed(VAR, url)
        server.start()
        try:
            people = asyncio.run(faults(server, new_key(url), visitors=asked.visitors, kills=asked.kills))
        finally:
            server.kill()
        found = look(url, people)
    print(f"{found.said:,} messages, {asked.kills} kills, {found.again:,} sent again: ", end="")
    print(f"{found.lost} lost, {found.doubled} doubled, {found.disordered} conversations out of order ({machine()})")
    if found.lost or found.doubled:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
