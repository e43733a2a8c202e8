"""GET /desk/live: an agent hears of what they may see, and of nothing else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest

from regulars import desk, team
from regulars.desk.model import ConversationId
from regulars.kit.clock import utc_now
from regulars.store.live import tell_many
from regulars.team import Agent
from tests.cast import ANA, BRAM, MIA
from tests.web.chat.conftest import Shop
from tests.web.chat.talker import Talker


@contextmanager
def listening(shop: Shop, who: object, *topics: str) -> Iterator[Iterator[dict[str, object]]]:
    cookies = {"regulars": shop.session(who)}  # type: ignore[arg-type]
    with (
        httpx.Client(base_url=shop.address, cookies=cookies, timeout=20) as client,
        client.stream("GET", "/desk/live", params={"topics": ",".join(topics)}) as stream,
    ):
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        yield events(stream.iter_lines())


def events(lines: Iterator[str]) -> Iterator[dict[str, object]]:
    assert next(lines).startswith("retry")
    for line in lines:
        if line.startswith("data: "):
            yield json.loads(line[6:])


def conversation(shop: Shop) -> tuple[Talker, ConversationId, int]:
    visitor = Talker(shop.address, shop.keys.write)
    visitor.welcome()
    ack = visitor.said("hello?")
    from regulars.desk.store.customers import conversation_of

    with shop.database.begin() as db:
        return visitor, conversation_of(db, desk.MessageId(ack["id"])), ack["id"]


def test_who_looks_hears_each_message_with_its_words(shop: Shop):
    visitor, room, _ = conversation(shop)
    with listening(shop, ANA, f"conversation:{room}", "inbox") as heard:
        visitor.said("and the bread?")
        told = next(e for e in heard if e["topic"] == f"conversation:{room}" and "message" in e)
        assert told["message"]["text"] == "and the bread?"  # type: ignore[index]
        inbox = next(e for e in heard if e["topic"] == "inbox")
        assert inbox["note"] == ""  # a plain agent is not told which conversation it was
    with listening(shop, MIA, "inbox") as heard:
        visitor.said("anybody?")
        assert next(heard)["note"] == str(room)


def test_a_conversation_that_moves_to_another_department_is_heard_no_more(shop: Shop):
    visitor, room, _ = conversation(shop)
    with shop.database.begin() as db:
        other = team.save_department(db, team.new_department(f"Catering {uuid4()}"), now=utc_now())
    with listening(shop, BRAM, f"conversation:{room}") as heard:
        with shop.database.begin() as db:
            desk.move(db, room, other.id, by=shop.mia, now=utc_now())
        assert next(heard)["note"] == "gone"
    refused(shop, BRAM, f"conversation:{room}", 404)
    visitor.socket.close()


def refused(shop: Shop, who: object, topics: str, status: int) -> None:
    cookies = {"regulars": shop.session(who)}  # type: ignore[arg-type]
    answer = httpx.get(f"{shop.address}/desk/live", params={"topics": topics}, cookies=cookies, timeout=20)
    assert answer.status_code == status, answer.text[:300]


@pytest.mark.parametrize(
    ("topics", "status"),
    [
        ("", 422),
        ("everything", 422),
        ("conversation:everybody", 422),
        (f"conversation:{uuid4()}", 404),
        (f"inbox,conversation:{uuid4()}", 404),
        (f"agent:{uuid4()}", 403),
        ("person:0", 422),
        (f"visitor:{uuid4()}", 422),  # the browsers' own topics are not the agents'
    ],
)
def test_a_topic_that_is_not_theirs_is_refused(shop: Shop, topics: str, status: int):
    refused(shop, ANA, topics, status)


def test_who_is_not_signed_in_hears_nothing(shop: Shop):
    for how in ({}, {"cookies": {"regulars": "forged"}}, {"auth": (shop.keys.server, "")}):
        answer = httpx.get(f"{shop.address}/desk/live?topics=inbox", timeout=20, **how)
        assert answer.status_code in (302, 303, 401)
        assert "event-stream" not in answer.headers["content-type"]


def test_visitors_are_listed_while_they_are_here_and_invited_by_hand(shop: Shop):
    agent: Agent = shop.ana
    with listening(shop, ANA, "visitors") as heard:
        with Talker(
            shop.address, shop.keys.write, here=True, visits=3,
            page={"type": "page", "url": "https://shop.example/basket", "title": "Basket <b>"},
        ) as visitor:  # fmt: skip
            visitor.welcome()
            assert next(heard)["topic"] == "visitors"
            cookies = {"regulars": shop.session(ANA)}
            shown = httpx.get(f"{shop.address}/desk/visitors", cookies=cookies, timeout=20).text
            assert "Basket &lt;b&gt;" in shown
            from regulars.desk import chat

            with shop.database.begin() as db:
                here = next(v for v in chat.visitors(db, now=utc_now()) if v.url.endswith("/basket"))
                chat.invite(db, here.id, "Can we help?", by=agent, now=utc_now())
            invited = visitor.next("invitation")
            assert invited["text"] == "Can we help?"
            visitor.send({"type": "invitation", "id": invited["id"], "answer": "dismissed"})
            visitor.send({"type": "ping"})
            visitor.next("pong")
        assert next(heard)["topic"] == "visitors"  # gone
    with shop.database.begin() as db:
        assert not [v for v in chat.visitors(db, now=utc_now()) if v.id == here.id]
        assert [i.answer for i in chat.before(db, here.id, now=utc_now())] == ["dismissed"]


def test_who_gave_no_consent_is_on_no_list(shop: Shop):
    from regulars.desk import chat

    with Talker(shop.address, shop.keys.write, page={"type": "page", "url": "https://shop.example/quiet"}) as visitor:
        visitor.welcome()
        visitor.said("I only ask")
        with shop.database.begin() as db:
            assert not [v for v in chat.visitors(db, now=utc_now()) if v.url.endswith("/quiet")]


def test_notes_told_in_one_process_reach_pages_of_another(shop: Shop):
    with listening(shop, ANA, "chat") as heard:
        with shop.database.begin() as db:
            tell_many(db, [("chat", "x")])
        assert next(heard) == {"topic": "chat", "note": "x"}
