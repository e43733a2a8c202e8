"""Mail that was kept becomes messages of the right conversations, each once."""

import time
from uuid import UUID

import sqlalchemy as sa

from regulars import desk, messages, people, team
from regulars.channels.mail import reply_token
from regulars.channels.mail import store as mails
from regulars.channels.mail.store import NOWHERE, Envelope
from regulars.desk import NewReply
from regulars.desk.delivery import tell_delivery
from regulars.desk.write import write
from regulars.main.mail_in import read_again, read_waiting
from regulars.main.mail_out import MailCarrier
from regulars.messages import State
from regulars.store.live import Live
from tests.cast import NOW
from tests.main.mailing import raw_mail, sink

SENDER = "Shop <help@shop.example>"


def arrive(database, *raws, envelope=NOWHERE):
    with database.begin() as db:
        mails.keep(db, raws, envelope, now=NOW)
    read_waiting(database, now=NOW, sender=SENDER)


def rows(database):
    with database.begin() as db:
        found = db.execute(
            sa.text("""select c.id, m.text, m.quoted, m.author, m.meta, m.message_id, p.address
                       from conversation_messages m join conversations c on c.id = m.conversation_id
                       left join conversation_people p on p.conversation_id = c.id and p.person_id = m.person_id
                       order by m.id""")
        )
        return found.all()


def states(database):
    with database.begin() as db:
        return db.execute(sa.text("select state from raw_mails order by id")).scalars().all()


def test_a_mail_opens_a_conversation(database):
    arrive(database, raw_mail())
    (row,) = rows(database)
    assert (row.text, row.message_id) == ("Is my sandwich ready?", "<1@example.com>")
    assert states(database) == ["parsed"]


def test_who_asks_to_be_forgotten_is_forgotten_in_raw_mail_too(database):
    arrive(database, raw_mail(), b"X-Folder: Spam\r\n" + raw_mail())
    with database.begin() as db:
        who = people.find(db, people.Identity(people.IdentityKind.EMAIL, rows(database)[0].address))
        erased = people.erase(db, people.root(db, who))
        desk.erase(db, erased.nodes, now=NOW)
    with database.begin() as db:
        left = db.execute(sa.text("select count(*) from raw_mails where raw is not null or message_id is not null"))
        assert left.scalar_one() == 0
    arrive(database, raw_mail())
    assert [row.text for row in rows(database)] == [""]  # it came before: it does not come back


def test_the_same_mail_from_two_folders_is_one_message(database):
    arrive(database, raw_mail(), raw_mail())
    arrive(database, b"X-Folder: Spam\r\n" + raw_mail())
    assert len(rows(database)) == 1
    assert states(database) == ["parsed", "double"]


def test_another_mail_under_a_message_id_we_know_is_kept_beside_it(database):
    arrive(database, raw_mail())
    other = raw_mail("Where is my cake?", sender="omar@example.com")
    more = raw_mail("And where is my tea?")
    arrive(database, other, more)
    arrive(database, b"X-Folder: Spam\r\n" + other, b"X-Folder: Spam\r\n" + more)
    assert [r.text for r in rows(database)] == ["Is my sandwich ready?", "Where is my cake?", "And where is my tea?"]
    assert states(database) == ["parsed", "parsed", "parsed", "double", "double"]


def test_two_mails_of_one_message_id_that_come_together_are_both_kept(database):
    arrive(database, raw_mail(), raw_mail("Where is my cake?", sender="omar@example.com"))
    assert [r.text for r in rows(database)] == ["Is my sandwich ready?", "Where is my cake?"]


def test_an_answer_by_token_lands_in_its_conversation_even_without_references(database):
    arrive(database, raw_mail())
    (first,) = rows(database)
    with database.begin() as db:
        token = reply_token(team.secret(db, "reply_token", now=NOW), str(first.id))
    arrive(database, raw_mail("And tea, please", to=f"help+{token}@shop.example", message_id="<2@example.com>"))
    assert [r.id for r in rows(database)] == [first.id, first.id]


def test_a_token_in_the_envelope_alone_is_enough(database):
    arrive(database, raw_mail())
    (first,) = rows(database)
    with database.begin() as db:
        token = reply_token(team.secret(db, "reply_token", now=NOW), str(first.id))
    how = Envelope(sender="vera@example.com", recipients=(f"help+{token.upper()}@shop.example",))
    arrive(database, raw_mail("And tea", to="undisclosed-recipients:;", message_id="<2@example.com>"), envelope=how)
    assert [r.id for r in rows(database)] == [first.id, first.id]


def test_mail_handed_over_with_nobody_as_sender_is_a_machines(database):
    arrive(database, raw_mail(), envelope=Envelope(sender="<>", recipients=("help@shop.example",)))
    (row,) = rows(database)
    assert row.author == "automatic"


def test_a_stranger_with_a_forged_token_or_a_number_opens_another_conversation(database):
    arrive(database, raw_mail())
    (first,) = rows(database)
    forged = reply_token("not our secret", str(first.id))
    arrive(
        database,
        raw_mail("let me in", sender="mallory@evil.example", to=f"help+{forged}@shop.example", message_id="<2@evil>"),
        raw_mail("let me in", sender="mallory@evil.example", subject="Re: #1", message_id="<3@evil>"),
        raw_mail("in", sender="mallory@evil.example", message_id="<4@evil>", In_Reply_To="<1@example.com>"),
    )
    assert all(r.id != first.id for r in rows(database)[1:])


def test_bytes_that_are_no_mail_become_a_conversation_with_the_raw_file(database):
    raw = bytes(range(256)) * 20
    arrive(database, raw)
    assert len(rows(database)) == 1
    with database.begin() as db:
        assert db.execute(sa.text("select size from attachments")).scalar_one() == len(raw)
    assert states(database) == ["failed"]


