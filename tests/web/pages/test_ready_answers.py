"""Ready answers at the desk: written, previewed as a real person, used, refused to others."""

from uuid import UUID, uuid4

import pytest

from regulars import desk as room
from regulars import people, team
from regulars.desk import Arrival, Channel, ConversationId, Sender
from regulars.desk.answers.keeping import answers
from regulars.desk.change import move
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team import Agent, NewAgent, Role
from tests.cast import ANA, BRAM
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, PASSWORD, Desk, Page, signed_in

REFUND = {
    "scope": "personal", "shortcut": "/refund", "tags": "money, card", "title.en": "Refund sent",
    "text.en": "Hello {{ customer.first_name }}, your refund is on its way.", "title.es": "Devolución",
    "text.es": "Hola {{ customer.first_name | default: 'amiga' }}, va de camino.",
}  # fmt: skip


def mine(database: Database, email: str) -> list[UUID]:
    """The ready answers an agent may use."""
    with database.begin() as db:
        agent = next(a for a in team.agents(db) if a.email == email)
        return [a.id for a in answers(db, by=agent)]


def made(agent: Desk, **more: object) -> None:
    """A ready answer, saved."""
    agent.get("/desk/answers/new")
    answer = agent.post("/desk/answers", do="save", **(REFUND | more))
    assert answer.url.path == "/desk/answers", answer.text


def asked(database: Database, text: str = "Where is my refund?", language: str = "en") -> ConversationId:
    """A conversation that began with this."""
    sender = Sender(None, "omar@example.org", "")
    arrival = Arrival(f"form:{uuid4()}", Channel.FORM, sender, utc_now(), text, language=language)
    with database.begin() as db:
        return room.receive(db, [arrival], now=utc_now())[0].conversation


@pytest.fixture
def bram(client: Client, agents: None, database: Database) -> Agent:
    """Bram, an agent of the kitchen."""
    with database.begin() as db:
        return team.create_agent(db, NewAgent(BRAM.email, "Bram", Role.AGENT, PASSWORD), now=utc_now())


def test_an_answer_is_written_found_and_changed(mia: Desk, database: Database):
    made(mia)
    assert "/refund" in mia.get("/desk/answers", q="devolucion").text
    assert "No ready answer" in mia.get("/desk/answers", q="zebra").text
    (one,) = mine(database, "mia@example.com")
    assert "Hola {{ customer" in mia.get(f"/desk/answers/{one}").text
    mia.post(f"/desk/answers/{one}", do="save", **(REFUND | {"title.en": "Money back"}))
    assert "Money back" in mia.get("/desk/answers").text
    mia.post(f"/desk/answers/{one}/archive")
    assert mine(database, "mia@example.com") == []
    mia.post(f"/desk/answers/{one}/archive", do="restore")
    assert mine(database, "mia@example.com") == [one]


def test_a_slip_of_the_pen_is_shown_and_nothing_lost(mia: Desk, database: Database):
    mia.get("/desk/answers/new")
    answer = mia.post("/desk/answers", do="save", **(REFUND | {"text.en": "Hi {{ custmer.name }}"}))
    assert answer.status_code == 422 and "custmer" in answer.text and "va de camino" in answer.text
    assert mine(database, "mia@example.com") == []


def test_the_preview_is_a_real_persons(mia: Desk, vera: Page, database: Database):
    with database.begin() as db:
        people.set_traits(db, people.find(db, vera.identity), {"firstName": "Vera"})
    mia.get("/desk/answers/new")
    shown = mia.post("/desk/answers", do="preview", who="vera", **REFUND)
    assert "Hello Vera, your refund" in shown.text and "Hola Vera" in shown.text
    nobody = mia.post("/desk/answers", do="preview", who="nobody-of-this-name", **REFUND)
    assert "Nobody is known" in nobody.text
    assert mine(database, "mia@example.com") == []


def test_files_go_along(mia: Desk, database: Database):
    mia.get("/desk/answers/new")
    files = {"files": ("menu.pdf", b"%PDF", "application/pdf")}
    form = REFUND | {"csrf": mia.csrf, "do": "save"}
    mia.client.post("/desk/answers", data=form, files=files, headers=HTML)
    (one,) = mine(database, "mia@example.com")
    assert "menu.pdf" in mia.get(f"/desk/answers/{one}").text


def test_an_answer_is_filled_in_for_the_customer_or_what_is_missing_is_named(mia: Desk, database: Database):
    made(mia)
    (one,) = mine(database, "mia@example.com")
    english, spanish = asked(database), asked(database, "¿Dónde está mi devolución?", "es")
    refused = mia.get(f"/desk/conversations/{english}/answers/{one}")
    assert refused.status_code == 422
    assert refused.json()["missing"] == "customer.first_name" and "text" not in refused.json()
    filled = mia.get(f"/desk/conversations/{spanish}/answers/{one}").json()
    assert (filled["text"], filled["language"], filled["key"]) == ("Hola amiga, va de camino.", "es", f"ready:{one}")
    found = mia.get(f"/desk/conversations/{spanish}/answers", q="ref").json()["items"]
    assert [(f["title"], f["language"]) for f in found] == [("Devolución", "es")]


def test_suggestions_come_with_their_reasons(mia: Desk, database: Database):
    made(mia)
    found = mia.get(f"/desk/conversations/{asked(database)}/suggestions").json()
    assert [i["title"] for i in found["items"]] == ["Refund sent"]
    assert found["items"][0]["reason"]["kind"] == "because" and "refund" in found["items"][0]["reason"]["text"]


def test_another_agents_answer_and_another_departments_conversation_are_not_there(
    client: Client, mia: Desk, bram: Agent, database: Database
):
    made(mia)
    (one,) = mine(database, "mia@example.com")
    talk = asked(database)
    with database.begin() as db:
        kitchen = team.save_department(db, team.new_department("Kitchen"), now=utc_now())
        manager = next(a for a in team.agents(db) if a.role is Role.MANAGER)
        move(db, talk, kitchen.id, by=manager, now=utc_now())
    client.cookies.clear()
    other = signed_in(client, BRAM.email)
    for path in (
        f"/desk/answers/{one}", f"/desk/conversations/{talk}/suggestions", f"/desk/conversations/{talk}/answers",
        f"/desk/conversations/{talk}/answers/{one}", f"/desk/conversations/{uuid4()}/suggestions",
    ):  # fmt: skip
        assert other.get(path).status_code == 404
    for path in (f"/desk/answers/{one}", f"/desk/answers/{one}/archive", f"/desk/answers/{one}/remove"):
        assert other.post(path, do="save", file=str(uuid4()), **REFUND).status_code == 404


def test_who_only_looks_writes_no_answer(client: Client, mia: Desk, database: Database):
    made(mia, scope="global")
    (one,) = mine(database, "mia@example.com")
    client.cookies.clear()
    ana = signed_in(client, ANA.email)
    assert ana.get(f"/desk/answers/{one}").status_code == 200
    for path in (
        "/desk/answers",
        f"/desk/answers/{one}",
        f"/desk/answers/{one}/archive",
        f"/desk/answers/{one}/remove",
    ):
        assert ana.post(path, do="save", **REFUND).status_code == 403
    client.cookies.clear()
    for path in ("/desk/answers", "/desk/answers/new", f"/desk/answers/{one}"):
        assert client.get(path, headers={"Accept": "application/json"}).status_code == 401
