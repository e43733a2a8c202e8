"""Own views: asked in the words of the page, changed and forgotten on it, refused when they could find nothing."""

import re

from tests.cast import MIA
from tests.web.pages.conftest import Desk
from tests.web.pages.inbox.conftest import Office


def asking(field: str, value: str, operator: str = "is") -> dict[str, str]:
    return {"name": "Mine", "ask.field": field, "ask.operator": operator, "ask.value": value}


MEANT = [("department", "orders"), ("status", "New"), ("priority", "NORMAL"), ("channel", "e-mail"), ("messages", "1"),
         ("snoozed", "no")]  # fmt: skip
REFUSED = [("department", "kitchen", "Orders, Sweets"), ("assignee", "nemo", "Bram"), ("priority", "hihg", "urgent"),
           ("messages", "many", "no number"), ("snoozed", "maybe", "yes nor no"), ("created", "soon", "")]  # fmt: skip


def test_a_view_is_asked_in_words_and_finds_what_they_mean(office: Office, ana: Desk):
    for field, value in MEANT:
        assert office.path in ana.post("/desk/views", **asking(field, value)).text, field


def test_what_could_never_be_found_is_refused_with_what_could(office: Office, ana: Desk):
    for field, value, instead in REFUSED:
        refused = ana.post("/desk/views", **asking(field, value))
        assert refused.status_code == 422 and instead in refused.text, field
    assert "view=saved" not in ana.get("/desk").text


def test_a_view_is_changed_where_it_is_looked_at_and_forgotten(office: Office, ana: Desk):
    made = ana.post("/desk/views", **asking("assignee", "Bram", "is_not"))
    path = re.search(r'action="(/desk/views/[\w-]+)"', made.text)
    assert path and 'value="Bram"' in made.text
    changed = ana.post(path[1], **asking("department", "Sweets") | {"name": "For Sweets"}).text
    assert "For Sweets" in changed and office.path not in changed and 'value="Sweets"' in changed
    mia = office.signed_in(MIA.email)
    assert mia.post(path[1], name="Stolen", **{"ask.field": "tag", "ask.value": "x"}).status_code in (404, 422)
    ana.post(f"{path[1]}/delete")
    assert "For Sweets" not in ana.get("/desk").text
