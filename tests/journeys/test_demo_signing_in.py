"""Signing in at the shop: both histories become one, the strictest word holds, and a token cannot be made up."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from regulars import people
from regulars.people import Identity, IdentityKind
from tests.journeys.shop import Shop, visit
from tests.journeys.test_demo_visitor import allow, cards, look_at, sent, suits

pytestmark = pytest.mark.browser


def test_signing_in_joins_both_histories(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    allow(page)
    look_at(page, shop, "halloumi-harissa-wrap")
    anonymous = str(page.evaluate("regulars.person.anonymousId"))
    page.goto(f"{shop.url}/signin-demo")
    page.get_by_role("button", name="Sign in as Omar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to see you, Omar")
    sent(page)
    assert cards(page, "home.for-you")
    with shop.database.begin() as db:
        omar = people.profile(db, Identity(IdentityKind.USER, "omar"))
        device = people.profile(db, Identity(IdentityKind.ANONYMOUS, anonymous))
    assert omar.person == device.person
    assert len(omar.history.items) > 100


def test_a_choice_made_before_signing_in_comes_along(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop)
    allow(page)
    page.locator("[data-choose=diet] label", has_text="Vegetarian").click()
    expect(page.locator("[data-said]")).to_contain_text("Noted")
    page.goto(f"{shop.url}/signin-demo")
    page.get_by_label("Your first name").fill("Noor")
    page.get_by_role("button", name="Join us").click()
    sent(page)
    page.reload()
    expect(page.locator("[data-choose=diet] input[value=vegetarian]")).to_be_checked()


def test_vera_is_only_shown_what_she_eats(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop, "/signin-demo")
    allow(page)
    page.get_by_role("button", name="Sign in as Vera").click()
    expect(page.locator("[data-choose=diet] input[value=vegan]")).to_be_checked()
    assert set(cards(page, "home.for-you")) <= suits("vegan")
    assert set(cards(page, "home.popular")) <= suits("vegan")


def test_after_signing_out_one_is_somebody_new(visitor: BrowserContext, shop: Shop):
    page = visit(visitor, shop, "/signin-demo")
    allow(page)
    before = page.evaluate("regulars.person.anonymousId")
    page.get_by_role("button", name="Sign in as Vera").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert page.evaluate("regulars.person.anonymousId") != before
    assert not page.evaluate("regulars.person.userId")


def test_the_language_someone_chose_greets_them_on_another_device(
    visitor: BrowserContext, browser: Browser, shop: Shop
):
    page = visit(visitor, shop, "/signin-demo")
    allow(page)
    page.get_by_label("Your first name").fill("Marisol")
    page.get_by_role("button", name="Join us").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to see you, Marisol")
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    elsewhere = browser.new_context(locale="en-GB")
    page = visit(elsewhere, shop, "/signin-demo")
    allow(page)
    page.get_by_label("Your first name").fill("Marisol")
    page.get_by_role("button", name="Join us").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", level=1)).to_have_text("Qué alegría verte, Marisol")
    elsewhere.close()
