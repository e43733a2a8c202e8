"""The embedded script on another site: strict policy, consent, privacy control, retries, why, corrections, keyboard."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.journeys.elsewhere import Site, open_site
from tests.journeys.shop import Shop

pytestmark = pytest.mark.browser

DECISIONS = re.compile(r"/v1/decide(/page)?$")
BATCHES = re.compile(r"/v1/batch$")


@pytest.fixture
def site(shop: Shop) -> Iterator[Site]:
    """The company's own site."""
    with open_site(shop) as site:
        yield site


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A page whose scripts may not fail nor break the policy."""
    page = visitor.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.on("console", lambda m: faults.append(m.text) if re.search("Security Policy|Trusted", m.text) else None)
    yield page
    assert faults == []


def sent(page: Page) -> list[Request]:
    """Every call to the API from now on."""
    calls: list[Request] = []
    page.on("request", lambda r: calls.append(r) if "/v1/" in r.url and r.method != "OPTIONS" else None)
    return calls


def kept(page: Page) -> dict[str, str]:
    """What the site's origin stores."""
    found: dict[str, str] = page.evaluate("({...localStorage})")
    return found


def cards(page: Page, slot: str = "home.for-you") -> list[str]:
    """Titles in a slot, when it has settled."""
    place = page.locator(f'regulars-slot[name="{slot}"]')
    expect(place.locator(".card .title").first).to_be_visible()
    expect(place.locator("[aria-busy]")).to_have_count(0)
    return place.locator(".card .title").all_inner_texts()


def test_before_consent_nothing_is_stored_nothing_is_sent_and_what_is_popular_shows(page: Page, site: Site):
    calls = sent(page)
    page.goto(site.page())
    assert len(cards(page)) == 4
    page.evaluate("regulars.track('Product Viewed', {product_id: 'falafel-wrap'})")
    page.evaluate("regulars.page()")
    page.wait_for_timeout(600)
    assert kept(page) == {}
    assert page.context.cookies() == []
    assert {c.url.rpartition("/")[2] for c in calls} == {"page"}  # all slots of the page at once
    assert all(json.loads(c.post_data or "{}")["person"] == {} for c in calls)


def test_after_consent_three_clicks_make_it_individual(page: Page, site: Site):
    page.goto(site.page())
    popular = cards(page)
    page.evaluate("regulars.consent('granted')")
    for item in ("falafel-wrap", "red-lentil-soup", "matcha-oat-latte"):
        page.evaluate("item => regulars.track('Product Viewed', {product_id: item})", item)
    page.evaluate("regulars.refresh()")
    slot = page.locator('regulars-slot[name="home.for-you"]')
    expect(slot.locator('.chip[data-kind="because"]').first).to_be_visible()
    assert cards(page) != popular
    assert set(kept(page)) <= {"regulars", "regulars.chat"}


def test_taking_consent_back_keeps_the_word_and_nothing_else(page: Page, site: Site):
    page.goto(site.page())
    page.evaluate("regulars.consent('granted')")
    assert "anonymousId" in kept(page)["regulars"]
    page.evaluate("regulars.consent('refused')")
    assert json.loads(kept(page)["regulars"]) == {"consent": "refused"}


def test_global_privacy_control_is_a_refusal(browser: Browser, site: Site):
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page = context.new_page()
    calls = sent(page)
    page.goto(site.page("granted"))
    assert len(cards(page)) == 4
    page.evaluate("regulars.consent('granted'); regulars.track('Product Viewed', {product_id: 'falafel-wrap'})")
    page.wait_for_timeout(600)
    assert not [c for c in calls if BATCHES.search(c.url)]
    assert "anonymousId" not in kept(page).get("regulars", "")
    context.close()


def test_a_lost_answer_is_sent_again_with_the_same_message_ids(page: Page, site: Site):
    tries: list[list[str]] = []

    def flaky(route: Route) -> None:
        batch = json.loads(route.request.post_data or "{}")["batch"]
        tries.append([event["messageId"] for event in batch])
        if len(tries) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(BATCHES, flaky)
    page.goto(site.page("granted"))
    cards(page)
    with page.expect_response(BATCHES):
        page.evaluate("regulars.track('Product Viewed', {product_id: 'falafel-wrap'})")
    assert set(tries[0]) <= set(tries[1])


