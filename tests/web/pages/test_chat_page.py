"""Hours, first words and invitations: set by managers, seen by everybody on the company's side."""

from datetime import time

import pytest

from regulars.desk import chat
from regulars.desk.chat import ChatSettings
from regulars.kit.conditions import Operator, Test
from regulars.store import Database
from tests.cast import ANA
from tests.web.conftest import Client
from tests.web.pages.conftest import Desk, signed_in

HOURS = {
    "zone": "Europe/Amsterdam", "day.0": "09:00-12:30, 13:00-17:00", "day.4": "9:00–00:00", "files": "yes",
    "closed_days": "2026-12-25", "greeting.nl": "Dag {name}!", "privacy": "https://shop.example/privacy",
}  # fmt: skip
RULE = {
    "name": "Slow at the basket", "when.field": "seconds_on_page", "when.operator": "at_least", "when.value": "30",
    "when.joined": "and", "text.en": "Can we help?", "every_days": "7", "active": "yes",
}  # fmt: skip
NEW = "/admin/chat/invitations/0190a3c8-0000-7000-8000-000000000001"


def settings(database: Database) -> ChatSettings:
    with database.begin() as db:
        return chat.settings(db)


def test_hours_are_kept_as_they_were_written_and_shown_again(mia: Desk, database: Database):
    mia.get("/admin/chat")
    shown = mia.post("/admin/chat", **HOURS).text
    kept = settings(database)
    assert kept.hours == {0: ((time(9), time(12, 30)), (time(13), time(17))), 4: ((time(9), time(0)),)}
    assert (kept.zone, kept.files, kept.switched_off) == ("Europe/Amsterdam", True, False)
    assert "09:00-12:30, 13:00-17:00" in shown
    mia.post("/admin/chat", **HOURS, always="yes", switched_off="yes")
    assert settings(database).hours is None
    assert settings(database).switched_off


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "Europe/Atlantis"), ("day.0", "nine to five"), ("day.1", "9"), ("closed_days", "Christmas"),
     ("privacy", "javascript:alert(1)"), ("greeting.en", "x" * 501)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_changes(mia: Desk, database: Database, field: str, value: str):
    mia.get("/admin/chat")
    answer = mia.post("/admin/chat", **(HOURS | {field: value}))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert settings(database) == ChatSettings()


def test_a_rule_is_made_changed_and_taken_away(mia: Desk, database: Database):
    mia.get(NEW)
    assert "Slow at the basket" in mia.post(NEW, **RULE).text
    with database.begin() as db:
        made = chat.rules(db)[0]
    assert made.when.parts == (Test("seconds_on_page", Operator.AT_LEAST, 30.0),)  # type: ignore[union-attr]
    assert mia.post(NEW, **(RULE | {"text.en": ""})).status_code == 422
    mia.post(f"{NEW}/delete")
    with database.begin() as db:
        assert chat.rules(db) == []


def test_an_agent_looks_but_changes_nothing(client: Client, database: Database, agents: None):
    ana = signed_in(client, ANA.email)
    assert ana.get("/admin/chat").status_code == 200
    assert ana.post("/admin/chat", **HOURS).status_code == 403
    assert ana.post(NEW, **RULE).status_code == 403
    assert settings(database) == ChatSettings()


def test_the_list_of_visitors_says_what_will_be_here(mia: Desk):
    page = mia.get("/desk/visitors").text
    assert "Nobody is on the site right now" in page
    assert '<a href="/desk/visitors" aria-current="page">' in page  # a place like its neighbours
