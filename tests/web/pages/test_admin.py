"""The company's pages: who may see, who may change, and that a change counts."""

import pytest

from regulars import decide, people, team
from regulars.kit.clock import utc_now
from regulars.kit.ids import new_id
from regulars.people import Identity, IdentityKind, Verb
from regulars.store import Database
from tests.cast import ANA, ANON, MALLORY, MIA, VERA
from tests.web.conftest import Client, Keys
from tests.web.pages.conftest import HTML, PASSWORD, Desk, Page, decided, signed_in

PAGES = ["/admin", "/admin/slots", "/admin/slots/new", "/admin/slots/home.for-you", "/admin/rules", "/admin/rules/new",
         "/admin/facets", "/admin/people", "/admin/keys", "/admin/model"]  # fmt: skip

SLOT = {"name": "home.for-you", "page": "home", "position": "1", "size": "3", "source": "taste",
        "mode": "choose_for_me",
        "place": "home", "explore": "0", "variety": "0.3", "without_bought_days": "0", "without_seen_days": "0",
        "items.field": "category", "items.operator": "is", "items.value": "drinks"}  # fmt: skip
RULE = {"name": "Soup today", "effect": "pin", "position": "1", "most": "1", "factor": "2", "label.en": "Today's offer",
        "items.field": "item", "items.operator": "is", "items.value": "tomato-soup"}  # fmt: skip


def test_who_is_not_signed_in_sees_the_sign_in_page_and_mia_sees_the_desk(client: Client, agents: None):
    for path in [*PAGES, "/admin/people/1", f"/admin/rules/{new_id()}"]:
        answer = client.get(path, headers=HTML)
        assert answer.url.path == "/sign-in", path
    mia = signed_in(client, MIA.email)
    for path in PAGES:
        assert mia.get(path).status_code == 200, path


def test_mallory_reads_nobody_and_changes_nobody_on_any_route(client: Client, database: Database, vera: Page):
    with database.begin() as db:
        root = people.root(db, people.find(db, vera.identity))
    client.cookies.set("regulars", "made-up")
    for path in [*PAGES, f"/admin/people/{root}"]:
        assert VERA not in client.get(path, headers=HTML).text
    for path, form in [
        ("/admin/slots", SLOT),
        ("/admin/slots/home.for-you/reset", {}),
        (f"/admin/rules/{new_id()}", RULE),
        ("/admin/keys", {"kind": "server", "name": MALLORY}),
        (f"/admin/keys/{new_id()}/revoke", {}),
        (f"/admin/people/{root}/merges/{new_id()}/undo", {}),
        ("/sign-out", {}),
    ]:
        assert client.post(path, data={"csrf": "x", **form}, follow_redirects=False).status_code in (303, 401), path
    with database.begin() as db:
        assert decide.rules(db) == []
        assert decide.slots(db)["home.for-you"].size == decide.default_slots()["home.for-you"].size
        assert all(k.name != MALLORY for k in team.keys(db))


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client, agents: None):
    answer = client.post("/sign-in", data={"email": MIA.email, "password": "wrong-wrong-wrong"}, headers=HTML)
    assert answer.status_code == 401
    assert MIA.email in answer.text
    assert "regulars" not in client.cookies


def test_the_session_cookie_is_held_firmly_and_ends_with_signing_out(client: Client, agents: None):
    said = {"email": MIA.email, "password": PASSWORD, "next": "/admin/slots"}
    answer = client.post("/sign-in", data=said, headers=HTML, follow_redirects=False)
    assert answer.headers["location"] == "/admin/slots"
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    mia = Desk(client)
    mia.get("/admin")
    assert mia.post("/sign-out").url.path == "/sign-in"
    assert mia.get("/admin").url.path == "/sign-in"


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/admin//evil.example", "/me"])
def test_signing_in_jumps_nowhere_else(client: Client, agents: None, to: str):
    said = {"email": MIA.email, "password": PASSWORD, "next": to}
    answer = client.post("/sign-in", data=said, headers=HTML, follow_redirects=False)
    assert answer.headers["location"] == "/admin"


def test_a_form_from_elsewhere_is_refused_and_ours_is_taken(client: Client, database: Database, mia: Desk):
    for csrf in ("", "0" * 64):
        assert client.post("/admin/slots", data={**SLOT, "csrf": csrf}, headers=HTML).status_code == 403
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    evil = client.post("/sign-in", data={"email": MIA.email, "password": PASSWORD}, headers=elsewhere)
    assert evil.status_code == 403
    assert mia.post("/admin/slots", **SLOT).status_code == 200
    with database.begin() as db:
        assert decide.slots(db)["home.for-you"].size == 3


def test_a_viewer_looks_and_does_not_change(client: Client, database: Database, agents: None):
    ana = signed_in(client, ANA.email)
    assert ana.get("/admin/slots/home.for-you").status_code == 200
    assert ana.post("/admin/slots", **SLOT).status_code == 403
    assert ana.post(f"/admin/rules/{new_id()}", **RULE).status_code == 403
    assert ana.post("/admin/keys", kind="server", name="mine").status_code == 403
    with database.begin() as db:
        assert decide.rules(db) == []


