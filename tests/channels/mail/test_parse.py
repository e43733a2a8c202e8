"""Every fixture is read as expected.json says; and whatever comes, nothing is raised and nothing is lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.channels.mail import Mail, parse
from regulars.channels.mail.charsets import text_of
from regulars.channels.mail.headers import addresses, decoded, message_ids, moment
from regulars.channels.mail.plain import plain
from regulars.channels.mail.quotes import fold

FIXTURES = Path(__file__).parent / "fixtures"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text())


def simple(mail: Mail) -> dict[str, object]:
    """A mail as JSON can say it, for comparing."""
    bounce = mail.bounce
    return {
        "subject": mail.subject, "from_": mail.from_.address, "name": mail.from_.name, "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to, "references": list(mail.references), "to": [a.address for a in mail.to],
        "date": mail.date.isoformat() if mail.date else None, "text": mail.text, "quoted": mail.quoted,
        "files": [f.name for f in mail.attachments], "inline": [f.name for f in mail.inline], "fault": mail.fault,
        "automatic": mail.automatic.kind.value if mail.automatic else None, "tokens": list(mail.tokens),
        "calendar": mail.calendar.summary if mail.calendar else None, "language": mail.language_hint,
        "bounce": bounce and {"message_id": bounce.message_id, "recipient": bounce.recipient, "status": bounce.status,
                              "permanent": bounce.permanent, "final": bounce.final},
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mail_is_read_as_its_fixture_says(name):
    expected = dict(EXPECTED[name])
    expected.pop("why")
    mail = parse((FIXTURES / f"{name}.eml").read_bytes())
    holding = {"text_has": mail.text, "quoted_has": mail.quoted, "signature_has": mail.signature,
               "html_has": mail.html or "", "fault_has": mail.fault or ""}  # fmt: skip
    for field, whole in holding.items():
        wanted = expected.pop(field, [])
        for part in wanted if isinstance(wanted, list) else [wanted]:
            assert part in whole, field
    got = simple(mail)
    assert {field: got[field] for field in expected} == expected
    if not any(key in EXPECTED[name] for key in ("fault", "fault_has")):
        assert mail.fault is None


def test_there_is_a_line_for_every_fixture_and_a_fixture_for_every_line():
    assert {p.stem for p in FIXTURES.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 60


AWAY = ["Automatic reply: Re: your order", "[Auto-Reply] your order", "Out of office", "Out of the office until May",
        "I am out of the office from 3 May", "Afwezig tot maandag", "Fuera de la oficina (hasta el lunes)"]  # fmt: skip
NOT_AWAY = ["Re: Automatic reply: your order", "AW: Automatische Antwort: Ihre Frage",
            "On holiday order: cake never came", "Out of office lunch delivery was late", "I am out of milk",
            "Ausente el queso en mi bocadillo"]  # fmt: skip


@pytest.mark.parametrize(("subject", "machine"), [*((s, True) for s in AWAY), *((s, False) for s in NOT_AWAY)])
def test_a_subject_tells_an_absence_from_somebody_who_writes_about_one(subject, machine):
    mail = parse(f"From: vera@example.com\r\nSubject: {subject}\r\n\r\nHello".encode())
    assert (mail.automatic is not None) == machine


def test_a_huge_text_is_cut_and_hangs_on_the_mail_whole():
    raw = b"From: vera@example.com\r\nContent-Type: text/plain\r\n\r\n" + b"beans and bread\r\n" * 200_000
    mail = parse(raw)
    assert len(mail.text) <= 2_000_000
    assert [(f.name, len(f.content)) for f in mail.attachments] == [("whole-text.txt", 3_400_000)]


@given(raw=st.binary(max_size=2000))
def test_any_bytes_are_a_mail(raw):
    mail = parse(raw)
    assert "\x00" not in mail.text + mail.subject + (mail.html or "")


@given(
    name=st.sampled_from(sorted(EXPECTED)), cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), max_size=6)
)
def test_a_mail_that_was_damaged_on_its_way_is_still_a_mail(name, cuts):
    raw = (FIXTURES / f"{name}.eml").read_bytes()
    for where, instead in cuts:
        at = int(where * len(raw))
        raw = raw[:at] + instead + raw[at + len(instead) // 2 :]
    mail = parse(raw)
    whole = "".join([mail.text, mail.quoted, mail.signature, mail.subject, mail.from_.name, mail.html or ""])
    whole.encode()  # no lone surrogate: the database takes it
    assert "\x00" not in whole


@given(st.lists(st.sampled_from([
    "Hello", "", "> quoted", ">> deeper", "-- ", "Sent from my iPhone", "On Mon, 16 Nov 2026, A <a@b.c> wrote:",
    "From: a@b.c", "Sent: Monday", "Subject: x", "-----Original Message-----", "________________________________",
    "---------- Forwarded message ---------", "El lun, 16 nov 2026, A escribió:", "1.", "  indented",
]), max_size=30))  # fmt: skip
def test_folding_loses_no_line_and_keeps_their_order(lines):
    folded = fold("\n".join(lines))
    before = [line for line in lines if line.strip()]
    after = [
        line for part in (folded.text, folded.signature, folded.quoted) for line in part.split("\n") if line.strip()
    ]
    assert [line.rstrip() for line in after] == [line.rstrip() for line in before]
    assert folded.text.strip() or not before


@given(st.text(max_size=300))
def test_folding_any_text_loses_nothing_to_read(text):
    folded = fold(text)
    kept = "".join([folded.text, folded.signature, folded.quoted]).split()
    assert kept == text.split() or "".join(kept) == "".join(text.split())


@given(st.text(max_size=300))
def test_header_readers_take_any_text(text):
    decoded(text)
    for one in addresses([text]):
        assert "@" in one.address and "\n" not in one.address
    for known in message_ids(text):
        assert known.startswith("<") and known.endswith(">")
    moment(text)
    plain(text)


@given(
    st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["utf-8", "gb2312", "utf-16"]))
)
def test_any_bytes_in_any_charset_are_text_a_database_can_hold(content, charset):
    text = text_of(content, charset)
    assert "\x00" not in text
    text.encode()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_text_in_utf_8_comes_out_as_it_went_in(text):
    assert text_of(text.encode(), "utf-8").lstrip("\ufeff") == text.lstrip("\ufeff")
