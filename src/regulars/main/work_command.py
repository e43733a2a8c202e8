"""`regulars work`, and the same work beside a server."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from regulars.kit.errors import Fault
from regulars.main.settings import Settings, read_settings
from regulars.main.wiring import database_url, open_database
from regulars.store import Database

CONNECTIONS = 24
"""Each delivery holds two, each mailbox one or two."""

_log = logging.getLogger(__name__)


def work() -> None:
    """Do the jobs, take mail in and send it, until Ctrl-C. For a process beside servers with REGULARS_WORK=apart.

    Example: `regulars work`
    """
    settings = read_settings()
    done = Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: done.set())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("procrastinate", "mail.log", "icalendar", "aiosmtplib"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with open_database(settings):  # migrated, and held while others use it
        _work(settings, done)


@contextmanager
def work_beside(settings: Settings) -> Iterator[None]:
    """The same in a thread, for as long as the block runs; the block does not wait for its start.

    Raises Invalid at once for settings of mail that make no sense.
    """
    if not settings.works_inside:
        yield
        return
    _check(settings)
    done = Event()
    thread = Thread(target=_work_or_say_why, args=(settings, done), name="work", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(15)


def _work(settings: Settings, done: Event) -> None:
    from regulars.main.working import working  # noqa: PLC0415  it knows everyone: half a second

    database = Database(database_url(settings), size=CONNECTIONS)
    try:
        with working(settings, database):
            while not done.wait(3600):
                pass
    finally:
        database.close()


def _work_or_say_why(settings: Settings, done: Event) -> None:
    try:
        _work(settings, done)
    except Fault as e:
        _log.error("nothing is sent, and no mail is taken in: %s", e.detail)


def _check(settings: Settings) -> None:
    mail = settings.mail
    if mail.smtp_url or mail.listen or mail.dkim:
        from regulars.main.mail_out import check  # noqa: PLC0415  only where mail is set up

        check(mail)
