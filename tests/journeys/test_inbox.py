"""Two agents at one desk: who looks, who writes, who was faster; keys, ready answers, search, many at once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from regulars import desk, team
from regulars.desk import ConversationId, NewReply
from regulars.kit.clock import utc_now
from tests.journeys.shop import Shop

pytestmark = pytest.mark.browser
PASSWORD = "correct-horse-battery"


@contextmanager
def at_the_desk(browser: Browser, shop: Shop, who: str, **how: object) -> Iterator[Page]:
    """`who`, signed in; a fault of the page's script fails the test."""
    context = browser.new_context(locale="en-GB", **{"viewport": {"width": 1280, "height": 800}, **how})  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(shop.url + "/sign-in")
    page.fill("#email", f"{who}@example.com")
    page.fill("#password", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def two(browser: Browser, shop: Shop) -> Iterator[tuple[Page, Page]]:
    """Mia and the administrator, both at the same conversation."""
    with ExitStack() as stack:
        mia, admin = (stack.enter_context(at_the_desk(browser, shop, who)) for who in ("mia", "admin"))
        mia.goto(shop.url + "/desk?view=unassigned")
        path = mia.locator(".line-link").nth(2).get_attribute("href")
        for page in (mia, admin):
            page.goto(f"{shop.url}{path}")
        yield mia, admin


def test_two_agents_see_each_other_and_the_slower_one_is_asked_first(two: tuple[Page, Page]):
    mia, admin = two
    expect(mia.locator("#lookers")).to_contain_text("Admin is looking")
    admin.locator(".composer textarea").press_sequentially("We look into it.")
    expect(mia.locator("#lookers")).to_contain_text("Admin is writing")
    mia.keyboard.press("r")
    mia.keyboard.type("It is **on its way**.")
    mia.keyboard.press("Control+Enter")
    expect(mia.locator("#undo-send")).to_be_visible()
    expect(mia.locator(".composer textarea")).to_have_value("")
    expect(admin.locator("#thread")).to_contain_text("It is on its way.")
    expect(admin.locator(".composer textarea")).to_have_value("We look into it.")
    admin.locator("#do-send").click()
    expect(admin.locator(".collision")).to_contain_text("Mia answered")
    expect(admin.locator(".composer textarea")).to_have_value("We look into it.")
    assert admin.locator(".msg.agent", has_text="We look into it.").count() == 0
    admin.get_by_label("Send mine too").check()
    admin.locator("#do-send").click()
    expect(mia.locator("#thread")).to_contain_text("We look into it.")


def test_an_answer_taken_back_is_a_draft_again(browser: Browser, shop: Shop):
    with at_the_desk(browser, shop, "mia") as mia:
        mia.goto(shop.url + "/desk?view=unassigned")
        mia.locator(".line-link").nth(4).click()
        mia.locator(".composer textarea").fill("Too early")
        mia.locator("#do-send").click()
        mia.locator("#undo-send button").click(timeout=8_000)
        expect(mia.locator(".composer textarea")).to_have_value("Too early")
        expect(mia.locator(".msg.gone")).to_contain_text("Too early")


def test_everything_goes_by_keyboard(browser: Browser, shop: Shop):
    with at_the_desk(browser, shop, "mia") as mia:
        mia.goto(shop.url + "/desk?view=all")
        mia.keyboard.press("?")
        expect(mia.locator("#keys")).to_be_visible()
        mia.keyboard.press("Escape")
        mia.keyboard.press("j")
        mia.keyboard.press("j")
        expect(mia.locator(".line-link").nth(1)).to_be_focused()
        mia.keyboard.press("Enter")
        expect(mia.locator("#thread")).to_be_visible()
        mia.keyboard.press("n")
        expect(mia.locator(".composer [name=kind][value=note]")).to_be_checked()
        mia.keyboard.press("Escape")
        mia.keyboard.press("a")
        expect(mia.locator("#set-assignee")).to_be_focused()
        mia.keyboard.press("Escape")
        mia.keyboard.press("/")
        mia.keyboard.type("lunch10 in:chat")
        mia.keyboard.press("Enter")
        expect(mia.locator(".lines mark").first).to_be_visible()


def answered_by_another(shop: Shop, number: int) -> None:
    with shop.database.begin() as db:
        ana = next(a for a in team.agents(db) if a.email == "ana@example.com")
        boss = next(a for a in team.agents(db) if a.email == "admin@example.com")
        query = sa.text("select id from conversations where number = :number")
        conversation = ConversationId(db.execute(query, {"number": number}).scalar_one())
        desk.assign(db, conversation, agent=ana.id, by=boss, now=utc_now())
        desk.write(db, conversation, NewReply("I have it already."), by=ana, now=utc_now())


def test_a_change_keeps_what_is_being_written_and_ready_answers_are_filled_in(browser: Browser, shop: Shop):
    with at_the_desk(browser, shop, "mia") as mia:
        mia.goto(shop.url + "/desk?view=all")
        mia.locator(".line-link").nth(6).click()
        mia.locator(".composer textarea").press_sequentially("/re")
        expect(mia.locator(".slash .option").first).to_be_visible()
        mia.keyboard.press("Enter")
        expect(mia.locator(".composer textarea")).not_to_have_value("/re")
        expect(mia.locator(".draft-state")).not_to_be_empty()
        mia.route("**/draft", lambda route: route.fulfill(status=204))  # the page that comes knows an older draft
        mia.locator(".composer textarea").fill("Half a sentence")
        answered_by_another(shop, int(urlsplit(mia.url).path.rsplit("/", 1)[1]))
        mia.locator("#set-priority").select_option("urgent")
        expect(mia.locator("#thread")).to_contain_text("priority: urgent")
        expect(mia.locator(".composer textarea")).to_have_value("Half a sentence")


def test_many_are_changed_and_changed_back(browser: Browser, shop: Shop):
    with at_the_desk(browser, shop, "mia") as mia:
        mia.goto(shop.url + "/desk?view=all")
        for line in (1, 2):
            mia.locator(".tick input").nth(line).check(force=True)
        expect(mia.locator(".mass-count")).to_have_text("2")
        mia.locator(".mass [name=tag]").fill("walked")
        mia.locator(".mass .primary").click()
        expect(mia.locator(".mass-notice")).to_contain_text("2 conversations changed")
        tagged = shop.url + "/desk?q=tag:walked"
        assert mia.request.get(tagged).text().count("<article") == 2
        mia.locator(".mass-notice button").click()
        expect(mia.locator(".mass-notice")).to_have_count(0)
        assert mia.request.get(tagged).text().count("<article") == 0


def test_on_a_phone_there_are_three_steps_and_ways_back(browser: Browser, shop: Shop):
    with at_the_desk(browser, shop, "mia", viewport={"width": 390, "height": 844}, color_scheme="dark") as mia:
        mia.goto(shop.url + "/desk?view=all")
        expect(mia.locator(".talk-pane")).to_be_hidden()
        mia.locator(".line-link").first.click()
        expect(mia.locator(".list-pane")).to_be_hidden()
        mia.locator(".talk-title [data-step-to]").click()
        expect(mia.locator(".customer-pane")).to_be_visible()
        mia.locator(".customer-pane [data-step-to]").click()
        expect(mia.locator(".customer-pane")).to_be_hidden()
        assert mia.evaluate("document.documentElement.scrollWidth") <= 390
        mia.locator(".talk-title > a").first.click()
        expect(mia.locator(".list-pane")).to_be_visible()
