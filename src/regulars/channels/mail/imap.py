"""Fetching mail by IMAP: by UIDs and never by "unread", so that whoever else opens the mailbox changes nothing.

What was fetched is committed together with how far the folder was read: a crash in between loses and doubles nothing.
When the server numbers its mails anew (UIDVALIDITY), all is looked through again, and the same bytes are one mail.
"""

import imaplib
import logging
import os
import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from uuid import UUID

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.imap_utf7 import utf7_encode

from regulars.channels.mail import store
from regulars.channels.mail.model import MOST_BYTES, TRUNCATED, Kept
from regulars.channels.mail.store import Envelope, Mailbox
from regulars.kit.errors import Fault, Invalid
from regulars.store import Database, Db

BEGINNING_BYTES = 1_000_000
BATCH = 20
MOST_TOGETHER = 5000
MOST_BYTES_TOGETHER = 100_000_000
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_VALIDITY = re.compile(rb"\d+")
_log = logging.getLogger(__name__)

WORLD: tuple[type[Exception], ...] = (imaplib.IMAP4.error, OSError, ImapToolsError, Fault)
"""What a server, the net between and our own database can do to us."""


class Fetcher:
    """Fetches from one mailbox, in a thread of its own, for as long as it is asked to; reconnects by itself."""

    def __init__(
        self, database: Database, box: Mailbox, *, kept: Kept, clock: Callable[[], datetime], poll_seconds: float = 60
    ) -> None:
        self._database, self._box, self._kept, self._clock = database, box, kept, clock
        self._poll_seconds = poll_seconds
        self._stopping = Event()
        self._thread: Thread | None = None

    @property
    def mailbox(self) -> UUID:
        """Which one."""
        return self._box.id

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread = Thread(target=self.run, name=f"imap {self._box.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon; `join` waits for it."""
        self._stopping.set()

    def join(self, patience_seconds: float = 10) -> None:
        """Wait until it ended."""
        if self._thread is not None:
            self._thread.join(patience_seconds)

    def run(self) -> None:
        """Fetch until stopped, one process a mailbox. After a fault wait a little longer each time."""
        pause = 2.0
        while not self._stopping.is_set():
            try:
                with self._database.begin() as holding:
                    if store.hold_mailbox(holding, self._box.id):
                        self._session(holding)
                        pause = 2.0
                self._stopping.wait(5)
            except WORLD as e:
                words = said(e)
                _log.warning("mailbox %s: %s", self._box.name, words)
                self._note(words)
                self._stopping.wait(pause)
                pause = min(pause * 2, 300)

    def _session(self, holding: Db) -> None:
        with connected(self._box) as client:
            while not self._stopping.is_set():
                fetch(client, self._database, self._box, kept=self._kept, now=self._clock())
                holding.exec_driver_sql("select 1")  # still ours: a lost connection has let the mailbox go
                self._wait(client)

    def _wait(self, client: BaseMailBox) -> None:
        """Until the server says that something came, or it is time to look at the other folders."""
        until = monotonic() + self._poll_seconds
        if "IDLE" not in client.client.capabilities or len(self._box.folders) == 0:
            self._stopping.wait(self._poll_seconds)
            return
        client.client.select(_quoted(self._box.folders[0]), readonly=True)
        client.idle.start()  # type: ignore[no-untyped-call]
        try:
            while not self._stopping.is_set() and monotonic() < until:
                asked = monotonic()
                heard = client.idle.poll(timeout=1)
                if any(b"EXISTS" in line for line in heard):
                    return
                if any(b"BYE" in line for line in heard) or (not heard and monotonic() - asked < 0.5):
                    raise imaplib.IMAP4.abort("the mail server closed the connection")  # silence comes after a second
        finally:
            client.idle.stop()  # type: ignore[no-untyped-call]

    def _note(self, words: str) -> None:
        try:
            with self._database.begin() as db:
                store.seen(db, self._box.id, now=self._clock(), error=words)
        except Fault:
            _log.info("mailbox %s: the database is away, too", self._box.name)


class connected:  # noqa: N801  used as a verb
    """A signed-in connection to a mailbox for as long as the block runs. Raises one of `WORLD`."""

    def __init__(self, box: Mailbox, *, timeout_seconds: float = 60) -> None:
        self._box, self._timeout = box, timeout_seconds

    def __enter__(self) -> BaseMailBox:
        box, context = self._box, ssl.create_default_context()
        if box.host in {"localhost", "127.0.0.1", "::1"}:  # nobody signs certificates for these
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if box.security == "tls":
            self._client: BaseMailBox = MailBox(box.host, box.port, timeout=self._timeout, ssl_context=context)
        elif box.security == "starttls":
            self._client = MailBoxStartTls(box.host, box.port, timeout=self._timeout, ssl_context=context)
        else:
            self._client = MailBoxUnencrypted(box.host, box.port, timeout=self._timeout)
        self._client.login(box.login, password_of(box.password), initial_folder=None)
        return self._client

    def __exit__(self, *_: object) -> None:
        try:
            self._client.client.logout()
        except WORLD:
            self._client.client.shutdown()


@dataclass(frozen=True, slots=True)
class _News:
    """What a folder has that is not kept yet: UID → when it came there, and its size."""

    folder: str
    validity: int
    came: dict[int, tuple[float, int]]

    @property
    def size(self) -> int:
        return sum(min(size, MOST_BYTES) for _, size in self.came.values())


def fetch(client: BaseMailBox, database: Database, box: Mailbox, *, kept: Kept, now: datetime) -> int:
    """Keep all mail of all folders that is not kept yet; how many there were.

    The usual few become visible together, in the order they came to the server, whichever folder they are in: so an
    answer that was sorted into another folder is never read before what it answers. For that the first folder is
    looked at last.
    """
    news = [_look(client, database, box, folder) for folder in reversed(box.folders)]
    if sum(len(n.came) for n in news) <= MOST_TOGETHER and sum(n.size for n in news) <= MOST_BYTES_TOGETHER:
        parts = [news]
    else:
        parts = [[_News(n.folder, n.validity, some)] for n in news for some in _portions(n.came)]
    count = sum(_keep(client, database, box, part, now=now, kept=kept) for part in parts)
    with database.begin() as db:
        store.seen(db, box.id, now=now)
    return count


def password_of(kept: str) -> str:
    """A password as it was given, from the environment (env:NAME) or from a file (file:/path). Raises Invalid."""
    if kept.startswith("env:"):
        if kept[4:] not in os.environ:
            raise Invalid(f"the mailbox's password should be in the environment as {kept[4:]}, and is not")
        return os.environ[kept[4:]]
    if kept.startswith("file:"):
        try:
            return Path(kept[5:]).read_text().strip()
        except OSError as e:
            raise Invalid(f"the mailbox's password cannot be read from {kept[5:]}: {e.strerror}") from e
    return kept


def said(e: Exception) -> str:
    """A fault in a line."""
    return e.detail if isinstance(e, Fault) else " ".join(str(e).split())[:300] or type(e).__name__


def _look(client: BaseMailBox, database: Database, box: Mailbox, folder: str) -> _News:
    _select(client, box, folder)
    validity = _validity(client)
    with database.begin() as db:
        known = store.cursor(db, box.id, folder)
    if known and known[0] != validity:
        _log.warning("mailbox %s: %s is numbered anew, it is looked through again", box.name, folder)
    uids = _uids(client, known[1] if known and known[0] == validity else 0, box.since)
    came: dict[int, tuple[float, int]] = {}
    for start in range(0, len(uids), 1000):
        came |= _arrivals(client, uids[start : start + 1000])
    return _News(folder, validity, {uid: came.get(uid, (0.0, 0)) for uid in uids})


def _keep(
    client: BaseMailBox, database: Database, box: Mailbox, news: list[_News], *, now: datetime, kept: Kept
) -> int:
    """Keep some mail, and how far its folders were read, in one transaction."""
    raws: list[tuple[float, bytes]] = []
    for one in reversed(news):  # of the same second, the first folder's come first
        if one.came:
            _select(client, box, one.folder)
            raws += _download(client, one.came)
    raws.sort(key=lambda pair: pair[0])
    with database.begin() as db:
        how = Envelope(mailbox=box.id, department=box.department)
        fresh = store.keep(db, [raw for _, raw in raws], how, now=now)
        for one in news:
            if one.came:
                store.move_cursor(db, box.id, one.folder, one.validity, max(one.came))
        if fresh:
            kept(db)
    return len(fresh)


def _portions(came: dict[int, tuple[float, int]]) -> Iterator[dict[int, tuple[float, int]]]:
    uids = sorted(came)
    for start in range(0, len(uids), BATCH):
        yield {uid: came[uid] for uid in uids[start : start + BATCH]}


def _select(client: BaseMailBox, box: Mailbox, folder: str) -> None:
    typ, _ = client.client.select(_quoted(folder), readonly=True)
    if typ != "OK":
        raise Invalid(f"there is no folder {folder!r} in the mailbox {box.name}")


def _validity(client: BaseMailBox) -> int:
    _, answer = client.client.response("UIDVALIDITY")
    found = _VALIDITY.search(answer[0]) if answer and isinstance(answer[0], bytes) else None
    if found is None:
        raise Invalid("the mail server does not say how it numbers its mails (UIDVALIDITY)")
    return int(found.group(0))


def _uids(client: BaseMailBox, done: int, since: datetime) -> list[int]:
    """UIDs above `done` of mails that came since, ascending."""
    day = (since - timedelta(days=1)).strftime("%d-%b-%Y")  # the server goes by days, in its own time zone
    typ, answer = client.client.uid("SEARCH", f"UID {done + 1}:* SINCE {day}")
    if typ != "OK":
        raise Invalid(f"the mail server does not search: {answer!r}"[:200])
    found = answer[0].split() if answer and isinstance(answer[0], bytes) else []
    return sorted(uid for uid in map(int, found) if uid > done)  # "n:*" names the last one even when it is below n


def _download(client: BaseMailBox, came: dict[int, tuple[float, int]]) -> Iterator[tuple[float, bytes]]:
    """When each came, and the mail; one that vanished meanwhile is left out."""
    usual = sorted(uid for uid, (_, size) in came.items() if size <= MOST_BYTES)
    for start in range(0, len(usual), BATCH):
        for uid, raw in _bodies(client, usual[start : start + BATCH], "(UID BODY.PEEK[])"):
            yield came.get(uid, (0.0, 0))[0], raw
    for uid, (at, size) in came.items():
        if size > MOST_BYTES:
            for _, raw in _bodies(client, [uid], f"(UID BODY.PEEK[]<0.{BEGINNING_BYTES}>)"):
                yield at, f"{TRUNCATED}: {size}\r\n".encode() + raw


def _arrivals(client: BaseMailBox, uids: list[int]) -> dict[int, tuple[float, int]]:
    _, answer = client.client.uid("FETCH", ",".join(map(str, uids)), "(UID INTERNALDATE RFC822.SIZE)")
    came = {}
    for line in answer or []:
        if isinstance(line, bytes) and (uid := _UID.search(line)) and (size := _SIZE.search(line)):
            at = imaplib.Internaldate2tuple(line)
            came[int(uid.group(1))] = (time.mktime(at) if at else 0.0, int(size.group(1)))
    return came


def _bodies(client: BaseMailBox, uids: list[int], what: str) -> Iterator[tuple[int, bytes]]:
    typ, answer = client.client.uid("FETCH", ",".join(map(str, uids)), what)
    if typ != "OK":
        raise Invalid(f"the mail server does not give its mails: {answer!r}"[:200])
    for one in answer or []:
        if isinstance(one, tuple) and len(one) > 1 and isinstance(one[1], bytes) and (uid := _UID.search(one[0])):
            yield int(uid.group(1)), one[1]


def _quoted(folder: str) -> str:
    name = utf7_encode(folder).decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'
