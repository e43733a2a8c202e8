"""One conversation: begun in the chat, answered by e-mail when the laptop is closed, answered from there."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from regulars import desk
from regulars.kit.clock import utc_now
from tests.cast import VERA
from tests.journeys.shop import Shop, visit
from tests.journeys.test_chat import open_chat, texts, write
from tests.journeys.test_demo_visitor import allow

pytestmark = pytest.mark.browser
PASSWORD = "correct-horse-battery"
ASKED = "Is the focaccia of the falafel wrap really vegan?"
LATER = "It is: flour, water, olive oil, salt and yeast. The kitchen just told me."
THANKS = "Wonderful, thank you. Written on my phone."


@pytest.fixture
def ana(browser: Browser, shop: Shop) -> Iterator[Page]:
    """Ana at the desk."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(shop.url + "/sign-in")
    page.locator("input[name=email]").fill("ana@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button.primary").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(shop.url + "/desk?view=unassigned")
    yield page
    context.close()


@pytest.fixture
def vera(browser: Browser, shop: Shop) -> Iterator[Page]:
    """Vera on the shop's site, signed in."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = visit(context, shop, "/signin-demo")
    allow(page)
    page.locator("form:has(input[value=vera]) button").click()
    page.wait_for_url(shop.url + "/")
    yield page
    context.close()


def conversations(shop: Shop) -> int:
    with shop.database.begin() as db:
        return int(db.execute(sa.text("select count(*) from conversations")).scalar_one())


def answer(page: Page, text: str) -> None:
    page.locator("form.composer textarea[name=text]").fill(text)
    page.locator("#do-send").click()
    expect(page.locator(".msg.agent", has_text=text)).to_be_visible()


def test_chat_closed_laptop_mail_reply_is_one_conversation(ana: Page, vera: Page, shop: Shop):
    box = open_chat(vera)
    write(box, ASKED)
    row = ana.get_by_text(ASKED).first
    expect(row).to_be_visible()  # live: nobody reloaded
    before = conversations(shop)
    row.click()
    expect(ana.locator(".msg.customer", has_text=ASKED)).to_be_visible()
    expect(ana.locator("main, body").first).to_contain_text("Vera")

    answer(ana, "I will ask the kitchen.")
    expect(box.locator(".balloon", has_text="I will ask the kitchen.")).to_be_visible()
    assert texts(box)[0] == ASKED
    vera.context.close()  # the laptop is closed

    answer(ana, LATER)
    _mail_unseen(shop)

    phone = ana.context.new_page()
    _until_mail_comes(phone, shop)
    phone.locator("[data-consent=refused]").click()  # her phone keeps nothing; mail works all the same
    phone.locator(".letters a").first.click()
    expect(phone.locator(".letter-about")).to_contain_text(f"{VERA}@example.com")
    phone.locator("textarea[name=text]").fill(THANKS)
    phone.locator("main button.primary").click()
    expect(phone.locator("main [role=status]")).to_contain_text("Sent")

    expect(ana.locator(".msg.customer", has_text=THANKS)).to_be_visible()
    assert conversations(shop) == before
    assert said(shop) == [("customer", "chat"), ("agent", "chat"), ("agent", "chat"), ("customer", "email")]


def said(shop: Shop) -> list[tuple[str, str]]:
    """Who said something in the conversation, and over which channel, in order."""
    query = sa.text("""select m.author, m.channel from conversation_messages m
        where m.conversation_id = (select conversation_id from conversation_messages where text = :t limit 1)
        order by m.id""")
    with shop.database.begin() as db:
        return [(author, channel) for author, channel in db.execute(query, {"t": ASKED})]


def _mail_unseen(shop: Shop) -> None:
    """Three minutes later; what somebody holds at that moment has its turn the next time."""
    for _ in range(40):
        with shop.database.begin() as db:
            if desk.mail_unseen(db, now=utc_now() + timedelta(minutes=3)) == 1:
                return
        time.sleep(0.25)
    raise AssertionError("nothing was mailed")


def _until_mail_comes(page: Page, shop: Shop) -> None:
    for _ in range(40):
        page.goto(shop.url + f"/post?to={VERA}@example.com")
        if page.locator(".letters a").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("no mail came to Vera")
