"""A visitor on the shop's site and an agent at the desk, at once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from regulars import desk, team
from regulars.desk import NewReply, chat
from regulars.desk.model import ConversationId
from regulars.kit.clock import utc_now
from regulars.team import Agent, NewAgent, Role
from tests.journeys.elsewhere import open_site
from tests.journeys.shop import Shop, visit
from tests.journeys.test_demo_visitor import allow

pytestmark = pytest.mark.browser
PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def carla(shop: Shop) -> Agent:
    """Somebody of the team who takes on all the chats that journeys leave open."""
    with shop.database.begin() as db:
        who = NewAgent("chat@example.com", "Carla", Role.MANAGER, PASSWORD)
        made = team.create_agent(db, who, now=utc_now())
        team.set_capacity(db, made.id, {"chat": 500})
    return made


@pytest.fixture
def agent(shop: Shop, carla: Agent) -> Agent:
    """Carla, at the desk now."""
    with shop.database.begin() as db:
        team.touch(db, carla.id, now=utc_now())
    return carla


@pytest.fixture
def desk_page(browser: Browser, shop: Shop, agent: Agent) -> Iterator[Page]:
    """The agent's browser, signed in."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(shop.url + "/sign-in")
    page.get_by_label("E-mail").fill("chat@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    yield page
    context.close()


def chat_of(page: Page) -> Locator:
    return page.locator("regulars-chat")


def open_chat(page: Page, *, standing: str = "") -> Locator:
    box = chat_of(page)
    box.locator(".launch").click()
    expect(box.locator(".greeting")).not_to_be_empty()
    expect(box.locator(".standing")).to_contain_text(standing)
    return box


def write(box: Locator, text: str) -> None:
    box.locator("textarea").fill(text)
    box.locator("textarea").press("Enter")


def texts(box: Locator) -> list[str]:
    return box.locator(".balloon").all_inner_texts()


def newest(shop: Shop) -> ConversationId:
    from sqlalchemy import text

    with shop.database.begin() as db:
        found = db.execute(text("select id from conversations where channel = 'chat' order by last_at desc limit 1"))
        return ConversationId(found.scalar_one())


def answer(shop: Shop, agent: Agent, words: str) -> None:
    conversation = newest(shop)
    with shop.database.begin() as db:
        team.touch(db, agent.id, now=utc_now())
        desk.write(db, conversation, NewReply(words), by=agent, now=utc_now())


def test_nothing_is_kept_before_the_visitor_opens_the_chat_and_then_it_says_so(
    visitor: BrowserContext, shop: Shop, agent: Agent
):
    page = visit(visitor, shop, "/menu")
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    expect(chat_of(page).locator(".launch")).to_be_visible()
    page.reload()
    expect(chat_of(page).locator(".launch")).to_be_visible()
    assert sockets == []
    assert page.evaluate("localStorage.getItem('regulars.chat')") is None
    box = open_chat(page)
    expect(box.locator(".stored")).to_contain_text("By opening this chat")
    assert page.evaluate("JSON.parse(localStorage.getItem('regulars.chat')).secret.length") == 64


def test_question_answer_reload_and_the_other_page(visitor: BrowserContext, shop: Shop, agent: Agent):
    page = visit(visitor, shop, "/menu")
    box = open_chat(page)
    expect(box.locator(".standing")).to_contain_text("We answer right away")
    write(box, "Is the **soup** vegan? <b>please</b>")
    expect(box.locator(".own .when")).to_contain_text("Sent")
    answer(shop, agent, "Yes, **today** it is: https://example.com/soup.")
    reply = box.locator(".said:not(.own)")
    expect(reply.locator(".who")).to_have_text("Carla")
    expect(reply.locator("strong")).to_have_text("today")
    expect(reply.locator("a")).to_have_attribute("href", "https://example.com/soup")
    page.reload()
    expect(box.locator(".balloon")).to_have_count(2)
    page.goto(shop.url + "/")
    expect(box.locator(".balloon")).to_have_count(2)
    assert texts(box)[0] == "Is the **soup** vegan? <b>please</b>"
    assert page.faults == []  # type: ignore[attr-defined]


def test_what_is_written_without_a_network_survives_a_reload_and_is_shown_once(
    visitor: BrowserContext, shop: Shop, agent: Agent
):
    page = visitor.new_page()
    lost: list[bool] = []
    lines: list[WebSocketRoute] = []

    def line(route: WebSocketRoute) -> None:
        if lost:
            route.close()
            return
        lines.append(route)
        route.connect_to_server()

    page.route_web_socket("**/v1/chat", line)
    page.goto(shop.url + "/menu")
    box = open_chat(page)
    write(box, "first")
    expect(box.locator(".own .when")).to_contain_text("Sent")
    lost.append(True)
    lines[-1].close()
    expect(box.locator(".standing")).to_contain_text("No connection")
    write(box, "second, in a tunnel")
    write(box, "third, in a tunnel")
    expect(box.locator(".pending")).to_have_count(2)
    page.reload()
    expect(box.locator(".pending")).to_have_count(2)
    lost.clear()
    expect(box.locator(".pending")).to_have_count(0)
    expect(box.locator(".balloon")).to_have_count(3)
    page.reload()
    expect(box.locator(".balloon")).to_have_count(3)
    assert texts(box) == ["first", "second, in a tunnel", "third, in a tunnel"]


def test_an_agent_sees_who_is_on_the_site_and_invites_them(
    visitor: BrowserContext, shop: Shop, agent: Agent, desk_page: Page
):
    desk_page.goto(shop.url + "/desk/visitors")
    page = visit(visitor, shop, "/menu")
    allow(page)
    row = desk_page.locator("tr", has_text="Menu").first
    expect(row).to_be_visible()
    row.get_by_text("Invite …").click()
    row.get_by_label("What they read").fill("Shall we find you a sandwich?")
    row.get_by_role("button", name="Invite to chat").click()
    bubble = chat_of(page).locator(".bubble .words")
    expect(bubble).to_have_text("Shall we find you a sandwich?")
    bubble.click()
    box = chat_of(page)
    write(box, "Yes please")
    expect(box.locator(".own .when")).to_contain_text("Sent")
    expect(desk_page.get_by_text("in a chat").first).to_be_visible()


def test_it_works_by_keyboard_alone(visitor: BrowserContext, shop: Shop, agent: Agent):
    page = visit(visitor, shop, "/menu")
    box = chat_of(page)
    box.locator(".launch").focus()
    page.keyboard.press("Enter")
    expect(box.locator("textarea")).to_be_focused()
    expect(box.locator(".greeting")).not_to_be_empty()
    page.keyboard.type("one line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("another")
    page.keyboard.press("Enter")
    expect(box.locator(".balloon")).to_have_text("one lineanother")
    expect(box.locator(".own .when")).to_contain_text("Sent")
    page.keyboard.press("Escape")
    expect(box.locator(".panel")).to_be_hidden()
    expect(box.locator(".launch")).to_be_focused()
    answer(shop, agent, "read me")
    expect(box.locator(".launch")).to_have_attribute("aria-label", "Chat with us, 1 new")


def test_topics_come_with_their_reason_and_begin_the_question(visitor: BrowserContext, shop: Shop, agent: Agent):
    page = visit(visitor, shop, "/menu")
    box = open_chat(page)
    topic = box.locator(".topic").first
    expect(topic.locator(".chip")).to_be_visible()
    title = topic.locator(".ask").inner_text()
    topic.locator(".ask").click()
    expect(box.locator("textarea")).to_have_value(f"I have a question about “{title}”.")


def test_closed_it_takes_the_message_and_the_address(visitor: BrowserContext, shop: Shop, agent: Agent):
    from dataclasses import replace

    with shop.database.begin() as db:
        before = chat.settings(db)
        chat.save_settings(db, replace(before, switched_off=True), by="test", now=utc_now())
    try:
        page = visit(visitor, shop, "/menu")
        box = open_chat(page)
        expect(box.locator(".standing")).to_contain_text("We are closed")
        write(box, "Can you cater for 40?")
        expect(box.locator(".fault")).to_contain_text("e-mail address")
        box.locator("input[type=email]").fill("guest@example.com")
        box.locator(".send").click()
        expect(box.locator(".own .when")).to_contain_text("Sent")
    finally:
        with shop.database.begin() as db:
            chat.save_settings(db, before, by="test", now=utc_now())
    with shop.database.begin() as db:
        thread = desk.thread(db, newest(shop), by=agent)
    assert "guest@example.com" in {p.address for p in thread.participants}


def test_signing_in_takes_the_chat_along_and_signing_out_leaves_it(visitor: BrowserContext, shop: Shop, agent: Agent):
    page = visit(visitor, shop, "/menu")
    allow(page)
    box = open_chat(page, standing="We answer right away")
    write(box, "asked before I signed in")
    expect(box.locator(".own .when")).to_contain_text("Sent")
    page.goto(f"{shop.url}/signin-demo")
    chat_of(page).locator(".panel .close").first.click()
    page.get_by_role("button", name="Sign in as Omar").click()
    box = open_chat(page)
    expect(box.locator(".balloon").last).to_have_text("asked before I signed in")
    expect(box.locator(".greeting")).to_contain_text("Omar")
    box.locator(".panel .close").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    box = open_chat(page)
    expect(box.locator(".balloon")).to_have_count(0)


def test_it_works_on_another_site_under_the_strictest_policy(visitor: BrowserContext, shop: Shop, agent: Agent):
    with open_site(shop) as site:
        page = visitor.new_page()
        faults: list[str] = []
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.goto(site.page("required", "nl"))
        box = open_chat(page)
        write(box, "hallo")
        expect(box.locator(".own .when")).to_contain_text("Verstuurd")
        assert [f for f in faults if "policy" in f.lower()] == []


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_nothing_sticks_out(browser: Browser, shop: Shop, agent: Agent, width: int, height: int):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark", locale="es-ES")
    page = context.new_page()
    page.goto(shop.url + "/menu")
    box = open_chat(page)
    write(box, "una palabra " + "larguísima" * 30)
    expect(box.locator(".balloon")).to_be_visible()
    shape = box.locator(".panel").bounding_box()
    assert shape is not None
    assert shape["x"] >= 0
    assert shape["x"] + shape["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = "e => e.shadowRoot.querySelector('.log').scrollWidth <= e.shadowRoot.querySelector('.log').clientWidth"
    assert box.evaluate(wide)
    context.close()
