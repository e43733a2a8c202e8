"""The person's page in a real browser: live with script, whole without it, and in a frame."""

import json
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.elsewhere import open_site
from tests.journeys.shop import Shop

pytestmark = pytest.mark.browser


def link(shop: Shop, user: str) -> str:
    """A signed link to someone's page."""
    body = json.dumps({"userId": user}).encode()
    headers = {"Authorization": f"Bearer {shop.server_key}", "Content-Type": "application/json"}
    request = urllib.request.Request(shop.url + "/v1/me-links", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.loads(answer.read())["url"])


@pytest.fixture
def me(visitor: BrowserContext, shop: Shop) -> Iterator[Page]:
    """Omar at his page; nothing may fail in it."""
    page = visitor.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(link(shop, "omar"))
    yield page
    assert faults == []


def test_a_press_is_kept_at_once_and_undone_in_place(me: Page):
    vegan = me.get_by_role("checkbox", name="Vegan", exact=True).or_(me.get_by_role("radio", name="Vegan", exact=True))
    vegan.first.check(force=True)
    notice = me.get_by_role("status").filter(has_text="It counts from now on")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Undo").click()
    expect(me.get_by_text("Everything is as it was")).to_be_visible()
    expect(vegan.first).not_to_be_checked()


def test_the_page_stays_where_it_was_scrolled(me: Page):
    radio = me.get_by_role("group", name="To read").get_by_role("radio", name="I choose", exact=True)
    radio.scroll_into_view_if_needed()
    before = me.evaluate("scrollY")
    radio.check(force=True)
    expect(me.get_by_role("status").filter(has_text="It counts from now on")).to_be_visible()
    assert abs(me.evaluate("scrollY") - before) < 200


def test_blocks_are_dragged_or_moved_by_buttons(me: Page):
    rows = me.locator(".ordered > li")
    first, second = rows.nth(0).inner_text(), rows.nth(1).inner_text()
    rows.nth(0).get_by_role("button").last.click()
    expect(rows.nth(0)).to_have_text(second)
    rows.nth(0).drag_to(rows.nth(1), target_position={"x": 40, "y": 40})
    expect(rows.nth(0)).to_have_text(first)


def test_every_tab_is_one_press_away_and_has_no_overflow(me: Page):
    for width in (1280, 390):
        me.set_viewport_size({"width": width, "height": 800})
        for name in ("What we guess", "Why you saw it", "Your data", "What you chose"):
            me.get_by_role("link", name=name).click()
            expect(me.get_by_role("heading", level=1)).to_have_text(name)
            assert me.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def test_it_works_without_script(browser: Browser, shop: Shop):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(link(shop, "bea-without-script"))
    page.locator("#choice-diet input[value=vegan]").check(force=True)
    page.locator("#choice-diet").get_by_role("button", name="Save").click()
    expect(page.get_by_text("It counts from now on")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Everything is as it was")).to_be_visible()
    context.close()


def test_it_may_stand_in_a_frame_of_another_site(visitor: BrowserContext, shop: Shop):
    with open_site(shop) as site:
        page = visitor.new_page()
        page.goto(site.page())
        add = "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); }"
        page.evaluate(add, link(shop, "vera"))
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", level=1)).to_be_visible()
        frame.get_by_role("link", name="Your data").click()
        expect(frame.get_by_role("heading", level=1)).to_have_text("Your data")
