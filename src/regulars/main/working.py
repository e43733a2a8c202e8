"""What happens besides answering requests: jobs, mail that comes, mail that goes. In `regulars serve`, or alone."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID

from regulars import desk, messages, team
from regulars.channels.mail import store as mails
from regulars.channels.mail.imap import Fetcher
from regulars.channels.mail.listener import Listener, Listening
from regulars.desk import chores, hooks
from regulars.desk.delivery import tell_delivery
from regulars.kit.clock import utc_now
from regulars.kit.errors import Fault
from regulars.kit.json import Json
from regulars.main.mail_in import READ, kept, read_waiting
from regulars.main.mail_out import MailCarrier
from regulars.main.portal import Portal
from regulars.main.settings import Settings
from regulars.messages import Carrier, LedgerId
from regulars.store import Database, jobs
from regulars.store.jobs import Task, Worker
from regulars.team.tokens import MY

SWEEP, TIDY, UNSEEN = "messages.sweep", "mail.tidy", "desk.unseen"
PERIODIC = {
    SWEEP: "* * * * *", READ: "* * * * *", UNSEEN: "* * * * *", TIDY: "17 3 * * *", hooks.TIDY: "*/10 * * * *",
    **chores.PERIODIC,
}  # fmt: skip
KEEP_RAW = timedelta(days=90)
LOOK_FOR_MAILBOXES_SECONDS = 15
_log = logging.getLogger(__name__)


@contextmanager
def working(settings: Settings, database: Database) -> Iterator[None]:
    """Do jobs, take mail in and send it, for as long as the block runs."""
    with database.begin() as db:
        secret = team.secret(db, "reply_token", now=utc_now())
        own = Portal(database, settings.url, team.secret(db, MY, now=utc_now())) if settings.url else None
        for waiting in (SWEEP, READ):  # what another process left undone
            jobs.later(db, waiting, {}, once=waiting)
    private = settings.private_webhooks
    carriers: dict[str, Carrier] = {"webhook": hooks.WebhookCarrier(database, clock=utc_now, private=private)}
    posts = bool(settings.mail.smtp_url)
    mail = MailCarrier(settings.mail, secret=secret, clock=utc_now, portal=own) if posts else None
    if mail:
        carriers["email"] = mail
    listening = Listening.of(settings.mail.listen) if settings.mail.listen else None
    listener = Listener(database, listening, kept=kept, clock=utc_now) if listening else None
    worker = Worker(database, tasks(settings, carriers), clock=utc_now, periodic=PERIODIC)
    fetchers = Fetchers(database)
    if listener:
        listener.start()
    worker.start()
    fetchers.start()
    try:
        yield
    finally:
        fetchers.stop()
        if listener:
            listener.stop()
        worker.stop()
        if mail:
            mail.close()


def tasks(settings: Settings, carriers: Mapping[str, Carrier]) -> dict[str, Task]:
    """Name of a job → what does it."""

    def deliver(database: Database, args: Mapping[str, Json], _now: datetime) -> None:
        tell_news(database, messages.deliver(database, carriers, LedgerId(int(str(args["ledger"]))), clock=utc_now))

    def sweep(database: Database, _args: Mapping[str, Json], now: datetime) -> None:
        tell_news(database, messages.sweep(database, now=now))

    def read(database: Database, _args: Mapping[str, Json], now: datetime) -> None:
        read_waiting(database, now=now, sender=settings.mail.sender)

    def tidy(database: Database, _args: Mapping[str, Json], now: datetime) -> None:
        with database.begin() as db:
            mails.forget_raw(db, before=now - KEEP_RAW)

    def unseen(database: Database, _args: Mapping[str, Json], now: datetime) -> None:
        if "email" in carriers:
            with database.begin() as db:
                desk.mail_unseen(db, now=now)

    def tell(database: Database, args: Mapping[str, Json], _now: datetime) -> None:
        delivery = hooks.DeliveryId(UUID(str(args["delivery"])))
        hooks.deliver(database, delivery, clock=utc_now, private=settings.private_webhooks)

    def tidy_hooks(database: Database, _args: Mapping[str, Json], now: datetime) -> None:
        with database.begin() as db:
            hooks.tidy(db, now=now)

    told = {hooks.DELIVER: tell, hooks.TIDY: tidy_hooks}
    return {messages.DELIVER: deliver, SWEEP: sweep, READ: read, TIDY: tidy, UNSEEN: unseen, **told, **chores.CHORES}


def tell_news(database: Database, news: Sequence[messages.SentChanged]) -> None:
    """Show what became of messages to whoever looks at them."""
    if news:
        with database.begin() as db:
            tell_delivery(db, [one.ledger for one in news])


class Fetchers:
    """One fetcher a mailbox; mailboxes that are added, changed, paused or removed are noticed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: dict[object, Fetcher] = {}
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="mailboxes", daemon=True)

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop them all, and wait for it."""
        self._stopping.set()
        self._thread.join(10)
        for one in self._running.values():
            one.stop()
        for one in self._running.values():
            one.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except Fault as e:
                _log.warning("the mailboxes cannot be looked up: %s", e.detail)
            self._stopping.wait(LOOK_FOR_MAILBOXES_SECONDS)

    def _follow(self) -> None:
        with self._database.begin() as db:
            boxes = [b for b in mails.mailboxes(db) if b.paused_at is None]
        wanted = {b.access: b for b in boxes}
        for gone in self._running.keys() - wanted.keys():
            self._running.pop(gone).stop()
        for new in wanted.keys() - self._running.keys():
            self._running[new] = Fetcher(self._database, wanted[new], kept=kept, clock=utc_now)
            self._running[new].start()
