"""The help centre: what customers and search engines see, and who may write it."""

import re
from xml.etree import ElementTree

import pytest

from regulars import people, team
from regulars.desk import help as centre
from regulars.desk.help import HelpId, HelpText, NewPage
from regulars.kit.clock import utc_now
from regulars.store import Database
from tests.cast import ANA
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, Desk, Page, signed_in

PAGE = {
    "slug": "change-an-order", "category": "Ordering", "title.en": "Change an order", "summary.en": "Until we start.",
    "body.en": "Press **Change order**.\n\n<script>alert(1)</script>", "title.es": "Cambiar un pedido",
    "body.es": "Pulsa.", "languages": ["en", "es", "nl"],
}  # fmt: skip


def made(mia: Desk, do: str = "publish", **more: object) -> str:
    """A page written by the manager; its address at the desk."""
    mia.get("/desk/help/new")
    answer = mia.post("/desk/help", do=do, **(PAGE | more))
    assert answer.status_code == 200, answer.text
    return answer.url.path


def test_a_page_goes_from_draft_to_reader(client: Client, mia: Desk):
    address = made(mia, "save")
    assert client.get("/help/change-an-order", headers=HTML).status_code == 404
    assert "draft" in mia.get("/desk/help").text
    mia.get(address)
    mia.post(address, do="publish", **PAGE)
    shown = client.get("/help/change-an-order", headers=HTML)
    assert "<strong>Change order</strong>" in shown.text and "<script>alert" not in shown.text
    assert "script-src 'self'" in shown.headers["content-security-policy"]
    assert "Set-Cookie" not in shown.headers and "unsafe" not in shown.headers["content-security-policy"]


