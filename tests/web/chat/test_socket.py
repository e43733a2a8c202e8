"""Chat over a real socket: durable, once, in order, and for nobody else's eyes."""

from base64 import b64encode

import httpx
import pytest

from regulars import desk
from regulars.desk import NewReply
from regulars.desk.model import ConversationId
from regulars.kit.clock import utc_now
from tests.web.chat.conftest import Shop
from tests.web.chat.talker import Talker, texts
from tests.web.seen import count

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


def talker(shop: Shop, **hello: object) -> Talker:
    return Talker(shop.address, shop.keys.write, **hello)


def conversation_of(shop: Shop, message: int) -> ConversationId:
    from regulars.desk.store.customers import conversation_of

    with shop.database.begin() as db:
        return conversation_of(db, desk.MessageId(message))


def answer(shop: Shop, message: int, text: str) -> desk.Written:
    conversation = conversation_of(shop, message)
    with shop.database.begin() as db:
        return desk.write(db, conversation, NewReply(text), by=shop.ana, now=utc_now())


def test_a_message_is_acknowledged_when_it_is_durable_and_there_after_a_reload(shop: Shop):
    with talker(shop) as visitor:
        assert visitor.welcome()["messages"] == []
        ack = visitor.said("Is the soup vegan?")
    with talker(shop, secret=visitor.secret) as again:
        messages = again.welcome()["messages"]
        assert [(m["id"], m["text"], m["own"]) for m in messages] == [(ack["id"], "Is the soup vegan?", True)]


def test_sent_again_with_the_same_id_it_is_one_message(shop: Shop):
    with talker(shop) as visitor:
        visitor.welcome()
        first = visitor.said("once", id="the-same-id")
        assert visitor.said("once", id="the-same-id")["id"] == first["id"]
    with talker(shop, secret=visitor.secret) as again:
        again.welcome()
        again.said("once", id="the-same-id")
        again.said("twice")
    with talker(shop, secret=visitor.secret) as again:
        assert texts(again.welcome()) == ["once", "twice"]


def test_many_at_once_arrive_in_their_order(shop: Shop):
    with talker(shop) as visitor:
        visitor.welcome()
        ids = [visitor.say(f"line {n}") for n in range(30)]
        acks = [visitor.next("ack") for _ in ids]
    assert [a["client"] for a in acks] == ids
    assert [a["id"] for a in acks] == sorted(a["id"] for a in acks)
    with talker(shop, secret=visitor.secret) as again:
        assert texts(again.welcome()) == [f"line {n}" for n in range(30)]


def test_the_agents_answer_reaches_every_tab_at_once_and_can_be_taken_back(shop: Shop):
    with talker(shop) as tab, talker(shop, secret=tab.secret) as other:
        tab.welcome()
        other.welcome()
        ack = tab.said("hello?")
        assert other.next("message")["text"] == "hello?"
        written = answer(shop, ack["id"], "Hi, this is Ana")
        for shown in (tab.next("message", lambda f: not f["own"]), other.next("message", lambda f: not f["own"])):
            assert (shown["text"], shown["name"]) == ("Hi, this is Ana", "Ana")
        with shop.database.begin() as db:
            desk.unsend(db, written.message, by=shop.ana, now=utc_now())
        assert texts(tab.next("thread", lambda f: len(f["messages"]) == 1)) == ["hello?"]


def test_a_note_among_colleagues_never_reaches_the_visitor(shop: Shop):
    with talker(shop) as visitor:
        visitor.welcome()
        ack = visitor.said("hello?")
        with shop.database.begin() as db:
            desk.note(db, conversation_of(shop, ack["id"]), "a difficult one", by=shop.ana, now=utc_now())
        answer(shop, ack["id"], "Hi")
        visitor.next("message", lambda f: not f["own"])
        assert "difficult" not in str(visitor.heard)
    with talker(shop, secret=visitor.secret) as again:
        assert texts(again.welcome()) == ["hello?", "Hi"]


def test_typing_and_read_marks_go_both_ways(shop: Shop):
    with talker(shop) as visitor:
        visitor.welcome()
        ack = visitor.said("hello?")
        conversation = conversation_of(shop, ack["id"])
        with shop.database.begin() as db:
            desk.look(db, conversation, by=shop.ana, typing=True, now=utc_now())
        visitor.next("typing")
        with shop.database.begin() as db:
            desk.mark_seen(db, conversation, desk.MessageId(ack["id"]), by=shop.ana, now=utc_now())
        assert visitor.next("seen")["last"] == ack["id"]
        heard: list[str] = []
        from threading import Event

        from regulars.store.live import Live

        both = Event()

        def hear(topic: str, note: str) -> None:
            heard.append(note)
            if len({n.partition(":")[0] for n in heard} & {"typing", "seen"}) == 2:
                both.set()

        live = Live(shop.database).start()
        assert live.listening.wait(10)
        live.subscribe([f"conversation:{conversation}"], hear)
        visitor.send({"type": "typing"})
        visitor.send({"type": "seen", "last": ack["id"]})
        assert both.wait(10)
        live.close()
        assert f"seen:customer:{ack['id']}" in heard


