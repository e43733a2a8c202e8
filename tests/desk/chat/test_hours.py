"""Opening hours are the company's local time, whatever UTC says."""

from datetime import date, time

import pytest

from regulars.desk.chat import ChatSettings, is_open, opens_next
from tests.cast import utc

NINE_TO_FIVE = dict.fromkeys(range(5), ((time(9), time(17)),))
AMSTERDAM = ChatSettings("Europe/Amsterdam", NINE_TO_FIVE)
NIGHTS = ChatSettings("Europe/Amsterdam", {4: ((time(22), time(2)),)})
LUNCH = ChatSettings("UTC", {0: ((time(9), time(12)), (time(13), time(0)))})


@pytest.mark.parametrize(
    ("settings", "now", "open_"),
    [
        (ChatSettings(), utc(2026, 1, 1, 3), True),  # no hours: at all times
        (ChatSettings(switched_off=True), utc(2026, 1, 1, 3), False),
        (AMSTERDAM, utc(2026, 1, 9, 8), True),  # 9:00 in winter
        (AMSTERDAM, utc(2026, 1, 9, 7, 59), False),
        (AMSTERDAM, utc(2026, 7, 10, 7), True),  # 9:00 in summer
        (AMSTERDAM, utc(2026, 1, 9, 16), False),  # the end is excluded
        (AMSTERDAM, utc(2026, 1, 10, 10), False),  # Saturday
        (NIGHTS, utc(2026, 1, 10, 0, 30), True),  # Saturday 1:30, still Friday's
        (NIGHTS, utc(2026, 1, 10, 1), False),
        (LUNCH, utc(2026, 1, 5, 12, 30), False),
        (LUNCH, utc(2026, 1, 5, 23, 59), True),  # until midnight
        (ChatSettings("UTC", closed_days=frozenset({date(2026, 12, 25)})), utc(2026, 12, 25, 12), False),
    ],
)
def test_it_is_open_when_the_clock_on_the_wall_says_so(settings: ChatSettings, now, open_: bool):
    assert is_open(settings, now) is open_
    assert (opens_next(settings, now) is None) == (open_ or settings.switched_off)


def test_after_friday_it_opens_on_monday():
    assert opens_next(AMSTERDAM, utc(2026, 1, 9, 16)) == utc(2026, 1, 12, 8)


def test_a_holiday_is_passed_over():
    settings = ChatSettings("Europe/Amsterdam", NINE_TO_FIVE, closed_days=frozenset({date(2026, 1, 12)}))
    assert opens_next(settings, utc(2026, 1, 9, 16)) == utc(2026, 1, 13, 8)


def test_without_any_hour_it_never_opens():
    assert opens_next(ChatSettings("UTC", {}), utc(2026, 1, 9, 16)) is None
