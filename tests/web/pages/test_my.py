"""The customer's own conversations: theirs to read, answer and close; nobody else's, and never a note."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from regulars import desk, people, team
from regulars.desk import Arrival, Channel, ConversationId, Machine, NewAttachment, NewReply, Sender, Status
from regulars.kit.clock import utc_now
from regulars.people import Identity, IdentityKind
from regulars.store import Database
from regulars.team.tokens import MY
from tests.cast import MALLORY, VERA
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, Page, page_of

SHOP = Machine("key:Shop")


@pytest.fixture
def mallory(client: Client, database: Database) -> Page:
    """Mallory, with a link to her own page."""
    return page_of(client, database, Identity(IdentityKind.USER, MALLORY))


@pytest.fixture
def talk(vera: Page, database: Database) -> ConversationId:
    """What Vera asked, what was answered, and what colleagues said of it."""
    file = NewAttachment("secret.html", "text/html", b"<script>alert(1)</script>")
    sender = Sender(vera.identity, "vera@example.org", "Vera")
    arrival = Arrival("form:1", Channel.FORM, sender, utc_now(), "Is the <b>soup</b> vegan?", subject="Soup",
                      attachments=(file,))  # fmt: skip
    with database.begin() as db:
        id = desk.receive(db, [arrival], now=utc_now())[0].conversation
        desk.write(db, id, NewReply("Yes, **all** of it."), by=SHOP, now=utc_now())
        desk.note(db, id, "She asks this every week", by=SHOP, now=utc_now())
    return id


def status(database: Database, talk: ConversationId) -> Status:
    """How it stands."""
    with database.begin() as db:
        return desk.thread(db, talk, by=SHOP).row.status


def test_vera_reads_what_was_said_and_no_note(vera: Page, talk: ConversationId):
    assert "Soup" in vera.get("/my").text
    shown = vera.get(f"/my/{talk}").text
    assert "<strong>all</strong>" in shown and "&lt;b&gt;soup&lt;/b&gt;" in shown
    assert "every week" not in shown and "<b>soup" not in shown


def test_vera_answers_once_and_closes(vera: Page, talk: ConversationId, database: Database):
    key = str(uuid4())
    for _ in range(2):
        answer = vera.post(f"/my/{talk}", text="Lovely, thanks!", key=key)
        assert answer.status_code == 200 and answer.text.count("Lovely, thanks!") == 1
    assert status(database, talk) is Status.OPEN
    vera.post(f"/my/{talk}/close")
    assert status(database, talk) is Status.SOLVED
    vera.post(f"/my/{talk}", text="One more thing", key=str(uuid4()))
    assert status(database, talk) is Status.OPEN
    assert vera.post(f"/my/{talk}", text=" ").status_code == 422


def test_files_go_both_ways_and_nothing_in_them_runs(vera: Page, talk: ConversationId):
    (file,) = re.findall(r"/my/files/([\w-]+)", vera.get(f"/my/{talk}").text)
    got = vera.get(f"/my/files/{file}")
    assert got.headers["content-disposition"].startswith("attachment")
    assert (
        got.headers["content-type"] == "application/octet-stream"
        and "sandbox" in got.headers["content-security-policy"]
    )
    files = {"files": ("menu.png", b"\x89PNG", "image/png")}
    sent = vera.client.post(f"/my/{talk}", params={"t": vera.token}, data={"text": ""}, files=files, headers=HTML)
    assert "menu.png" in sent.text


def test_mallory_sees_nobodys_conversation_but_her_own(
    mallory: Page, vera: Page, talk: ConversationId, database: Database
):
    (file,) = re.findall(r"/my/files/([\w-]+)", vera.get(f"/my/{talk}").text)
    assert "Soup" not in mallory.get("/my").text
    for path in (f"/my/{talk}", f"/my/files/{file}", f"/my/{uuid4()}"):
        answer = mallory.get(path)
        assert answer.status_code == 404 and "soup" not in answer.text.lower()
    for path in (f"/my/{talk}", f"/my/{talk}/close"):
        assert mallory.post(path, text="I am Vera").status_code == 404
    assert status(database, talk) is Status.PENDING
    with database.begin() as db:
        assert len(desk.thread(db, talk, by=SHOP).messages) == 3


@pytest.mark.parametrize("token", ["", "forged", "a.b.c"])
def test_without_a_link_nothing_opens(client: Client, talk: ConversationId, token: str):
    for path in ("/my", f"/my/{talk}", f"/my/files/{uuid4()}"):
        assert client.get(path, params={"t": token}, headers=HTML).status_code == 401
    for path in (f"/my/{talk}", f"/my/{talk}/close"):
        assert client.post(path, params={"t": token}, data={"text": "x"}, headers=HTML).status_code == 401


def test_somebody_new_has_an_empty_page(client: Client, database: Database):
    new = page_of(client, database, Identity(IdentityKind.USER, "newcomer"))
    assert "Nothing yet" in new.get("/my").text
    with database.begin() as db:
        people.erase(db, people.find(db, new.identity))
    assert "Nothing yet" in new.get("/my").text


@pytest.mark.parametrize("kind", [IdentityKind.ANONYMOUS, IdentityKind.CLAIMED])
def test_a_link_of_a_device_or_of_what_was_only_said_opens_no_conversation(
    client: Client, database: Database, vera: Page, talk: ConversationId, kind: IdentityKind
):
    device = Identity(kind, "veras-phone")
    with database.begin() as db:
        nodes = people.resolve(db, [device, vera.identity], now=utc_now())
        people.join(db, nodes[device], nodes[vera.identity], source="test", by="test", now=utc_now())
    known = page_of(client, database, device)
    for path in ("/my", f"/my/{talk}"):
        answer = known.get(path)
        assert answer.status_code == 401
        assert "soup" not in answer.text.lower()


def test_the_link_of_a_mail_opens_conversations_and_not_the_page_about_oneself(
    client: Client, database: Database, vera: Page, talk: ConversationId
):
    until = utc_now() + timedelta(days=1)
    with database.begin() as db:
        token = team.me_token(team.secret(db, MY, now=utc_now()), "user", VERA, expires=until)
    page = client.get(f"/my/{talk}", params={"t": token}, headers=HTML)
    assert page.status_code == 200 and "/me?t=" not in page.text
    assert client.get("/me", params={"t": token}, headers=HTML).status_code == 401
    assert "/my?t=" in vera.get("/me").text and "/me?t=" in vera.get("/my").text
