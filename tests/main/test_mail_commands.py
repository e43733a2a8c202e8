"""`regulars mail …`: what a person sees, and what is refused."""

from tests.main.commands import run
from tests.main.mailing import raw_mail


def test_mail_of_a_file_becomes_conversations_once(database_url, tmp_path):
    one = tmp_path / "one.eml"
    one.write_bytes(raw_mail())
    ran = run(database_url, tmp_path / "var", "mail", "import", str(one))
    assert ran.code == 0 and "1 mails are new" in ran.out
    assert "0 mails are new" in run(database_url, tmp_path / "var", "mail", "import", str(one)).out


def test_a_file_of_many_mails_is_taken_apart(database_url, tmp_path):
    many = tmp_path / "many.mbox"
    many.write_bytes(
        b"".join(b"From x Mon Nov 16 10:00:00 2026\n" + raw_mail(message_id=f"<{n}@x>") + b"\n" for n in "ab")
    )
    assert "2 mails are new" in run(database_url, tmp_path / "var", "mail", "import", str(many)).out


def test_what_is_not_there_is_said(database_url, tmp_path):
    for command in (["import", "none.eml"], ["remove", "none"], ["pause", "none"]):
        ran = run(database_url, tmp_path / "var", "mail", *command)
        assert ran.code == 2 and "none" in ran.err


def test_a_mailbox_is_added_listed_paused_and_removed(database_url, tmp_path):
    var = tmp_path / "var"
    told = ["help", "help@shop.example", "--host", "imap.invalid", "--password", "env:X", "--no-check"]
    assert run(database_url, var, "mail", "add", *told).code == 0
    assert "imap.invalid:993" in run(database_url, var, "mail", "list").out
    assert run(database_url, var, "mail", "pause", "help").code == 0
    assert "paused" in run(database_url, var, "mail", "list").out
    assert run(database_url, var, "mail", "remove", "help").code == 0
    assert "imap.invalid" not in run(database_url, var, "mail", "list").out


def test_a_mailbox_that_does_not_answer_is_not_added(database_url, tmp_path):
    told = ["help", "help@shop.example", "--host", "127.0.0.1", "--port", "1", "--password", "x"]
    ran = run(database_url, tmp_path / "var", "mail", "add", *told)
    assert ran.code == 2 and "127.0.0.1:1" in ran.err


def test_reading_again_with_nothing_to_read_says_so(database_url, tmp_path):
    assert "0 mails were read again" in run(database_url, tmp_path / "var", "mail", "reparse").out
