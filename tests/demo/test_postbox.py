"""The demo's mail server: real SMTP in, a mailbox to read, a reply that says what it answers."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from socket import socket

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from regulars.demo.config import DemoConfig
from regulars.demo.postbox import Postbox, post, reply, serve_postbox
from regulars.demo.site import handlers
from regulars.kit.errors import NotFound, Unavailable
from tests.cast import utc


@pytest.fixture
def box(tmp_path: Path) -> Postbox:
    return Postbox(tmp_path)


@pytest.fixture
def address(box: Postbox) -> Iterator[tuple[str, int]]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        host, port = free.getsockname()
    server = serve_postbox(box, host, port)
    yield host, port
    server.stop()


@pytest.fixture
def site(tmp_path: Path, address: tuple[str, int]) -> Iterator[TestClient[Litestar]]:
    config = DemoConfig("wk", "a-secret-of-at-least-thirty-two-bytes", var=tmp_path, mail_in=address)
    with TestClient(Litestar(handlers(config), openapi_config=None)) as client:
        yield client


def mail(to: str = "vera@example.com", *, html: str = "", subject: str = "Your soup: ¿caliente?") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Ana <help@reading-table.example>", to, subject
    letter["Reply-To"] = "help+abc123@reading-table.example"
    letter["Message-ID"] = "<m1.abc123@reading-table.example>"
    letter.set_content("It is on its way.\nAna\n")
    if html:
        letter.add_alternative(html, subtype="html")
    return letter


def test_what_is_sent_by_smtp_is_kept_once_for_each_recipient(box: Postbox, address: tuple[str, int]):
    with smtplib.SMTP(*address) as server:
        server.send_message(mail("vera@example.com, omar@example.com"))
    assert sorted(one.to for one in box.letters()) == ["omar@example.com", "vera@example.com"]
    (one,) = box.letters("vera@example.com")
    assert one.subject == "Your soup: ¿caliente?"
    assert one.text.startswith("It is on its way.")


def test_a_reply_goes_where_the_mail_asks_and_names_what_it_answers(box: Postbox):
    box.keep(["vera@example.com"], bytes(mail()))
    answer = reply(box.letters()[0], "Thank you!", now=utc(2026, 11, 22, 12))
    assert answer["to"] == "help+abc123@reading-table.example"
    assert answer["from"] == "vera@example.com"
    assert answer["in-reply-to"] == answer["references"] == "<m1.abc123@reading-table.example>"
    assert "> It is on its way." in answer.get_content()


def test_no_such_letter_is_said(box: Postbox):
    with pytest.raises(NotFound):
        box.letter("../../etc/passwd")


def test_nobody_there_to_take_the_reply_is_said(box: Postbox):
    with pytest.raises(Unavailable, match="did not take the mail"):
        post(mail(), "127.0.0.1", 1)


def test_the_page_lists_the_mail_and_posts_an_answer(site: TestClient[Litestar], box: Postbox):
    assert "No mail yet" in site.get("/post").text
    box.keep(["vera@example.com"], bytes(mail()))
    key = box.letters()[0].key
    assert "¿caliente?" in site.get("/post").text
    assert "It is on its way." in site.get(f"/post/{key}").text
    assert "Sent." in site.post(f"/post/{key}", data={"text": "Thank you!"}).text
    answers = box.letters("help+abc123@reading-table.example")  # here the demo's server itself is who takes it
    assert [a.text.splitlines()[0] for a in answers] == ["Thank you!"]


def test_the_html_of_a_mail_is_shown_where_nothing_of_it_can_run(site: TestClient[Litestar], box: Postbox):
    box.keep(["vera@example.com"], bytes(mail(html="<p>Hi<script>alert(1)</script>")))
    shown = site.get(f"/post/{box.letters()[0].key}/html")
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/post/nothing", "/post/nothing/html", "/post/..%2f..%2fetc"])
def test_what_is_not_there_is_not_found(site: TestClient[Litestar], path: str):
    assert site.get(path).status_code == 404


def test_an_empty_answer_is_not_sent(site: TestClient[Litestar], box: Postbox):
    box.keep(["vera@example.com"], bytes(mail()))
    assert "Write something first" in site.post(f"/post/{box.letters()[0].key}", data={"text": " "}).text
    assert len(box.letters()) == 1