def test_a_slot_counts_at_once_and_is_written_down(client: Client, shop: Keys, database: Database, mia: Desk):
    mia.post("/admin/slots", **SLOT)
    assert {i["item"] for i in decided(client, shop)["items"]} == {"flat-white"}  # type: ignore[attr-defined]
    with database.begin() as db:
        lines = [(line.who, line.did) for line in team.audit_lines(db)]
    assert (f"agent:{MIA.email}", "slot saved") in lines
    mia.post("/admin/slots/home.for-you/reset")
    assert len(decided(client, shop)["items"]) > 1  # type: ignore[arg-type]


def test_a_slot_that_is_wrong_is_not_saved_and_says_where(mia: Desk):
    answer = mia.post("/admin/slots", **SLOT | {"size": "1000"})
    assert answer.status_code == 422
    assert "Not saved:" in answer.text
    assert mia.post("/admin/slots", **SLOT | {"size": "many"}).status_code == 422
    assert mia.post("/admin/slots", **SLOT | {"items.operator": "rhymes_with"}).status_code == 422


def test_the_preview_shows_what_this_person_would_see_and_why(vera: Page, mia: Desk):
    vera.post("/me/choose", facet="diet", value="vegan")
    shown = mia.get("/admin/slots/home.for-you", person=VERA).text
    assert "Tomato soup" in shown
    assert "Beef burger" not in shown
    assert "nobody is known as user" in mia.get("/admin/slots/home.for-you", person="nobody-at-all").text


def test_a_rule_pins_reads_as_a_sentence_and_goes(client: Client, shop: Keys, mia: Desk):
    rule = new_id()
    assert "Soup today" in mia.post(f"/admin/rules/{rule}", **RULE).text
    first = decided(client, shop)["items"][0]  # type: ignore[index]
    assert (first["item"], first["reason"]["kind"]) == ("tomato-soup", "rule")
    assert "tomato-soup" in mia.get("/admin/rules").text
    assert mia.get(f"/admin/rules/{rule}").status_code == 200
    mia.post(f"/admin/rules/{rule}/delete")
    assert "Soup today" not in mia.get("/admin/rules").text


def test_a_deep_condition_is_kept_as_json(client: Client, shop: Keys, mia: Desk):
    deep = '{"not": {"or": [{"field": "item", "operator": "is", "value": "beef-burger"}]}}'
    mia.post("/admin/slots", **SLOT | {"size": "9", "items.json": deep})
    assert "beef-burger" not in {i["item"] for i in decided(client, shop)["items"]}  # type: ignore[attr-defined]
    assert "beef-burger" in mia.get("/admin/slots/home.for-you").text
    assert mia.post("/admin/slots", **SLOT | {"items.json": "{oops"}).status_code == 422


def test_a_key_is_shown_once_works_and_is_revoked(client: Client, agents: None):
    admin = signed_in(client, "root@example.com")
    made = admin.post("/admin/keys", kind="write", name="Till seven", origins="https://shop.example")
    plain = made.text.split('data-copy="')[1].split('"')[0]
    assert plain.startswith("wk_")
    listed = admin.get("/admin/keys").text
    assert plain not in listed
    assert "Till seven" in listed
    key = listed.split("Till seven")[1].split("/admin/keys/")[1].split("/revoke")[0]
    admin.post(f"/admin/keys/{key}/revoke")
    assert "revoked" in admin.get("/admin/keys").text.split("Till seven")[1]
    assert admin.post("/admin/keys", kind="write", name="x", origins="not a site").status_code == 422


def test_a_person_is_found_and_a_wrong_merge_parted(database: Database, vera: Page, mia: Desk):
    vera.did(Verb.VIEWED, "tomato-soup")
    vera.post("/me/choose", facet="diet", value="vegan")
    now = utc_now()
    with database.begin() as db:
        anon = people.resolve(db, [Identity(IdentityKind.ANONYMOUS, ANON)], now=now)
        node = people.find(db, vera.identity)
        merged = people.join(db, next(iter(anon.values())), node, source="test", by="test", now=now)
        assert merged
    page = f"/admin/people/{merged.root}"
    assert page in mia.get("/admin/people", q=VERA[:3]).text
    shown = mia.get(page).text
    assert all(part in shown for part in (ANON, "Vegan", "You looked at Tomato soup", "Part them again"))
    mia.post(f"{page}/merges/{merged.merge}/undo")
    with database.begin() as db:
        assert people.root(db, node) != people.root(db, next(iter(anon.values())))
    assert mia.get("/admin/people/999999").status_code == 404


def test_what_nobody_knows_is_a_page_that_says_so(client: Client):
    answer = client.get("/no/such/page", headers=HTML)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "no-store" in answer.headers["cache-control"]


def test_odd_addresses_are_no_faults_of_ours(mia: Desk):
    for path, query in [
        ("/admin/people", {"q": "\x00"}),
        ("/admin/people/99999999999999999999", {}),
        ("/admin/slots/home.for-you", {"person": "\x00", "item": "\x00"}),
        ("/admin/slots/nowhere", {}),
        ("/admin/rules/none", {}),
    ]:
        assert mia.get(path, **query).status_code in (200, 404), path
