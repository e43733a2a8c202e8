"""What we write is well-formed, comes back as it was meant, and nothing can be smuggled into it."""

import base64
import hashlib
from email import message_from_bytes, policy

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from regulars.channels.mail import (
    Address,
    File,
    Letter,
    compose,
    conversation_of,
    letter_of,
    message_id_of,
    parse,
    payload_of,
    reply_address,
    reply_token,
)
from regulars.channels.mail.dkim import Dkim, dkim_of
from regulars.kit.errors import Invalid
from regulars.kit.ids import new_id
from tests.cast import NOW

SECRET = "a secret of the tests"
CONVERSATION = "0193f1c2-7a5b-7cde-8f01-23456789abcd"
SHOP, VERA = Address("help@shop.example", "Shop"), Address("vera@example.com", "Véra Groen")


def letter(**how):
    plain = {"subject": "Your sandwich", "markdown": "It is **ready**.", "from_": SHOP, "to": VERA}
    return Letter(**{**plain, "conversation": CONVERSATION, **how})


def written(it, number=7):
    return compose(it, message_id=message_id_of(number, it, secret=SECRET), secret=SECRET, now=NOW)


def test_it_comes_back_as_it_was_meant():
    files = (File("Factúra 1.pdf", "application/pdf", b"%PDF" * 99), File("cat.png", "image/png", b"png", "cat@1"))
    it = letter(
        subject="Tu bocadillo está listo ☕", markdown="Hola ![](cid:cat@1)\n\n.dot\nFrom here", files=files,
        in_reply_to="<a@b>", references=("<x@y>", "<a@b>"), language="es",
    )  # fmt: skip
    mail = parse(written(it))
    assert (mail.subject, mail.from_, mail.to) == (it.subject, SHOP, (VERA,))
    assert mail.text == "Hola ![](cid:cat@1)\n\n.dot\nFrom here"
    assert mail.html is not None and 'src="cid:cat@1"' in mail.html
    assert [(f.name, f.content) for f in mail.attachments] == [("Factúra 1.pdf", b"%PDF" * 99)]
    assert [f.inline_id for f in mail.inline] == ["cat@1"]
    assert (mail.in_reply_to, mail.references, mail.language_hint) == ("<a@b>", ("<x@y>", "<a@b>"), "es")
    assert mail.automatic is None


def test_an_answer_to_it_proves_its_conversation():
    it = letter()
    sent = parse(written(it))
    for raw in (f"To: {sent.reply_to[0].address}", f"In-Reply-To: {sent.message_id}", f"References: {sent.message_id}"):
        answer = parse(f"From: v@example.com\r\n{raw.upper()}\r\n\r\nThanks".encode())
        assert [conversation_of(SECRET, t) for t in answer.tokens] == [CONVERSATION]


def test_the_same_row_is_the_same_mail_at_every_try():
    assert written(letter()) == written(letter())
    assert parse(written(letter())).message_id != parse(written(letter(), number=8)).message_id


def test_a_server_without_plus_addresses_gets_the_token_in_the_message_id_only():
    assert reply_address(letter(), SECRET, plus=False) == SHOP.address
    assert reply_address(letter(conversation=None), SECRET, plus=True) == SHOP.address


def test_an_automatic_letter_says_so_and_is_recognised():
    assert parse(written(letter(automatic=True))).automatic is not None


def test_markup_of_a_letter_is_shown_and_not_obeyed():
    html = parse(
        written(letter(markdown="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>"))
    ).html
    assert html is not None and "<script" not in html and "<img" not in html and 'href="javascript' not in html


@given(
    subject=st.text(max_size=300), name=st.text(max_size=100), markdown=st.text(max_size=500),
    quoted=st.text(max_size=99), reference=st.text(max_size=60), file=st.text(max_size=40),
    kind=st.text(max_size=20),
)  # fmt: skip
def test_nothing_can_be_smuggled_into_a_letter(subject, name, markdown, quoted, reference, file, kind):
    it = letter(
        subject=subject, to=Address("vera@example.com", name), markdown=markdown, quoted=quoted,
        in_reply_to=reference, references=(reference,), files=(File(file, kind, b"x"), File(file, kind, b"x", file)),
    )  # fmt: skip
    raw = written(it)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    strict = message_from_bytes(raw, policy=policy.default)
    ours = "From To Subject Date Message-ID Reply-To In-Reply-To References MIME-Version Content-Type"
    assert set(strict.keys()) <= set(ours.split())
    assert len(strict.keys()) == len(set(strict.keys()))
    assert [a.addr_spec for a in strict["To"].addresses] == ["vera@example.com"]


