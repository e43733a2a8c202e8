"""Mail goes out once: refused, hung up on, or killed in the middle, it is never silently repeated."""

import os
import subprocess
import sys
import time

import pytest

from regulars import desk, messages, team
from regulars.channels.mail import Address, Letter, parse, payload_of
from regulars.channels.mail.smtp import SmtpServer
from regulars.desk import Sender
from regulars.kit.errors import Invalid
from regulars.main.mail_out import MailCarrier
from regulars.main.portal import Portal
from regulars.messages import Outgoing, Recipient, State
from tests.cast import NOW
from tests.desk.desk_cast import mail
from tests.main.mailing import sink

SECRET = "a secret of the tests"


def clock():
    return NOW


def posted(database, n=1, *, to="vera@example.com", **how):
    with database.begin() as db:
        letter = Letter(f"Mail {n}", "Hello", Address("help@shop.example", "Shop"), Address(to), **how)
        out = Outgoing(f"m{n}", "email", Recipient(None, to, "Vera"), payload_of(letter))
        return messages.send(db, out, now=NOW)


def sent(database, ledger):
    with database.begin() as db:
        return messages.states(db, [ledger])[ledger]


@pytest.fixture
def box():
    with sink() as it:
        yield it


@pytest.fixture
def carrier(box):
    it = MailCarrier(box.settings, secret=SECRET, clock=clock)
    yield it
    it.close()


def deliver(database, carrier, ledger):
    messages.deliver(database, {"email": carrier}, ledger, clock=clock)
    return sent(database, ledger)


def test_it_arrives_under_the_message_id_of_its_row(database, box, carrier):
    row = deliver(database, carrier, posted(database))
    assert row.state is State.ACCEPTED
    ((_, to, raw),) = box.mails
    assert to == ("vera@example.com",)
    assert parse(raw).message_id == row.message_id


def test_a_line_leads_who_may_read_it_to_the_conversation_on_our_own_pages(database, box):
    with database.begin() as db:
        (got,) = desk.receive(db, [mail("a", sender=Sender(None, "vera@example.com", "Vera"))], now=NOW)
    portal = Portal(database, "https://shop.example/", "a secret of links")
    carrier = MailCarrier(box.settings, secret=SECRET, clock=clock, portal=portal)
    for n, to in enumerate(("vera@example.com", "mallory@evil.example")):
        deliver(database, carrier, posted(database, n, to=to, conversation=str(got.conversation), language="nl"))
    carrier.close()
    hers, others = (parse(raw).text for _, _, raw in box.mails)
    assert f"https://shop.example/my/{got.conversation}?t=" in hers
    token = hers.partition("?t=")[2].partition(">")[0]
    assert team.me_of("a secret of links", token, now=NOW) == ("email", "vera@example.com")
    assert "/my/" not in others


def test_many_mails_share_a_connection(database, box, carrier):
    for n in range(5):
        assert deliver(database, carrier, posted(database, n)).state is State.ACCEPTED
    assert (len(box.mails), box.sessions) == (5, 1)


def test_a_kept_connection_that_died_is_replaced_unnoticed(database, box, carrier):
    deliver(database, carrier, posted(database, 1))
    for _, client in carrier._smtp._idle:
        client.transport.abort()
    assert deliver(database, carrier, posted(database, 2)).state is State.ACCEPTED
    assert [parse(raw).subject for _, _, raw in box.mails] == ["Mail 1", "Mail 2"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 5.7.1 no", State.FAILED), ("451 4.3.0 later", State.QUEUED), ("421 4.3.0 closing", State.QUEUED),
     ("hang up", State.UNKNOWN)],
)  # fmt: skip
def test_what_the_server_says_is_what_becomes_of_it(database, box, carrier, answer, state):
    box.answers = [answer]
    row = deliver(database, carrier, posted(database))
    assert row.state is state
    assert row.error
    assert box.mails == []


def test_a_recipient_that_is_refused_fails_and_a_busy_one_waits(database, box, carrier):
    box.refused = {"gone@example.com": "550 5.1.1 nobody", "busy@example.com": "450 4.2.0 greylisted"}
    assert deliver(database, carrier, posted(database, 1, to="gone@example.com")).state is State.FAILED
    assert deliver(database, carrier, posted(database, 2, to="busy@example.com")).state is State.QUEUED


def test_a_server_that_is_away_keeps_mail_waiting(database, box):
    settings = box.settings
    with sink() as gone:
        settings = gone.settings
    away = MailCarrier(settings, secret=SECRET, clock=clock)
    row = deliver(database, away, posted(database))
    assert row.state is State.QUEUED and row.error
    away.close()


def test_an_address_that_is_none_fails_with_the_reason(database, box, carrier):
    row = deliver(database, carrier, posted(database, to="vera@example.com, evil@example.com"))
    assert row.state is State.FAILED and "no mail address" in (row.error or "")
    assert box.mails == []


def test_an_automatic_letter_has_no_sender_to_bounce_to(database, box, carrier):
    deliver(database, carrier, posted(database, automatic=True))
    assert box.mails[0][0] == "<>"


SENDS = """
import sys
from regulars import messages
from regulars.kit.clock import utc_now
from regulars.main.mail_out import MailCarrier
from regulars.main.mail_settings import MailSettings
from regulars.store import Database
settings = MailSettings(sys.argv[2], "Shop <help@shop.example>")
carrier = MailCarrier(settings, secret="a secret of the tests", clock=utc_now)
messages.deliver(Database(sys.argv[1]), {"email": carrier}, int(sys.argv[3]), clock=utc_now)
"""


def test_a_worker_killed_in_the_middle_leaves_it_unknown_and_sends_nothing_twice(database, database_url, box, carrier):
    box.delay_seconds = 3.0  # the server has the mail, and takes its time to say so
    ledger = posted(database)
    worker = subprocess.Popen(
        [sys.executable, "-c", SENDS, database_url, str(box.settings.smtp_url), str(ledger)], env=os.environ
    )
    end = time.monotonic() + 30
    while not box.mails and time.monotonic() < end:
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    box.delay_seconds = 0.0
    assert sent(database, ledger).state is State.CLAIMED
    end = time.monotonic() + 20
    while not messages.sweep(database, now=NOW) and time.monotonic() < end:
        time.sleep(0.1)  # PostgreSQL notices the end of the process within a moment
    assert sent(database, ledger).state is State.UNKNOWN
    assert deliver(database, carrier, ledger).state is State.UNKNOWN
    assert len(box.mails) == 1
    with database.begin() as db:
        messages.again(db, ledger, by="Mia", now=NOW)
    assert deliver(database, carrier, ledger).state is State.ACCEPTED
    assert len({parse(raw).message_id for _, _, raw in box.mails}) == 1  # a receiver can tell that it is the same


@pytest.mark.parametrize(
    "url", ["", "help", "http://x", "smtp://", "smtp://u:p@far.example?tls=none", "smtp://x?tls=maybe"]
)
def test_an_address_of_a_mail_server_that_makes_no_sense_is_said(url):
    with pytest.raises(Invalid):
        SmtpServer.of(url)


def test_tls_is_taken_for_granted_except_on_this_machine():
    assert SmtpServer.of("smtp://u:p%40@mx.example").security == "starttls"
    assert SmtpServer.of("smtp://u:p%40@mx.example").password == "p@"
    assert SmtpServer.of("smtps://mx.example").port == 465
    assert SmtpServer.of("smtp://localhost:25").security == "none"
