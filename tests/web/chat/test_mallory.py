"""Mallory at the sockets: without a key, with another site's, knowing an anonymous id, with a forged token."""

import pytest

from regulars import people, team
from regulars.kit.clock import utc_now
from regulars.people import IdentifyCall
from tests.cast import ANON, MALLORY, VERA
from tests.web.chat.conftest import Shop
from tests.web.chat.talker import Talker
from tests.web.conftest import SHOP


def refused(shop: Shop, status: int, key: str | None = None, **hello: object) -> None:
    key = shop.keys.write if key is None else key
    with Talker(shop.address, key, **hello) as mallory:
        assert mallory.next("fault")["status"] == status
        assert [f for f in mallory.heard if f["type"] != "fault"] == []


def test_without_a_write_key_nobody_talks(shop: Shop):
    for key in ("", "wk_made-up", "x" * 200):
        refused(shop, 401, key)
    refused(shop, 403, shop.keys.server)


def test_a_key_bound_to_a_site_works_there_only(shop: Shop):
    refused(shop, 403, shop.keys.bound, origin="https://evil.example")
    with Talker(shop.address, shop.keys.bound, origin=SHOP) as visitor:
        assert visitor.welcome()


def test_a_token_that_is_forged_or_over_is_worse_than_none(shop: Shop):
    refused(shop, 401, token="forged")
    refused(shop, 401, token=team.person_token("another secret of thirty-two bytes!", VERA, expires=utc_now()))
    refused(shop, 401, token=team.person_token(shop.keys.secret, VERA, expires=utc_now()))


def test_a_secret_that_could_be_guessed_is_refused(shop: Shop):
    for secret in ("", "short", "a" * 64):
        refused(shop, 422, secret=secret)


def test_knowing_an_anonymous_id_reads_nothing_and_writes_into_no_other_chat(shop: Shop):
    with Talker(shop.address, shop.keys.write, anonymous=ANON) as visitor:
        visitor.welcome()
        visitor.said("my allergy")
        with Talker(shop.address, shop.keys.write, anonymous=ANON) as mallory:
            assert mallory.welcome()["messages"] == []
            mallory.said("give me all")
            visitor.said("anybody there?")
            mallory.said("more")
            assert "allergy" not in str(mallory.heard)
            assert "anybody" not in str(mallory.heard)
        assert "give me all" not in str(visitor.heard)


def test_making_an_anonymous_id_ones_own_by_signing_in_opens_not_its_chat(shop: Shop):
    with Talker(shop.address, shop.keys.write, anonymous="somebodys") as visitor:
        visitor.welcome()
        visitor.said("my allergy")
    with shop.database.begin() as db:
        people.identify(db, IdentifyCall(MALLORY, "somebodys", proven=True), now=utc_now())
    with Talker(shop.address, shop.keys.write, anonymous="somebodys", token=shop.keys.person(MALLORY)) as mallory:
        assert mallory.welcome()["messages"] == []
        mallory.said("hello")
        assert "allergy" not in str(mallory.heard)


@pytest.mark.parametrize("first", ["", "[]", '{"type": "say", "id": "12345678", "text": "hi"}', "x" * 20_000])
def test_who_does_not_say_hello_first_is_shown_out(shop: Shop, first: str):
    from websockets.sync.client import connect

    with connect(shop.address.replace("http", "ws", 1) + "/v1/chat", open_timeout=20) as socket:
        socket.send(first)
        assert '"fault"' in str(socket.recv(timeout=20))
