"""The official client libraries of Segment and RudderStack work by changing only the host."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rudderstack.analytics.client import Client as Rudder
from segment.analytics.client import Client as Segment

from regulars.people import Verb
from regulars.store import Database
from tests.cast import ANON, VERA
from tests.web.conftest import Keys
from tests.web.process import Server
from tests.web.seen import Row, count, events

ORDER = {"order_id": "1", "currency": "EUR", "products": [{"product_id": "club", "name": "Café club", "price": 6.5}]}


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path, database_url) as server:
        yield server


@pytest.mark.parametrize("gzip", [False, True])
def test_segments_library_is_understood(server: Server, keys: Keys, database: Database, gzip: bool):
    faults: list[object] = []
    client = Segment(keys.server, host=server.address, gzip=gzip, on_error=lambda e, _: faults.append(e), max_retries=1)
    client.track(VERA, "Order Completed", ORDER)
    client.page(VERA, "Shop", "Home", {"url": "https://shop.example/"})
    client.screen(VERA, "Shop", "Home")
    client.group(VERA, "g-1", {"name": "Ours"})
    client.identify(VERA, {"city": "Utrecht", "né": "été"}, anonymous_id=ANON)
    client.alias("before", VERA)
    client.flush()
    client.join()
    understood(events(database), faults)
    assert count(database, "(select distinct root_id from persons) as everybody") == 1


@pytest.mark.parametrize("gzip", [False, True])
def test_rudderstacks_library_is_understood(server: Server, keys: Keys, database: Database, gzip: bool):
    faults: list[object] = []
    client = Rudder(keys.server, host=server.address, gzip=gzip, on_error=lambda e, _: faults.append(e), max_retries=1)
    client.track(VERA, "Order Completed", ORDER)
    client.page(VERA, "Shop", "Home", {"url": "https://shop.example/"})
    client.screen(VERA, "Shop", "Home")
    client.group(VERA, "g-1", {"name": "Ours"})
    client.identify(VERA, {"city": "Utrecht", "né": "été"}, anonymous_id=ANON)
    client.alias("before", VERA)
    client.flush()
    client.join()
    understood(events(database), faults)


def test_a_library_is_told_what_is_wrong(server: Server, database: Database):
    faults: list[object] = []
    client = Segment("sk_made-up", host=server.address, on_error=lambda e, _: faults.append(e), max_retries=1)
    client.track(VERA, "Order Completed", ORDER)
    client.flush()
    client.join()
    assert "[Segment] unauthorized: this key is unknown or was revoked" in str(faults[0])
    assert events(database) == []


def understood(found: list[Row], faults: list[object]) -> None:
    assert faults == []
    assert sorted(e.name for e in found) == sorted(["Order Completed", "Home", "Home", "group", "identify", "alias"])
    assert {e.who for e in found} == {(f"user:{VERA}",)}
    (order,) = [e for e in found if e.name == "Order Completed"]
    assert (order.verb, order.items) == (Verb.BOUGHT, ("club",))
    assert order.properties == ORDER
