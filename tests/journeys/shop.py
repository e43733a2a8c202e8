"""The whole house for a journey: PostgreSQL, filled and learned, a server process, a browser."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from regulars.demo.fill import fill
from regulars.demo.notes import Notes, write_notes
from regulars.kit.clock import utc_now
from regulars.main.learning import learn
from regulars.store import Database

CHROMIUM = os.environ.get("REGULARS_CHROMIUM", "/usr/bin/chromium")
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Shop:
    """A running demo."""

    url: str
    database: Database
    write_key: str
    server_key: str

    def ask(self, path: str) -> dict[str, object]:
        """What the API answers to a GET with the server key."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.server_key}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, object] = json.loads(answer.read())
        return found


@contextlib.contextmanager
def open_shop(database_url: str, var: Path) -> Iterator[Shop]:
    """Fill, learn and serve; everything is stopped at the end."""
    var.mkdir(parents=True, exist_ok=True)
    database = Database(database_url)
    filled = fill(database, now=utc_now())
    learn(database, var, now=utc_now(), budget_seconds=5)
    write_notes(var, Notes("", filled.write_key, filled.server_key))
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    shop = Shop(url, database, filled.write_key, filled.server_key)
    with _server(database_url, var, url, port):
        shop.ask("/v1/people/vera")
        yield shop
    database.close()


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def visit(context: BrowserContext, shop: Shop, path: str = "/") -> Page:
    """A page of the shop; whatever goes wrong in its scripts fails the test that asks `faults`."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
    page.faults = faults  # type: ignore[attr-defined]
    page.goto(shop.url + path)
    return page


_SERVE = """
import sys
from regulars.main.server_commands import serve_demo
from regulars.main.settings import read_settings
serve_demo(read_settings(), int(sys.argv[1]), seed=7)
"""


@contextlib.contextmanager
def _server(database_url: str, var: Path, url: str, port: int) -> Iterator[None]:
    log = (var / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(port)],
        stdout=log,
        stderr=log,
        env=os.environ | {"REGULARS_DATABASE_URL": database_url, "REGULARS_VAR": str(var), "REGULARS_URL": url},
    )
    try:
        _wait_for(url, process, var / "server.log")
        yield
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{log.read_text()[-3000:]}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url + "/menu", timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"the server does not answer:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
