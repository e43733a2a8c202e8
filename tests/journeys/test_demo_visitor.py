"""A first-time visitor at the shop: asked first, individualised within three clicks, able to put it right."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from regulars.demo.content import load
from tests.journeys.shop import Shop, visit

pytestmark = pytest.mark.browser

VEGAN = ("falafel-wrap", "buddha-bowl", "vegan-mushroom-toastie")


def slot(page: Page, name: str) -> Locator:
    return page.locator(f"regulars-slot[name='{name}']")


def cards(page: Page, name: str) -> list[str]:
    """The ids in a slot, once it has settled."""
    found = slot(page, name)
    expect(found.locator("ul.cards:not([aria-busy])")).to_be_visible()
    expect(found.locator("a.body").first).to_be_visible()
    links = found.locator("a.body").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return [str(link).rsplit("/", 1)[1] for link in links]


def suits(diet: str) -> set[str]:
    """The ids of what suits a diet."""
    return {p.id for p in load().products if diet in p.attributes.diet}


def allow(page: Page) -> None:
    page.get_by_role("button", name="Yes, remember").click()
    expect(page.locator("[data-consent-banner]")).to_be_hidden()


def sent(page: Page) -> None:
    """Wait until every event is acknowledged."""
    page.evaluate("regulars.flush()")


def look_at(page: Page, shop: Shop, *items: str) -> None:
    for item in items:
        page.goto(f"{shop.url}/item/{item}")
        expect(slot(page, "item.next").locator("a.body").first).to_be_visible()
    sent(page)


def test_before_consent_nothing_is_stored_and_everybody_sees_what_is_popular(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    expect(page.locator("[data-consent-banner]")).to_be_visible()
    assert cards(page, "home.for-you")
    kinds = slot(page, "home.for-you").locator(".chip").evaluate_all("all => all.map(c => c.dataset.kind)")
    assert set(kinds) <= {"popular", "rule"}
    page.get_by_role("link", name="Menu", exact=True).click()
    page.goto(f"{shop.url}/item/falafel-wrap")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert visitor.cookies() == []
    assert page.faults == []  # type: ignore[attr-defined]


def test_both_answers_to_the_question_look_the_same(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    yes, no = (page.get_by_role("button", name=n) for n in ("Yes, remember", "No, thank you"))
    style = (
        "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor, s.fontWeight, s.width, s.height] }"
    )
    assert yes.evaluate(style) == no.evaluate(style)


def test_a_no_is_kept_as_one_word_and_can_be_taken_back(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    page.get_by_role("button", name="No, thank you").click()
    assert page.evaluate("Object.values(localStorage).join()") == '{"consent":"refused"}'
    page.reload()
    expect(page.locator("[data-consent-banner]")).to_be_hidden()
    expect(page.get_by_text("You said no: nothing is remembered.")).to_be_visible()
    page.get_by_role("button", name="Change your answer").click()
    allow(page)
    expect(page.get_by_text("You said we may remember.")).to_be_visible()


def test_a_visitor_is_individualised_within_three_clicks(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    before = cards(page, "home.for-you")
    allow(page)
    look_at(page, shop, *VEGAN)
    page.goto(shop.url)
    after = cards(page, "home.for-you")
    assert after != before
    assert slot(page, "home.for-you").locator(".chip[data-kind=because]").count() >= 2
    expect(page.locator("#because")).to_be_visible()
    expect(page.locator("#because-title")).to_have_text(re.compile("^Because you"))


def test_your_choices_opens_the_page_of_this_visitor_alone(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    page.locator("header a[data-me]").click()
    expect(page.locator("[data-said]")).to_contain_text("nothing to show")
    allow(page)
    page.locator("[data-choose=diet] label", has_text="Vegan").click()
    expect(page.locator("[data-said]")).to_contain_text("Noted")
    page.locator("header a[data-me]").click()
    page.wait_for_url("**/me?t=*")
    expect(page.get_by_label("Vegan", exact=True)).to_be_checked()


def test_a_choice_of_diet_counts_in_the_very_next_decision(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    allow(page)
    cards(page, "home.for-you")
    page.locator("[data-choose=diet] label", has_text="Vegan").click()
    expect(page.locator("[data-said]")).to_contain_text("Noted")
    vegan = suits("vegan")
    for name in ("home.for-you", "home.popular"):
        assert set(cards(page, name)) <= vegan
    page.reload()
    assert set(cards(page, "home.for-you")) <= vegan
    expect(page.locator("[data-choose=diet] input[value=vegan]")).to_be_checked()


def test_one_asks_why_corrects_reads_the_receipt_and_takes_it_back(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    allow(page)
    look_at(page, shop, *VEGAN)
    page.goto(shop.url)
    before = cards(page, "home.for-you")
    chip = slot(page, "home.for-you").locator(".chip[data-kind=because]").first
    place = int(str(chip.evaluate("c => c.closest('li').dataset.position")))
    chip.click()
    sheet = slot(page, "home.for-you").locator("dialog.sheet")
    expect(sheet.locator(".evidence li").first).to_be_visible()
    sheet.get_by_role("button", name="Not for me").click()
    receipt = sheet.locator(".receipt")
    expect(receipt).to_contain_text("Noted")
    sheet.get_by_role("button", name="Undo").wait_for()
    page.keyboard.press("Escape")
    assert before[place] not in cards(page, "home.for-you")
    page.goto(shop.url)
    assert before[place] not in cards(page, "home.for-you")


def test_a_correction_is_undone_exactly(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    allow(page)
    look_at(page, shop, *VEGAN)
    page.goto(shop.url)
    before = cards(page, "home.for-you")
    slot(page, "home.for-you").locator(".chip").first.click()
    sheet = slot(page, "home.for-you").locator("dialog.sheet")
    sheet.get_by_role("button", name="Not for me").click()
    sheet.get_by_role("button", name="Undo").click()
    expect(sheet).to_contain_text("Undone")
    page.keyboard.press("Escape")
    assert before[0] in cards(page, "home.for-you")


def test_the_blocks_stay_in_the_order_the_visitor_gave_them(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    allow(page)
    cards(page, "home.for-you")
    page.get_by_role("button", name="Arrange this page").click()
    for _ in range(4):
        page.get_by_role("button", name="Move “To read” up").press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("Kept")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("[data-block]").first).to_have_attribute("data-block", "home.to-read")


def test_what_is_built_minds_the_diet_and_goes_into_the_basket(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop, "/build")
    allow(page)
    page.locator("[data-choose=diet] label", has_text="Vegan").click()
    expect(page.locator("input[value=filling-serrano]")).to_be_disabled()
    for part in ("bread-rye", "filling-falafel", "sauce-tahini"):
        page.locator(f"label:has(input[value={part}])").click()
    expect(page.locator("[data-inside]")).to_contain_text("Falafel")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator(".lines .name")).to_contain_text("Falafel")
    page.get_by_role("button", name="Order and pay at the table").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def test_global_privacy_control_is_a_refusal(browser: Browser, shop: Shop):
    context = browser.new_context(locale="en-GB", extra_http_headers={"Sec-GPC": "1"})
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    page = visit(context, shop)
    assert cards(page, "home.for-you")
    expect(page.locator("[data-consent-banner]")).to_be_hidden()
    expect(page.get_by_text("Global Privacy Control")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    context.close()


def test_a_language_is_a_choice_regulars_knows(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    allow(page)
    cards(page, "home.for-you")
    page.get_by_role("button", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator("#for-you-title")).to_have_text("Voor jou")
    facets = page.evaluate("regulars.facets()")
    assert any(f["facet"] == "language" and f["stated"] == "nl" for f in facets["facets"])


@pytest.mark.parametrize("path", ["/", "/menu", "/item/falafel-wrap", "/read", "/read/why-sourdough-sours", "/build"])
def test_the_pages_work_without_a_script(browser: Browser, shop: Shop, path: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shop.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[data-consent-banner]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/menu", "/item/falafel-wrap", "/build", "/read", "/basket", "/signin-demo"])
def test_nothing_sticks_out_of_the_page(browser: Browser, shop: Shop, path: str, width: int):
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="nl")
    page = context.new_page()
    page.goto(shop.url + path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