def test_what_was_clicked_while_leaving_still_arrives(page: Page, site: Site, shop: Shop):
    page.goto(site.page("granted"))
    cards(page)
    anonymous = json.loads(kept(page)["regulars"])["anonymousId"]
    page.evaluate("regulars.track('Product Viewed', {product_id: 'falafel-wrap'}); location.href = 'about:blank'")
    page.wait_for_url("about:blank")
    for _ in range(20):
        found = shop.ask(f"/v1/people/anonymous:{anonymous}")
        if found["interactions"]:
            break
        page.wait_for_timeout(100)
    assert int(str(found["interactions"])) >= 1


def test_shown_and_clicked_name_their_decision(page: Page, site: Site):
    calls = sent(page)
    page.goto(site.page("granted"))
    cards(page)
    page.evaluate("addEventListener('click', e => e.preventDefault())")
    page.locator('regulars-slot[name="home.for-you"] a').first.click()
    page.evaluate("regulars.flush()")
    page.wait_for_timeout(500)
    events = [e for c in calls if BATCHES.search(c.url) for e in json.loads(c.post_data or "{}")["batch"]]
    named = {e.get("event"): e["properties"] for e in events if "event" in e}
    assert named["Product List Viewed"]["decision"]
    assert named["Product Clicked"]["list_id"] == "home.for-you"
    assert len(named["Product List Viewed"]["products"]) >= 1


def test_why_and_not_for_me_in_place_with_a_receipt_and_undo(page: Page, site: Site):
    page.goto(site.page("granted"))
    first = cards(page)[0]
    page.locator("regulars-slot .chip").first.click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text(first)
    expect(sheet.get_by_role("button", name="Less like this")).to_be_visible()
    sheet.get_by_role("button", name="Not for me").click()
    expect(sheet).to_contain_text("is hidden")
    assert first not in cards(page)
    sheet.get_by_role("button", name="Undo").click()
    expect(sheet).to_contain_text("Everything is as it was")
    assert first in cards(page)


def test_the_sheet_says_what_would_be_seen_without_a_deed(page: Page, site: Site):
    page.goto(site.page("granted"))
    for item in ("falafel-wrap", "red-lentil-soup", "matcha-oat-latte"):
        page.evaluate("item => regulars.track('Product Viewed', {product_id: item})", item)
    page.evaluate("regulars.refresh()")
    page.locator('regulars-slot[name="home.for-you"] .chip[data-kind="because"]').first.click()
    sheet = page.get_by_role("dialog")
    asking = sheet.get_by_role("button", name="Without this?")
    asking.first.click()
    expect(sheet.locator(".without")).to_contain_text("you would see")
    rows = sheet.locator(".evidence li > span:first-child")
    told = [text.split(" Without this?")[0] for text in rows.all_inner_texts()]
    assert len(told) == len(set(told))


def test_the_keyboard_is_enough(page: Page, site: Site):
    page.goto(site.page("granted"))
    cards(page)
    page.locator("regulars-slot .chip").first.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    focused = "document.activeElement.shadowRoot.activeElement.className"
    assert page.evaluate(focused) == "chip"


def test_the_visitor_says_who_chooses(page: Page, site: Site):
    page.goto(site.page("granted"))
    cards(page)
    with page.expect_response(lambda r: "/v1/me/facets/mode" in r.url) as said:
        page.get_by_role("radio", name="I choose").check(force=True)
    assert said.value.ok
    cards(page)
    mode = page.evaluate("document.querySelector('regulars-slot').decision.mode")
    assert mode == "i_choose"


@pytest.mark.parametrize(("language", "says"), [("es", "Elige por mí"), ("nl", "Kies voor mij")])
def test_it_speaks_the_language_of_the_page(page: Page, site: Site, language: str, says: str):
    page.goto(site.page("granted", language))
    cards(page)
    expect(page.locator("regulars-slot .mode").first).to_contain_text(says)


def test_when_regulars_is_away_the_site_shows_its_own(page: Page, site: Site):
    page.route(DECISIONS, lambda route: route.abort())
    page.goto(site.page())
    expect(page.get_by_text("Ask us what is good today.")).to_be_visible()
