"""When an event happened, whatever the sender's clock says."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.web.ingest_clock import happened_at
from tests.cast import NOW, utc

YEARS_10 = timedelta(days=3652)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("said", "sent", "at", "set_aside"),
    [
        (None, None, NOW, False),  # nothing said: now
        (NOW - SECOND, None, NOW - SECOND, False),  # no time of sending: believed
        (NOW - YEARS_10 - SECOND, NOW - YEARS_10, NOW - SECOND, False),  # ten years behind: the difference counts
        (NOW + YEARS_10 - SECOND, NOW + YEARS_10, NOW - SECOND, False),  # ten years ahead: likewise
        (NOW + YEARS_10, None, NOW, True),  # ten years ahead and no way to tell
        (NOW + SECOND, None, NOW, False),  # a second ahead: received now, not worth a note
        (NOW + timedelta(hours=25), NOW, NOW, True),  # says it happened tomorrow
        (NOW - YEARS_10, NOW, NOW - YEARS_10, False),  # an old event, sent now
        (utc(1970, 1, 1), None, NOW, True),  # a clock that was never set
        (datetime(2026, 11, 20, 11), None, utc(2026, 11, 20, 11), False),  # noqa: DTZ001  no zone: UTC
        (utc(1, 1, 1), utc(9999, 12, 31), NOW, True),  # differences beyond all time
    ],
)  # fmt: skip
def test_only_differences_of_a_senders_clock_are_believed(
    said: datetime | None, sent: datetime | None, at: datetime, set_aside: bool
):
    assert happened_at(said, sent, NOW) == (at, set_aside)


@given(said=st.none() | st.datetimes(), sent=st.none() | st.datetimes())
def test_nothing_happens_after_it_was_received(said: datetime | None, sent: datetime | None):
    at, _ = happened_at(said, sent, NOW)
    assert at <= NOW
    assert at.tzinfo is not None
