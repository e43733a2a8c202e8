"""What the HTTP benchmarks share: a scratch database, a real server on it, and a client that costs next to nothing."""

import os
import platform
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg

from regulars.store import Database, bundled_url, migrate

VAR = Path("/tmp/regulars-bench")
CODE = "import sys; from regulars.web.serve import *; serve(WebSettings(Path(sys.argv[1])), sys.argv[2], "
CODE += "port=int(sys.argv[3]), workers=int(sys.argv[4]), target=sys.argv[5])"


def machine() -> str:
    """Where and when this was measured."""
    model = next(
        (x.split(":")[1].strip() for x in Path("/proc/cpuinfo").read_text().splitlines() if x.startswith("model name")),
        "?",
    )
    python = platform.python_version()
    return f"{os.cpu_count()} × {model}, Python {python}, {datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f}"


@contextmanager
def scratch(name: str) -> Iterator[str]:
    """The URL of an empty migrated database, dropped at the end."""
    server = os.environ.get("REGULARS_DATABASE_URL") or bundled_url(VAR)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'drop database if exists "{name}" with (force)')
        admin.execute(f'create database "{name}"')
        head, _, query = server.partition("?")
        url = f"{head.rsplit('/', 1)[0]}/{name}?{query}"
        database = Database(url)
        migrate(database)
        database.close()
        try:
            yield url
        finally:
            admin.execute(f'drop database "{name}" with (force)')


@contextmanager
def server(url: str, *, workers: int, target: str = "regulars.web.serve:app", healthz: bool = True) -> Iterator[int]:
    """The port of a running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-c", CODE, str(VAR), url, str(port), str(workers), target]
    here = {**os.environ, "PYTHONPATH": f"{Path(__file__).parent}:{os.environ.get('PYTHONPATH', '')}"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=here)
    try:
        _wait(port, healthz=healthz)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, *, healthz: bool) -> None:
    for _ in range(600):
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except HTTPError:
            if not healthz:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def request(path: str, body: bytes, key: str, *, method: str = "POST") -> bytes:
    """A whole HTTP/1.1 request."""
    basic = b64encode(f"{key}:".encode()).decode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {basic}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Wire:
    """One kept connection that sends whole requests and reads whole answers."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, whole: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        self._socket.sendall(whole)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        length = next(int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        return data