@pytest.mark.parametrize("address", ["", "vera", "a@b, c@d", "a@b>\r\nBcc: x@y", "a b@c", 'a"b@c', "ñ@example.com"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Invalid):
        written(letter(to=Address(address)))


def test_a_domain_in_its_own_script_is_written_as_the_dns_has_it():
    assert parse(written(letter(to=Address("vera@café.example")))).to[0].address == "vera@xn--caf-dma.example"


def test_a_letter_may_add_list_fields_and_no_others():
    assert b"\r\nList-Unsubscribe: <https://x>\r\n" in written(letter(headers={"List-Unsubscribe": "<https://x>"}))
    with pytest.raises(Invalid, match="Bcc"):
        written(letter(headers={"Bcc": "x@y"}))


def test_a_letter_comes_back_from_the_ledger_as_it_was():
    files = (File("a", "b/c", b"d"),)
    it = letter(in_reply_to="<a@b>", references=("<c@d>",), quoted="x", language="nl", files=files)
    assert letter_of(payload_of(it), VERA, files, sender=Address("other@x.example")) == it
    with pytest.raises(Invalid):
        letter_of({"subject": 7}, VERA, (), sender=SHOP)


@given(st.text(min_size=1, max_size=40), st.text(max_size=80))
def test_only_what_we_signed_is_a_token(conversation, forged):
    token = reply_token(SECRET, conversation)
    assert conversation_of(SECRET, token.upper()) == conversation
    assert conversation_of("another secret", token) is None
    assert conversation_of(SECRET, forged) is None
    assert conversation_of(SECRET, token[:-1] + ("a" if token[-1] != "a" else "b")) is None


def test_a_token_fits_into_an_address():
    assert len(f"customer-service+{reply_token(SECRET, str(new_id()))}") <= 64


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def record(key):
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def holds(signed, key):
    return dkim.verify(signed, dnsfunc=lambda name, timeout=5: record(key))


@given(subject=st.text(max_size=200), markdown=st.text(max_size=300))
def test_a_signature_holds_for_others(rsa_key, subject, markdown):
    signed = Dkim("shop.example", "june", pem(rsa_key)).signed(written(letter(subject=subject, markdown=markdown)))
    assert holds(signed, rsa_key)


def test_a_signature_breaks_when_something_is_changed_or_added(rsa_key):
    signed = Dkim("shop.example", "june", pem(rsa_key)).signed(written(letter()))
    assert holds(signed, rsa_key)
    assert not holds(signed.replace(b"ready", b"burnt"), rsa_key)
    assert not holds(signed.replace(b"Your sandwich", b"Your soup"), rsa_key)
    assert not holds(b"Subject: Another\r\n" + signed, rsa_key)


def test_an_ed25519_key_signs_the_hash_of_what_it_signs():
    key = ed25519.Ed25519PrivateKey.generate()
    signer = Dkim("shop.example", "june", pem(key))
    signed = signer.signed(written(letter()))
    assert b"a=ed25519-sha256" in signed
    key.public_key().verify(base64.b64decode(signer._sign(b"x")), hashlib.sha256(b"x").digest())


def test_a_key_that_is_not_there_or_is_none_is_said(tmp_path):
    with pytest.raises(Invalid, match="cannot be read"):
        dkim_of(f"shop.example:june:{tmp_path}/no.pem")
    (tmp_path / "bad.pem").write_text("nothing")
    with pytest.raises(Invalid, match="no private key"):
        dkim_of(f"shop.example:june:{tmp_path}/bad.pem")
    with pytest.raises(Invalid, match="domain:selector"):
        dkim_of("shop.example")
