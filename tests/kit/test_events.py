"""News reaches those who subscribed to its kind, in their order."""

from dataclasses import dataclass

from regulars.kit.events import Bus


@dataclass(frozen=True)
class Closed:
    """Some news."""

    ticket: int


def test_news_reaches_its_subscribers_in_order_and_nobody_else():
    heard: list[object] = []
    bus = Bus()
    bus.subscribe(Closed, lambda news: heard.append(("first", news)))
    bus.subscribe(Closed, lambda news: heard.append(("second", news)))
    bus.subscribe(str, heard.append)
    bus.publish([Closed(1)])
    assert heard == [("first", Closed(1)), ("second", Closed(1))]