def test_search_engines_are_told_of_every_language(client: Client, mia: Desk):
    made(mia)
    shown = client.get("/help/change-an-order?lang=es", headers=HTML)
    assert '<link rel="canonical" href="http://testserver.local/help/change-an-order?lang=es">' in shown.text
    assert 'hreflang="x-default"' in shown.text and '"noindex"' not in shown.text
    assert '<meta name="description" content="Until we start.">' in client.get("/help/change-an-order?lang=en").text
    tree = ElementTree.fromstring(client.get("/help/sitemap.xml").content)
    found = [e.text for e in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert found == [f"http://testserver.local/help/change-an-order?lang={code}" for code in ("en", "es")]
    assert '"noindex"' in client.get("/help?q=order", headers=HTML).text


@pytest.mark.parametrize(("asked", "accepts", "title"), [
    ("es", "en", "Cambiar un pedido"), ("", "es-MX,en;q=0.5", "Cambiar un pedido"), ("nl", "en", "Change an order"),
    ("xx", "en", "Change an order"),
])  # fmt: skip
def test_a_page_is_read_in_the_readers_language(client: Client, mia: Desk, asked: str, accepts: str, title: str):
    made(mia)
    shown = client.get("/help/change-an-order", params={"lang": asked}, headers={"Accept-Language": accepts})
    assert f"<h1>{title}</h1>" in shown.text


def test_a_page_is_found_by_its_words(client: Client, mia: Desk):
    made(mia)
    found = client.get("/help", params={"q": "changing orders", "lang": "en"}, headers=HTML)
    assert "<mark>Change</mark>" in found.text and "/help/change-an-order" in found.text
    nothing = client.get("/help", params={"q": "<b>zebra</b>"}, headers=HTML)
    assert "Nothing was found" in nothing.text and "<b>zebra" not in nothing.text


def test_a_former_address_leads_to_the_new_one(client: Client, mia: Desk):
    address = made(mia)
    mia.get(address)
    mia.post(address, do="publish", **(PAGE | {"slug": "orders"}))
    moved = client.get("/help/change-an-order?lang=es", headers=HTML, follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "/help/orders?lang=es")


def test_whether_it_helped_is_counted(client: Client, mia: Desk, vera: Page, database: Database):
    address = made(mia)
    where = "/help/change-an-order/feedback"
    client.post(where, data={"helped": "no", "words": "Which mail?"}, headers=HTML)
    thanked = client.post(where, data={"helped": "yes"}, headers=HTML)
    assert "Thank you" in thanked.text
    client.post(where, data={"helped": "yes", "t": vera.token}, headers=HTML)
    with database.begin() as db:
        page = centre.page(db, HelpId(centre.pages(db)[0].id))
        known = people.events(db, people.find(db, vera.identity))
    assert (page.helped.yes, page.helped.no) == (2, 0)  # one visitor, who thought again, and Vera
    assert [e.name for e in known] == ["Help Page Rated"]
    assert "Which mail?" in mia.get(address).text


def test_another_site_cannot_judge_for_its_visitors(client: Client, mia: Desk):
    made(mia)
    headers = HTML | {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/help/change-an-order/feedback", data={"helped": "no"}, headers=headers).status_code == 403


@pytest.mark.parametrize("slug", ["nothing", "%00", "..%2f..%2fetc", "a" * 3_000, "sitemap"])
def test_there_is_nothing_at_other_addresses(client: Client, mia: Desk, slug: str):
    assert client.get(f"/help/{slug}", headers=HTML).status_code == 404
    assert client.post(f"/help/{slug}/feedback", data={"helped": "yes"}, headers=HTML).status_code == 404


def test_the_editor_shows_keeps_and_restores(client: Client, mia: Desk):
    address = made(mia)
    mia.get(address)
    shown = mia.post(address, do="preview", language="en", **(PAGE | {"body.en": "Other **words**"}))
    assert "<strong>words</strong>" in shown.text
    assert "words" not in client.get("/help/change-an-order?lang=en").text
    mia.post(address, do="publish", **(PAGE | {"title.en": "Second"}))
    assert "<h1>Second</h1>" in client.get("/help/change-an-order?lang=en").text
    mia.post(f"{address}/restore", version="1")
    assert "<h1>Change an order</h1>" in client.get("/help/change-an-order?lang=en").text
    mia.post(f"{address}/withdraw")
    assert client.get("/help/change-an-order", headers=HTML).status_code == 404


def test_what_was_typed_stays_when_it_is_refused(mia: Desk):
    mia.get("/desk/help/new")
    answer = mia.post("/desk/help", do="publish", **(PAGE | {"slug": "Not an address"}))
    assert answer.status_code == 422 and "Not saved" in answer.text and "Cambiar un pedido" in answer.text
    taken = made(mia)
    mia.get("/desk/help/new")
    again = mia.post("/desk/help", do="save", **PAGE)
    assert again.status_code == 422 and "already" in again.text and taken


def test_a_long_page_is_kept_whole(client: Client, mia: Desk, database: Database):
    made(mia, **{"body.en": "word " * 15_000})
    with database.begin() as db:
        assert len(centre.pages(db)[0].texts["en"].body) == 75_000


def test_who_only_looks_changes_no_help_page(client: Client, mia: Desk, database: Database):
    address = made(mia)
    client.cookies.clear()
    ana = signed_in(client, ANA.email)  # a viewer here
    assert ana.get(address).status_code == 200
    for path in ("/desk/help", address, f"{address}/restore", f"{address}/withdraw", f"{address}/discard"):
        assert ana.post(path, version="1", **PAGE).status_code == 403
    ana.csrf = "wrong"
    assert ana.post(address, do="save", **PAGE).status_code == 403
    client.cookies.clear()
    for path in ("/desk/help", "/desk/help/new", address):
        assert client.get(path, headers={"Accept": "application/json"}).status_code == 401
        assert re.match("/sign-in", client.get(path, headers=HTML).url.path)


@pytest.mark.long
def test_nothing_hostile_in_a_title_gets_out(client: Client, mia: Desk, database: Database):
    text = HelpText("<img src=x onerror=alert(1)>", '"><script>', "x")
    with database.begin() as db:
        agent = next(a for a in team.agents(db) if a.role.value == "manager")
        page = centre.save_draft(db, NewPage("odd", {"en": text}, "<i>"), by=agent, now=utc_now())
        centre.publish(db, page.id, by=agent, now=utc_now())
    for path in ("/help", "/help/odd", "/help?q=img", "/desk/help", f"/desk/help/{page.id}"):
        shown = mia.get(path).text
        assert "<img src=x" not in shown and "<i>" not in shown and '"><script>' not in shown
