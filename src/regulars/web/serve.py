"""The server process: granian with some workers, each with its own application and connections.

The workers are told what to serve through the environment: they start as fresh processes.
"""

import gc
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from regulars.store import Database
from regulars.web import logs
from regulars.web.settings import METRICS_FOLDER, WebSettings

if TYPE_CHECKING:
    from litestar import Litestar

TOLD = "REGULARS_SERVING"
APP = "regulars.web.serve:app"
COLLECT_EVERY = 50_000
"""Objects made and not yet freed; Python's own 700 cost a batch of chat a fifth of its time."""
MOST_CONNECTED = 10_000
"""Connections a worker holds: open chats mostly wait; the threads of the edge bound what is done at once."""


def serve(
    settings: WebSettings, database_url: str, *, host: str = "127.0.0.1", port: int = 8000, workers: int = 1,
    target: str = APP,
) -> None:  # fmt: skip
    """Serve until SIGINT or SIGTERM. The database must be migrated.

    target  "module:factory" of the application, for one with more routes; it asks `told` what to serve
    """
    from granian.constants import Interfaces  # noqa: PLC0415  a quarter second that only the server needs
    from granian.server import Server  # noqa: PLC0415

    os.environ[TOLD] = msgspec.json.encode(_Told(database_url, settings), enc_hook=str).decode()
    if workers > 1:
        _count_together(settings.var / "metrics")
    Server(
        target, host, port, interface=Interfaces.ASGI, workers=workers, factory=True, websockets=True,
        respawn_failed_workers=True, backpressure=MOST_CONNECTED, log_access=False, workers_kill_timeout=10,
    ).serve()  # fmt: skip


def app() -> "Litestar":
    """What a worker serves."""
    from regulars.web.app import create_app  # noqa: PLC0415  the workers need it, the process that starts them does not

    settings, database = told()
    made = create_app(settings, database)
    made.on_startup.append(settle)
    return made


def settle() -> None:
    """What is in memory after the start stays: spare the garbage collector from looking through it for ever.

    Nor should it look in the middle of a batch, whose objects all live until it is done.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 20, 20)


def told() -> tuple[WebSettings, Database]:
    """What `serve` told this worker: the settings, and the database, connected. Sets up its log, too."""
    logs.configure()
    said = msgspec.json.decode(os.environ[TOLD], type=_Told, dec_hook=lambda kind, said: kind(said))
    return said.settings, Database(said.database_url, size=said.settings.threads)


class _Told(msgspec.Struct):
    database_url: str
    settings: WebSettings


def _count_together(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[METRICS_FOLDER] = str(folder)
