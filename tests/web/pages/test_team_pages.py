"""The team's pages: who may see and change, the second factor, invitations, sessions, the audit log."""

import re
from uuid import UUID

import pyotp
import pytest

from regulars import team
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team import NewAgent, Role
from tests.cast import ANA, BRAM, MIA
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, PASSWORD, Desk, signed_in

ROOT = "root@example.com"
SOME = UUID(int=7)
ADMINS = {
    "/admin/team/invite": {"email": BRAM.email, "role": "admin"},
    f"/admin/team/invitations/{SOME}/revoke": {},
    f"/admin/team/{SOME}": {"role": "admin"},
    f"/admin/team/{SOME}/disable": {},
    f"/admin/team/{SOME}/enable": {},
    f"/admin/team/{SOME}/factor/remove": {},
}
MANAGERS = {
    "/admin/departments": {"name": "Mine"},
    f"/admin/departments/{SOME}": {"name": "Mine"},
    f"/admin/departments/{SOME}/archive": {},
}
OWN = {
    "/admin/me": {"name": "X", "language": "en"}, "/admin/me/presence": {"presence": "busy"},
    "/admin/me/password": {}, "/admin/me/factor/begin": {}, "/admin/me/factor/confirm": {},
    "/admin/me/factor/codes": {}, "/admin/me/factor/remove": {}, f"/admin/me/sessions/{SOME}/end": {},
    "/admin/me/sessions/end": {},
}  # fmt: skip
PAGES = ["/admin/team", "/admin/departments", "/admin/audit", "/admin/audit.csv"]


def test_mallory_sees_and_changes_nothing(client: Client, agents: None, database: Database):
    client.cookies.set("regulars", "made-up")
    for path in [*PAGES, "/admin/me"]:
        assert MIA.email not in client.get(path, headers=HTML).text
    for path, form in {**ADMINS, **MANAGERS, **OWN}.items():
        answer = client.post(path, data={"csrf": "x", **form}, headers=HTML, follow_redirects=False)
        assert answer.status_code in (303, 401), path
    with database.begin() as db:
        assert len(team.agents(db)) == 3 and team.departments(db) == [] and team.invitations(db, now=utc_now()) == []


def test_a_viewer_and_an_agent_see_no_team_and_change_none(client: Client, agents: None, database: Database):
    with database.begin() as db:
        team.create_agent(db, NewAgent(BRAM.email, "Bram", Role.AGENT, PASSWORD), now=utc_now())
    for email in (ANA.email, BRAM.email):
        client.post("/sign-in", data={"email": email, "password": PASSWORD}, headers=HTML)
        desk = Desk(client)
        desk.get("/admin/me")
        for path in PAGES:
            answer = desk.get(path)
            assert answer.status_code == 403 and MIA.email not in answer.text, path
        for path, form in {**ADMINS, **MANAGERS}.items():
            assert desk.post(path, **form).status_code == 403, path


def test_a_manager_sees_the_team_but_only_an_administrator_changes_it(mia: Desk):
    for path in PAGES:
        assert mia.get(path).status_code == 200, path
    mia.get("/admin/me")
    for path, form in ADMINS.items():
        assert mia.post(path, **form).status_code == 403, path
    assert mia.post("/admin/departments", name="Orders").status_code == 200


@pytest.mark.parametrize("path", sorted(OWN))
def test_a_form_from_elsewhere_changes_nothing_of_mine(mia: Desk, path: str):
    mia.csrf = "made-up"
    assert mia.post(path, **OWN[path]).status_code == 403


def test_an_invited_person_comes_in_by_the_link_and_only_once(client: Client, agents: None):
    root = signed_in(client, ROOT)
    page = root.post("/admin/team/invite", email=BRAM.email, role="agent").text
    link = re.search(r"http://testserver\.local(/join\?t=[\w-]+)", page)
    assert link
    client.cookies.clear()
    assert BRAM.email in client.get(link[1], headers=HTML).text
    said = {"t": link[1].split("=")[1], "name": "Bram", "password": "short"}
    assert client.post("/join", data=said, headers=HTML).status_code == 422
    answer = client.post("/join", data=said | {"password": PASSWORD}, headers=HTML, follow_redirects=False)
    assert answer.headers["location"] == "/desk"
    assert client.get(link[1], headers=HTML).status_code == 404


def test_a_second_factor_is_set_up_asked_for_and_its_codes_shown_once(client: Client, mia: Desk):
    assert mia.post("/admin/me/factor/begin", password="wrong-wrong-wrong").status_code == 403
    page = mia.post("/admin/me/factor/begin", password=PASSWORD).text
    secret = re.search(r'<span class="mono">(\w+)</span>', page)
    assert secret and "<svg" in page and "style=" not in page.split("<svg")[1].split("</svg>")[0]
    assert mia.post("/admin/me/factor/confirm", code="000000").status_code == 422
    codes = mia.post("/admin/me/factor/confirm", code=pyotp.TOTP(secret[1]).now()).text
    one = re.search(r"\b([a-z2-9]{5}-[a-z2-9]{5})\b", codes.split('class="codes"')[1])
    assert one and one[1] not in mia.get("/admin/me").text
    client.cookies.clear()
    asked = client.post("/sign-in", data={"email": MIA.email, "password": PASSWORD}, headers=HTML)
    ticket = re.search(r'name="ticket" value="([\w-]+)"', asked.text)
    assert ticket and not client.cookies.get("regulars")
    wrong = client.post("/sign-in/code", data={"ticket": ticket[1], "code": "000000"}, headers=HTML)
    assert wrong.status_code == 401
    client.post("/sign-in/code", data={"ticket": ticket[1], "code": one[1]}, headers=HTML)
    assert client.cookies.get("regulars")


def test_sessions_are_shown_and_ended_elsewhere(client: Client, mia: Desk):
    here = client.cookies["regulars"]
    client.cookies.clear()
    signed_in(client, MIA.email)
    there = client.cookies["regulars"]
    client.cookies.set("regulars", here)
    mia.get("/admin/me")
    mia.post("/admin/me/sessions/end")
    assert client.get("/admin/me", headers=HTML).status_code == 200
    client.cookies.clear()
    client.cookies.set("regulars", there)
    assert client.get("/admin/me", headers=HTML).url.path == "/sign-in"


def test_the_audit_log_is_filtered_and_saved_without_formulas(mia: Desk, database: Database):
    with database.begin() as db:
        team.audit(db, "=cmd|calc", "slot changed", {"slot": "home"}, now=utc_now())
        team.audit(db, "agent:x", "key made up", {}, now=utc_now())
    shown = mia.get("/admin/audit", did="slot changed").text
    assert "=cmd|calc" in shown and "<td>agent:x</td>" not in shown
    file = mia.get("/admin/audit.csv", did="slot changed")
    assert file.headers["content-disposition"].startswith("attachment")
    assert "'=cmd|calc" in file.text and "\n=cmd" not in file.text and "agent:x" not in file.text
    assert mia.get("/admin/audit", since="yesterday").status_code == 422
