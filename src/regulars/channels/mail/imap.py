"""Fetching mail by IMAP: by UIDs and never by "unread", so that whoever else opens the mailbox changes nothing.

What was fetched is committed together with how far the folder was read: a crash in between loses and doubles nothing.
When the server numbers its mails anew (UIDVALIDITY), all is looked through again, and the same bytes are one mail.
"""

import imaplib
import logging
import os
import re
import ssl
from collections.abc import Callable, Iterator
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
_SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)")
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


def fetch(client: BaseMailBox, database: Database, box: Mailbox, *, kept: Kept, now: datetime) -> int:
    """Keep all mail of all folders that is not kept yet; how many there were.

    The first folder comes last: an answer that was sorted into another one is then not fetched before what it answers.
    """
    count = 0
    for folder in reversed(box.folders):
        count += _fetch_folder(client, database, box, folder, now=now)
    with database.begin() as db:
        store.seen(db, box.id, now=now)
        if count:
            kept(db)
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


def _fetch_folder(client: BaseMailBox, database: Database, box: Mailbox, folder: str, *, now: datetime) -> int:
    typ, _ = client.client.select(_quoted(folder), readonly=True)
    if typ != "OK":
        raise Invalid(f"there is no folder {folder!r} in the mailbox {box.name}")
    validity = _validity(client)
    with database.begin() as db:
        known = store.cursor(db, box.id, folder)
    done = known[1] if known and known[0] == validity else 0
    if known and known[0] != validity:
        _log.warning("mailbox %s: %s is numbered anew, it is looked through again", box.name, folder)
    count = 0
    for uids in _batches(_uids(client, done, box.since)):
        raws = list(_download(client, uids))
        with database.begin() as db:
            fresh = store.keep(db, raws, Envelope(mailbox=box.id, department=box.department), now=now)
            store.move_cursor(db, box.id, folder, validity, uids[-1])
        count += len(fresh)
    return count


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


def _batches(uids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), BATCH):
        yield uids[start : start + BATCH]


def _download(client: BaseMailBox, uids: list[int]) -> Iterator[bytes]:
    """The mails of some UIDs; one that vanished meanwhile is left out."""
    sizes = _sizes(client, uids)
    usual = [uid for uid in uids if sizes.get(uid, 0) <= MOST_BYTES]
    if usual:
        yield from _bodies(client, usual, "(UID BODY.PEEK[])")
    for uid in uids:
        if sizes.get(uid, 0) > MOST_BYTES:
            for raw in _bodies(client, [uid], f"(UID BODY.PEEK[]<0.{BEGINNING_BYTES}>)"):
                yield f"{TRUNCATED}: {sizes[uid]}\r\n".encode() + raw


def _sizes(client: BaseMailBox, uids: list[int]) -> dict[int, int]:
    _, answer = client.client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    sizes = {}
    for line in answer or []:
        found = _SIZE.search(line) if isinstance(line, bytes) else None
        if found:
            uid, size = (found.group(1), found.group(2)) if found.group(1) else (found.group(4), found.group(3))
            sizes[int(uid)] = int(size)
    return sizes


def _bodies(client: BaseMailBox, uids: list[int], what: str) -> Iterator[bytes]:
    typ, answer = client.client.uid("FETCH", ",".join(map(str, uids)), what)
    if typ != "OK":
        raise Invalid(f"the mail server does not give its mails: {answer!r}"[:200])
    for one in answer or []:
        if isinstance(one, tuple) and len(one) > 1 and isinstance(one[1], bytes) and _UID.search(one[0]):
            yield one[1]


def _quoted(folder: str) -> str:
    name = utf7_encode(folder).decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'