def test_reading_again_doubles_nothing(database):
    arrive(database, b"\x00\xff" * 100, raw_mail())
    with database.begin() as db:
        failed = mails.failed(db, most=10)
    assert read_again(database, failed, now=NOW, sender=SENDER) == 0
    assert len(rows(database)) == 2


def test_a_form_of_our_own_site_names_the_customer_in_reply_to(database):
    arrive(database, raw_mail(sender="help@shop.example", Reply_To="omar@example.com"))
    with database.begin() as db:
        asked = sa.text("select address from conversation_people")
        assert "omar@example.com" in db.execute(asked).scalars().all()


def test_where_a_customer_asks_to_be_answered_the_answer_goes_and_may_come_back_from(database):
    arrive(database, raw_mail(Reply_To="Help <help@shop.example>, Vera <vera@work.example>"))
    (first,) = rows(database)
    with database.begin() as db:
        written = write(db, first.id, NewReply("Here"), by=desk.Machine("test"), now=NOW)
        to = db.execute(sa.text("select address from ledger where id = :id"), {"id": written.ledger}).scalar_one()
    arrive(database, raw_mail("Yes", sender="vera@work.example", message_id="<2@e>", In_Reply_To="<1@example.com>"))
    assert to == "vera@work.example"
    assert {r.id for r in rows(database)} == {first.id}


def replied(database, box):
    """Vera wrote, an agent answered by mail through `box`; the conversation and the ledger's row."""
    arrive(database, raw_mail())
    (first,) = rows(database)
    with database.begin() as db:
        secret = team.secret(db, "reply_token", now=NOW)
        written = write(db, first.id, NewReply("It **is** ready"), by=desk.Machine("test"), now=NOW)
    assert written.ledger is not None
    carrier = MailCarrier(box.settings, secret=secret, clock=lambda: NOW)
    messages.deliver(database, {"email": carrier}, written.ledger, clock=lambda: NOW)
    carrier.close()
    return first.id, written.ledger


def test_the_answer_to_our_answer_comes_back_into_the_conversation(database):
    with sink() as box:
        conversation, ledger = replied(database, box)
    ((bounces_to, to, raw),) = box.mails
    sent = mails_parse(raw)
    assert to == ("vera@example.com",)
    assert sent.in_reply_to == "<1@example.com>"
    assert bounces_to == sent.reply_to[0].address
    answer = raw_mail(
        "Thanks!", to=sent.reply_to[0].address, message_id="<2@example.com>", In_Reply_To=sent.message_id or ""
    )
    without_token = raw_mail("Thanks again!", message_id="<3@example.com>", In_Reply_To=sent.message_id or "")
    arrive(database, answer, without_token)
    assert {UUID(str(r.id)) for r in rows(database)} == {conversation}
    with database.begin() as db:
        assert messages.states(db, [ledger])[ledger].state is State.ACCEPTED


def mails_parse(raw):
    from regulars.channels.mail import parse

    return parse(raw)


def test_our_own_mail_seen_in_a_folder_is_not_taken_for_a_customers(database):
    with sink() as box:
        replied(database, box)
    before = len(rows(database))
    arrive(database, box.mails[0][2])
    assert len(rows(database)) == before
    assert states(database)[-1] == "double"


DSN = """From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; vera@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such person

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
--b--
"""


def test_a_bounce_marks_what_we_sent_as_failed_and_opens_nothing(database):
    with sink() as box:
        _, ledger = replied(database, box)
    sent, before = mails_parse(box.mails[0][2]), len(rows(database))
    told = {"to": "help@shop.example", "message_id": sent.message_id}
    arrive(database, DSN.format(**told, action="delayed", status="4.4.1").encode())
    with database.begin() as db:
        assert messages.states(db, [ledger])[ledger].state is State.ACCEPTED
    arrive(database, DSN.format(**told, action="failed", status="5.1.1").encode())
    with database.begin() as db:
        row = messages.states(db, [ledger])[ledger]
    assert row.state is State.FAILED
    assert "no such person" in (row.error or "")
    assert len(rows(database)) == before


def test_an_answer_that_was_read_before_what_it_answers_is_joined_by_it(database):
    arrive(database, raw_mail("Thanks", message_id="<2@example.com>", In_Reply_To="<1@example.com>"))
    arrive(database, raw_mail("Hello", message_id="<1@example.com>"))
    arrive(database, raw_mail("Hello", message_id="<0@evil>", sender="mallory@evil.example", In_Reply_To="<9@x>"))
    assert len({r.id for r in rows(database)}) == 2


def test_mail_of_one_batch_is_taken_in_by_its_dates(database):
    answer = raw_mail("Thanks", message_id="<2@e>", In_Reply_To="<1@e>", Date="Thu, 19 Nov 2026 11:00:00 +0000")
    arrive(database, answer, raw_mail(message_id="<1@e>", Date="Thu, 19 Nov 2026 10:00:00 +0000"))
    assert [r.message_id for r in rows(database)] == ["<1@e>", "<2@e>"]
    assert len({r.id for r in rows(database)}) == 1


def test_who_looks_at_a_conversation_hears_what_became_of_a_reply(database):
    heard: list[tuple[str, str]] = []
    live = Live(database).start()
    with sink() as box:
        conversation, ledger = replied(database, box)
        live.subscribe([f"conversation:{conversation}"], lambda topic, note: heard.append((topic, note)))
        with database.begin() as db:
            tell_delivery(db, [ledger])
        end = time.monotonic() + 20
        while not heard and time.monotonic() < end:
            time.sleep(0.02)
    live.close()
    assert heard and heard[0][1].startswith("message:")
