"""Mail is taken in by LMTP and SMTP, acknowledged when it is kept, and only for our domains."""

import smtplib

import pytest
import sqlalchemy as sa

from regulars.channels.mail.listener import Listener, Listening
from regulars.kit.clock import utc_now
from regulars.kit.errors import Conflict, Invalid
from regulars.store import Database
from tests.main.mailing import free_port, raw_mail


@pytest.fixture(params=["lmtp", "smtp"])
def door(request, database):
    port = free_port()
    where = Listening.of(f"{request.param}://127.0.0.1:{port}?domains=shop.example,other.example")
    listener = Listener(database, where, kept=lambda db: None, clock=utc_now)
    listener.start()
    client = smtplib.LMTP("127.0.0.1", port) if where.lmtp else smtplib.SMTP("127.0.0.1", port)
    yield client
    client.close()
    listener.stop()


def kept(database):
    with database.begin() as db:
        return db.execute(sa.text("select sender, recipients, raw from raw_mails order by id")).all()


def test_a_mail_is_kept_with_its_envelope_when_it_is_acknowledged(door, database):
    door.sendmail("vera@example.com", ["help+x@Shop.Example"], raw_mail())
    ((sender, recipients, raw),) = kept(database)
    assert (sender, recipients) == ("vera@example.com", ["help+x@Shop.Example"])
    assert b"Message-ID: <1@example.com>" in raw


def test_the_same_mail_twice_is_kept_once(door, database):
    for _ in range(2):
        door.sendmail("vera@example.com", ["help@shop.example"], raw_mail())
    assert len(kept(database)) == 1


def test_it_is_no_open_relay(door, database):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        door.sendmail("vera@example.com", ["omar@elsewhere.example"], raw_mail())
    assert refused.value.recipients["omar@elsewhere.example"][0] == 550
    assert kept(database) == []


def test_a_sender_that_is_nobody_is_kept_as_such(door, database):
    door.sendmail("", ["help@shop.example"], raw_mail())
    assert kept(database)[0].sender == "<>"


def test_a_paragraph_on_one_long_line_is_taken_in(door, database):
    long = b"beans and bread " * 20_000  # longer than RFC 5321 asks for; programs that write HTML do it all the time
    door.sendmail("vera@example.com", ["help@shop.example"], b"From: vera@example.com\r\n\r\n" + long + b"\r\n")
    assert long in kept(database)[0].raw


def test_while_the_database_is_away_the_other_server_is_asked_to_try_again():
    port = free_port()
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    where = Listening.of(f"smtp://127.0.0.1:{port}?domains=*")
    listener = Listener(away, where, kept=lambda db: None, clock=utc_now)
    listener.start()
    with smtplib.SMTP("127.0.0.1", port) as client, pytest.raises(smtplib.SMTPDataError) as said:
        client.sendmail("vera@example.com", ["help@shop.example"], raw_mail())
    assert said.value.smtp_code == 451
    with pytest.raises(Conflict):
        Listener(away, where, kept=lambda db: None, clock=utc_now).start()
    listener.stop()


@pytest.mark.parametrize("url", ["", "lmtp://x", "lmtp://127.0.0.1:1", "http://127.0.0.1:1?domains=x"])
def test_an_address_that_makes_no_sense_is_said(url):
    with pytest.raises(Invalid):
        Listening.of(url)
