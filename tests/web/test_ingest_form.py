"""The forms in which event calls arrive, and everything that is not one."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from regulars.kit.errors import Fault, Invalid, TooLarge
from regulars.web.ingest_form import MOST_BATCH_BYTES, MOST_EVENTS, read_batch, read_call, unpacked
from regulars.web.problems import Malformed

PLAIN = b'{"event":"Opened"}'


@pytest.mark.parametrize(
    ("body", "encoding"), [(PLAIN, None), (PLAIN, "identity"), (gzip.compress(PLAIN, mtime=0), "gzip")]
)
def test_a_body_may_come_plain_or_gzip(body: bytes, encoding: str | None):
    assert unpacked(body, encoding) == PLAIN


@pytest.mark.parametrize(
    ("body", "encoding", "fault"),
    [
        (PLAIN, "gzip", Malformed),
        (gzip.compress(PLAIN, mtime=0)[:-9], "gzip", Malformed),
        (PLAIN, "br", Malformed),
        (b"\xff\xfe", None, Malformed),
        (gzip.compress(b" " * 50_000_000, mtime=0), "gzip", TooLarge),  # a small body that unpacks to 50 MB
        (b" " * (MOST_BATCH_BYTES + 1), None, TooLarge),
    ],
)
def test_a_body_that_is_not_one_is_refused(body: bytes, encoding: str | None, fault: type[Fault]):
    with pytest.raises(fault):
        unpacked(body, encoding)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-20T12:00:00Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00:00.123+01:00", datetime(2026, 11, 20, 11, 0, 0, 123000, tzinfo=UTC)),
        ("2026-11-20 12:00:00+00:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("20261120T120000Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        (1_795_176_000, datetime(2026, 11, 20, 12, tzinfo=UTC)),
        (1_795_176_000_000, datetime(2026, 11, 20, 12, tzinfo=UTC)),
        (None, None),
    ],
)
def test_times_come_in_many_forms(said: object, meant: datetime | None):
    at = read_call(json.dumps({"timestamp": said}).encode()).timestamp
    assert (at is None) == (meant is None)
    assert at is None or meant is None or abs(at - meant) < timedelta(milliseconds=1)


@pytest.mark.parametrize("said", ["yesterday", "", "2026-13-45", 1e300, -1e18, True, [], {"a": 1}])
def test_what_is_no_time_is_named(said: object):
    with pytest.raises(Invalid) as refused:
        read_call(json.dumps({"timestamp": said}).encode())
    assert "timestamp" in refused.value.detail


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", Malformed),
        (b"{", Malformed),
        (b'{"properties":' + b"[" * 20_000, Malformed),
        (b'{"timestamp":"","properties":' + b"[" * 20_000, Malformed),
        (b"[]", Invalid),
        (b'"text"', Invalid),
        (b'{"event":5}', Invalid),
        (b'{"userId":{}}', Invalid),
        (b'{"anonymousId":1.5}', Invalid),
        (b'{"event":"' + b"x" * 40_000 + b'"}', TooLarge),
        (rb'{"event":"\ud800"}', Malformed),
    ],
)
def test_an_event_that_is_not_one_is_refused(raw: bytes, fault: type[Fault]):
    with pytest.raises(fault):
        read_call(raw)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"{}", Invalid),
        (b'{"batch":{}}', Invalid),
        (b'{"batch":[1,2', Malformed),
        (b'{"batch":[' + b"{}," * MOST_EVENTS + b"{}]}", TooLarge),
    ],
)
def test_a_batch_that_is_not_one_is_refused(body: bytes, fault: type[Fault]):
    with pytest.raises(fault):
        read_batch(body)