def test_online_agents_open_the_chat_and_the_queue_has_places(shop: Shop):
    shop.online(shop.ana)
    with talker(shop) as visitor:
        standing = visitor.welcome()["standing"]
        if standing["standing"] == "nobody":
            standing = visitor.next("standing")
        assert standing["standing"] in ("open", "busy")
        ack = visitor.said("I wait")
        place = visitor.next("standing", lambda f: f["place"] is not None)["place"]
        assert place["number"] >= 1
        assert place["seconds"] > 0
        answer(shop, ack["id"], "here I am")
        visitor.next("standing", lambda f: f["place"] is None)


def test_a_picture_is_sent_and_opened_by_its_signed_address_only(shop: Shop):
    with talker(shop) as visitor:
        visitor.welcome()
        file = {"name": "../my<b>\u202egnp.html", "data": b64encode(PNG).decode()}
        visitor.said("look", files=[file])
    with talker(shop, secret=visitor.secret) as again:
        shown = again.welcome()["messages"][0]["files"][0]
    assert (shown["name"], shown["type"], shown["picture"]) == ("my<b>gnp.html", "image/png", True)
    url = shown["url"].replace("http://127.0.0.1:8000", shop.address)
    good = httpx.get(url)
    assert (good.status_code, good.content) == (200, PNG)
    assert good.headers["content-type"] == "image/png"
    assert good.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in good.headers["content-security-policy"]
    assert httpx.get(url[:-3]).status_code == 403
    assert httpx.get(url.replace("until=1", "until=2")).status_code == 403


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("run.exe", b"MZ\x90"),
        ("a.svg", b"<svg onload='x'/>"),
        ("a.png", b""),
    ],
)  # fmt: skip
def test_a_file_that_could_run_is_refused_with_words(shop: Shop, name: str, content: bytes):
    with talker(shop) as visitor:
        visitor.welcome()
        visitor.say("", files=[{"name": name, "data": b64encode(content).decode()}])
        assert visitor.next("refused")["detail"]
        visitor.said("still here")


def test_nobody_there_the_message_is_taken_with_the_address(shop: Shop):
    with talker(shop) as visitor:
        visitor.welcome()
        visitor.say("call me", email="not an address")
        assert "address" in visitor.next("refused")["detail"]
        ack = visitor.said("call me", email="Vera@example.com")
        with shop.database.begin() as db:
            thread = desk.thread(db, conversation_of(shop, ack["id"]), by=shop.mia)
        assert "vera@example.com" in {p.address for p in thread.participants}


def test_bad_frames_are_told_apart_and_hurt_nobody(shop: Shop):
    before = count(shop.database, "conversation_messages")
    for bad in (
        "{",
        "[]",
        '{"type": "say", "id": "x"}',
        '{"type": "grab"}',
        '{"type": "hello", "key": "k", "secret": "s"}',
    ):
        with talker(shop) as visitor:
            visitor.welcome()
            visitor.socket.send(bad)
            assert visitor.next("fault")["status"] == 422
    assert count(shop.database, "conversation_messages") == before


def test_the_sign_in_joins_and_another_users_secret_begins_anew(shop: Shop):
    with talker(shop, anonymous="device-7") as visitor:
        visitor.welcome()
        visitor.said("before I signed in")
    with talker(shop, secret=visitor.secret, anonymous="device-7", token=shop.keys.person("vera")) as vera:
        assert texts(vera.welcome()) == ["before I signed in"]
    for hello in ({}, {"token": shop.keys.person("omar")}):
        with talker(shop, secret=visitor.secret, anonymous="device-7", **hello) as other:
            assert other.next("anew")
    with talker(shop, token=shop.keys.person("vera")) as phone:
        assert texts(phone.welcome()) == ["before I signed in"]


def test_who_loses_the_chat_while_it_is_open_hears_no_more_of_it(shop: Shop):
    with talker(shop, anonymous="device-8") as visitor:
        visitor.welcome()
        ack = visitor.said("shared device")
        with talker(shop, secret=visitor.secret, token=shop.keys.person("vera")) as vera:
            vera.welcome()
            with shop.database.begin() as db:
                desk.set_priority(db, conversation_of(shop, ack["id"]), desk.Priority.HIGH, by=shop.ana, now=utc_now())
            visitor.next("anew")
