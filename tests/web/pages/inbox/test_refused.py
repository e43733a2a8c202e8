"""Who may not: Mallory, an agent of another department, somebody who only looks, a form from elsewhere."""

import re
from uuid import uuid4

import pytest
from litestar.routes import HTTPRoute

from regulars.web.pages.inbox.routes import handlers
from tests.cast import BRAM
from tests.web.pages.conftest import HTML, Desk
from tests.web.pages.inbox.conftest import VIEWER, Office

POSTS = {
    "reply": {"text": "Mine!"}, "unsend": {"message": "1"}, "again": {"message": "1"}, "draft": {"text": "x"},
    "look": {}, "change": {"status": "solved"}, "follow": {}, "unread": {}, "join": {"number": "1"},
    "part": {"other": str(uuid4())}, "split": {"message": "1"}, "fact": {"fact": "diet=vegan"},
}  # fmt: skip


def test_every_change_of_a_conversation_is_in_this_table():
    paths = {route.path for route in handlers[0].routes if "POST" in route.methods}  # type: ignore[union-attr]
    mine = {p.rsplit("/", 1)[-1] for p in paths if p.startswith("/desk/c/{number:int}/")} - {"{message:int}"}
    assert mine == set(POSTS)


def _filled(path: str) -> str:
    return re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+:uuid\}", str(uuid4()), path))


def test_mallory_gets_nowhere_on_any_route(office: Office):
    tried = 0
    for route in office.client.app.routes:
        if not isinstance(route, HTTPRoute) or not route.path.startswith("/desk"):
            continue
        for method in route.methods - {"OPTIONS", "HEAD"}:
            how = {"headers": HTML, "follow_redirects": False}
            answer = office.client.request(method, _filled(route.path), **how)  # type: ignore[arg-type]
            assert answer.status_code in (303, 401), (method, route.path, answer.status_code)
            assert "cake" not in answer.text
            tried += 1
    assert tried > 25


@pytest.mark.parametrize("what", sorted(POSTS))
def test_an_agent_of_another_department_changes_and_learns_nothing(office: Office, what: str):
    bram = office.signed_in(BRAM.email)
    before = office.read()
    answer = bram.post(f"{office.path}/{what}", **POSTS[what])
    assert answer.status_code == 404, answer.text[:300]
    assert "cake" not in answer.text
    assert office.read() == before


def test_an_agent_of_another_department_reads_nothing(office: Office):
    bram = office.signed_in(BRAM.email)
    message = office.read().messages[0]
    for path in (office.path, f"{office.path}/frame/{message.id}", f"/desk/files/{message.attachments[0].id}"):
        answer = bram.get(path)
        assert answer.status_code == 404, path
        assert "cake" not in answer.text
    assert bram.get("/desk", view="department", department=str(office.orders)).status_code == 404
    for query in ({"view": "all"}, {"view": "unassigned"}, {"q": "cake"}, {"q": "from:omar"}):
        answer = bram.get("/desk", **query)
        assert answer.status_code == 200
        assert office.path not in answer.text, query


def test_bram_changes_nothing_of_orders_in_a_mass_change(office: Office):
    bram = office.signed_in(BRAM.email)
    bram.post("/desk/many", c=str(office.conversation), status="solved")
    assert office.read().row.status == "new"


@pytest.mark.parametrize("what", sorted(set(POSTS) - {"look", "unread"}))
def test_who_only_looks_changes_nothing(office: Office, what: str):
    vic = office.signed_in(VIEWER)
    assert vic.get(office.path).status_code == 200
    before = office.read()
    assert vic.post(f"{office.path}/{what}", **POSTS[what]).status_code == 403
    assert office.read().messages == before.messages
    assert office.read().changes == before.changes


@pytest.mark.long
@pytest.mark.parametrize("what", sorted(POSTS))
def test_a_form_from_elsewhere_changes_nothing(office: Office, ana: Desk, what: str):
    ana.csrf = "made-up"
    assert ana.post(f"{office.path}/{what}", **POSTS[what]).status_code == 403


def test_nobody_is_led_elsewhere_by_a_form(office: Office, ana: Desk):
    for evil in ("https://evil.example", "//evil.example", "/desk//evil.example", "/desk\\evil", "/admin"):
        answer = ana.post(f"{office.path}/change", priority="high", back=evil)
        assert answer.url.host == "testserver.local"
        assert answer.url.path == "/desk"
