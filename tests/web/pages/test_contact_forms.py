"""Contact forms: filled in by anybody, arriving once, programs put aside."""

import re
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from httpx import Response

from regulars import desk
from regulars.desk import ConversationId, Machine, Status, forms
from regulars.desk.forms import FormId, read_stamp, stamp
from regulars.kit.errors import Invalid
from regulars.store import Database
from regulars.web.pages.answering import contact
from tests.cast import ANA, NOW
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, Desk, signed_in

FORM = {
    "name": "Catering", "title.en": "Ask for catering", "thanks.en": "We call you.", "tags": "catering", "files": "yes",
    "field_name": ["guests", "day"], "field_kind": ["line", "choice"], "field_label_en": ["How many?", "Which day?"],
    "field_label_es": ["", ""], "field_label_nl": ["", ""], "field_required": ["yes", ""],
    "field_choices": ["", "Mon, Tue"],
}  # fmt: skip
ZEROS = "00000000-0000-0000-0000-000000000000"
SAID = {"name": "Omar", "email": "omar@example.org", "message": "Lunch for the team", "field.guests": "12"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests fill forms in faster than people."""
    monkeypatch.setattr("regulars.desk.forms.verbs.QUICKEST_SECONDS", -100.0)
    contact.brake = type(contact.brake)(20)


@pytest.fixture
def form(mia: Desk, database: Database) -> UUID:
    """A form for catering."""
    shown = mia.get("/admin/forms/new")
    (address,) = set(re.findall(r'action="(/admin/forms/[\w-]+)"', shown.text))
    assert mia.post(address, **FORM).url.path == "/admin/forms"
    return UUID(address.rsplit("/", 1)[-1])


def stamped(client: Client, form: UUID, **query: str) -> dict[str, str]:
    """What the page hides in the form."""
    shown = client.get(f"/forms/{form}", params=query, headers=HTML)
    assert shown.status_code == 200, shown.text
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))


def send(client: Client, form: UUID, hidden: dict[str, str], **said: object) -> Response:
    """Fill it in."""
    return client.post(f"/forms/{form}", data=hidden | SAID | said, headers=HTML)


def talks(database: Database) -> list[ConversationId]:
    """Every conversation there is."""
    with database.begin() as db:
        return [ConversationId(id) for id in db.execute(sa.text("select id from conversations")).scalars()]


def test_a_form_arrives_as_a_conversation_once(client: Client, form: UUID, database: Database):
    hidden = stamped(client, form, lang="en")
    for _ in range(2):
        assert "We call you." in send(client, form, hidden, **{"field.day": "Tue"}).text
    (one,) = talks(database)
    with database.begin() as db:
        thread = desk.thread(db, one, by=Machine("x"))
    assert thread.messages[0].text == "Lunch for the team\n\nHow many?: 12\nWhich day?: Tue"
    assert (thread.row.subject, thread.row.tags) == ("Ask for catering: Lunch for the team", ("catering",))
    assert (thread.row.address, thread.row.status) == ("omar@example.org", Status.NEW)


@pytest.mark.parametrize(("said", "words"), [
    ({"email": "nobody"}, "e-mail address is needed"), ({"message": " "}, "Please write something"),
    ({"field.guests": ""}, "This is needed"), ({"field.day": "Sunday"}, "This is needed"),
])  # fmt: skip
def test_what_is_missing_is_said_and_nothing_lost(
    client: Client, form: UUID, database: Database, said: dict[str, str], words: str
):
    answer = send(client, form, stamped(client, form), **said)
    assert answer.status_code == 422 and words in answer.text and 'value="Omar"' in answer.text
    assert talks(database) == []


def test_what_is_too_long_is_told_apart_from_what_is_missing(client: Client, form: UUID):
    answer = send(client, form, stamped(client, form), message="x" * 20_001)
    assert answer.status_code == 422 and "This is too long: 20,000 characters at most." in answer.text


def test_files_come_along(client: Client, form: UUID, database: Database):
    files = {"files": ("plan.pdf", b"%PDF", "application/pdf")}
    client.post(f"/forms/{form}", data=stamped(client, form) | SAID, files=files, headers=HTML)
    with database.begin() as db:
        (held,) = desk.thread(db, talks(database)[0], by=Machine("x")).messages[0].attachments
    assert held.name == "plan.pdf"


def test_a_program_that_fills_in_everything_is_put_aside(client: Client, form: UUID, database: Database):
    answer = send(client, form, stamped(client, form), website="https://buy.example")
    assert "We call you." in answer.text  # it learns nothing
    with database.begin() as db:
        assert desk.thread(db, talks(database)[0], by=Machine("x")).row.status is Status.SPAM


def test_a_form_sent_in_no_time_is_put_aside(
    client: Client, form: UUID, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("regulars.desk.forms.verbs.QUICKEST_SECONDS", 60.0)
    send(client, form, stamped(client, form))
    with database.begin() as db:
        assert desk.thread(db, talks(database)[0], by=Machine("x")).row.status is Status.SPAM


@pytest.mark.parametrize("made_up", ["", "x", f"{ZEROS}.4102444800.{ZEROS}", "a.b.c", f"{ZEROS}.nan."])
def test_a_stamp_cannot_be_made_up(client: Client, form: UUID, database: Database, made_up: str):
    answer = send(client, form, stamped(client, form) | {"stamp": made_up})
    assert answer.status_code == 422 and "open for too long" in answer.text
    assert talks(database) == []
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert "We call you." in send(client, form, again).text


def test_a_stamp_is_for_one_form_and_one_day():
    form, other, key = FormId(uuid4()), FormId(uuid4()), str(uuid4())
    made = stamp("secret", form, key, NOW)
    assert read_stamp("secret", form, made, NOW) == (key, 0.0)
    for secret, of, days in (("other", form, 0), ("secret", other, 0), ("secret", form, 2)):
        with pytest.raises(Invalid):
            read_stamp(secret, of, made, NOW.replace(day=NOW.day + days))


def test_a_flood_is_slowed_down(client: Client, form: UUID):
    hidden = stamped(client, form)
    answers = [send(client, form, hidden).status_code for _ in range(25)]
    assert answers[:20] == [200] * 20 and answers[-1] == 429


def test_it_stands_only_in_the_pages_it_is_for(client: Client, mia: Desk, form: UUID):
    assert "frame-ancestors *" in client.get(f"/forms/{form}").headers["content-security-policy"]
    mia.get(f"/admin/forms/{form}")
    mia.post(f"/admin/forms/{form}", **(FORM | {"sites": "https://shop.example"}))
    policy = client.get(f"/forms/{form}").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://shop.example" in policy and "script-src 'self'" in policy
    mia.get(f"/admin/forms/{form}")
    odd = mia.post(f"/admin/forms/{form}", **(FORM | {"sites": "javascript:x; script-src *"}))
    assert odd.status_code == 422 and "is no site" in odd.text


def test_a_closed_form_takes_nothing(client: Client, mia: Desk, form: UUID, database: Database):
    hidden = stamped(client, form)
    mia.get(f"/admin/forms/{form}")
    mia.post(f"/admin/forms/{form}/archive")
    assert client.get(f"/forms/{form}", headers=HTML).status_code == 404
    assert send(client, form, hidden).status_code == 404
    mia.get(f"/admin/forms/{form}")
    mia.post(f"/admin/forms/{form}/archive", do="back")
    assert client.get(f"/forms/{form}", headers=HTML).status_code == 200


def test_a_browser_that_says_who_it_is_is_joined_to_its_history(client: Client, form: UUID, database: Database):
    hidden = stamped(client, form, anonymous="browser-12345", page="https://shop.example/x")
    assert hidden["anonymous"] == "browser-12345"
    send(client, form, hidden)
    with database.begin() as db:
        kinds = db.execute(sa.text("select kind, value from identities where value like 'browser%'")).all()
    assert [tuple(k) for k in kinds] == [("anonymous", "browser-12345")]


def test_a_forged_person_token_makes_nobody(client: Client, form: UUID, database: Database):
    send(client, form, stamped(client, form) | {"person": "forged"})
    with database.begin() as db:
        assert db.execute(sa.text("select count(*) from identities where kind = 'user'")).scalar_one() == 0


def test_who_only_looks_defines_no_form(client: Client, mia: Desk, form: UUID):
    client.cookies.clear()
    ana = signed_in(client, ANA.email)
    assert ana.get("/admin/forms").status_code == 200
    for path in (f"/admin/forms/{form}", f"/admin/forms/{uuid4()}", f"/admin/forms/{form}/archive"):
        assert ana.post(path, **FORM).status_code == 403
    client.cookies.clear()
    assert client.get("/admin/forms", headers={"Accept": "application/json"}).status_code == 401
    assert forms.QUICKEST_SECONDS > 0
