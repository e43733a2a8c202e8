"""Against a real Dovecot: every mail once, whatever is renumbered, moved, restarted or read by others."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from regulars.channels.mail import store
from regulars.channels.mail.imap import WORLD, Fetcher, connected, fetch
from regulars.kit.clock import utc_now
from tests.cast import utc
from tests.channels.mail.dovecots import dovecot
from tests.main.mailing import raw_mail


@pytest.fixture
def server():
    # a short path: a socket's is 107 characters at most
    with TemporaryDirectory(prefix="dovecot-") as folder, dovecot(Path(folder) / "d") as it:
        yield it


def mail(n):
    return raw_mail(f"Mail {n}", message_id=f"<{n}@example.com>")


def saved(database, box):
    with database.begin() as db:
        store.save_mailbox(db, box)
    return box


def fetched(database, box):
    with connected(box) as client:
        return fetch(client, database, box, kept=lambda db: None, now=utc_now())


def kept(database):
    with database.begin() as db:
        return db.execute(sa.text("select count(*) from raw_mails")).scalar_one()


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_each_mail_is_fetched_once_whoever_has_read_it(server, database):
    box = saved(database, server.mailbox())
    server.deliver(mail(1), mail(2))
    with connected(box) as client:
        client.folder.set("INBOX")
        client.flag("1:*", ["\\Seen"], value=True)
    assert fetched(database, box) == 2
    assert fetched(database, box) == 0
    server.deliver(mail(3))
    assert fetched(database, box) == 1


def test_fetching_leaves_the_mailbox_as_it_is(server, database):
    box = saved(database, server.mailbox())
    server.deliver(mail(1))
    fetched(database, box)
    with connected(box) as client:
        client.folder.set("INBOX")
        assert len(list(client.fetch("UNSEEN", mark_seen=False))) == 1


def test_several_folders_are_read_and_the_same_mail_in_two_is_one(server, database):
    box = saved(database, server.mailbox("INBOX", "Spam"))
    server.put(mail(1))
    server.put(mail(1), "Spam")
    server.put(mail(2), "Spam")
    assert fetched(database, box) == 2


def test_mail_numbered_anew_is_looked_through_again_and_doubles_nothing(server, database):
    box = saved(database, server.mailbox())
    server.put(mail(1))
    server.put(mail(2))
    assert fetched(database, box) == 2
    with database.begin() as db:
        before = store.cursor(db, box.id, "INBOX")
    time.sleep(1.1)  # a new UIDVALIDITY is the second it is made in
    server.stop()
    server.number_anew()
    server.start()
    server.put(mail(3))
    assert fetched(database, box) == 1
    with database.begin() as db:
        after = store.cursor(db, box.id, "INBOX")
    assert before is not None and after is not None and before[0] != after[0]
    assert kept(database) == 3


def test_mail_from_before_is_left_alone(server, database):
    server.deliver(mail(1))
    box = saved(database, replace(server.mailbox(), since=utc(2100, 1, 1)))
    assert fetched(database, box) == 0


def test_a_folder_that_is_not_there_and_a_wrong_password_are_said(server, database):
    box = saved(database, server.mailbox("Nowhere"))
    with pytest.raises(WORLD, match="Nowhere"):
        fetched(database, box)
    with pytest.raises(WORLD), connected(replace(box, password="wrong")):
        pass


@pytest.mark.long
def test_new_mail_is_heard_of_at_once_and_a_restarted_server_is_found_again(server, database):
    box = saved(database, server.mailbox())
    calls: list[int] = []
    fetcher = Fetcher(database, box, kept=lambda db: calls.append(1), clock=utc_now, poll_seconds=30)
    fetcher.start()
    server.deliver(mail(1))
    assert until(lambda: kept(database) == 1)
    server.deliver(mail(2))
    assert until(lambda: kept(database) == 2)  # by IDLE: polling would take half a minute
    server.stop()
    assert until(lambda: _trouble(database) is not None)
    server.start()
    server.deliver(mail(3))
    assert until(lambda: kept(database) == 3, 40)
    assert until(lambda: _trouble(database) is None)
    fetcher.stop()
    fetcher.join()
    assert len(calls) == 3


def test_two_processes_do_not_fetch_from_one_mailbox(server, database):
    box = saved(database, server.mailbox())
    with database.begin() as one, database.begin() as two:
        assert store.hold_mailbox(one, box.id)
        assert not store.hold_mailbox(two, box.id)


def _trouble(database):
    with database.begin() as db:
        return store.mailboxes(db)[0].error
