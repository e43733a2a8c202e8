"""The forms in which event calls arrive: one event or a batch, plain or gzip, with what the Segment spec allows."""

import zlib
from datetime import UTC, datetime
from typing import cast

import msgspec
from msgspec import UNSET, Raw, UnsetType

from regulars.kit.errors import Invalid, TooLarge
from regulars.web.problems import Malformed

MOST_EVENT_BYTES = 32 * 1024
MOST_BATCH_BYTES = 500 * 1024
MOST_EVENTS = 2_500

Id = str | int | None
NOTHING = Raw(b"{}")


class Call(msgspec.Struct, rename="camel", gc=False):
    """One event as it is sent (https://segment.com/docs/connections/spec/common/)."""

    type: str = ""
    message_id: str | None = None
    event: str | None = None
    name: str | None = None
    user_id: Id = None
    anonymous_id: Id = None
    previous_id: Id = None
    timestamp: datetime | None = None
    sent_at: datetime | None = None
    properties: Raw = NOTHING
    context: Raw = NOTHING
    traits: Raw = NOTHING
    write_key: object = None
    person_token: object = None


class Batch(msgspec.Struct, rename="camel"):
    """Several events as they are sent."""

    batch: list[Raw] | UnsetType = UNSET
    sent_at: datetime | None = None
    context: Raw = NOTHING
    write_key: object = None
    person_token: object = None


_call = msgspec.json.Decoder(Call)
_batch = msgspec.json.Decoder(Batch)
_loose = msgspec.json.Decoder(
    msgspec.defstruct(
        "LooseCall", [("timestamp", object, None), ("sent_at", object, None)], bases=(Call,), rename="camel"
    )
)


def unpacked(body: bytes, encoding: str | None) -> bytes:
    """`body` without its gzip coat, valid UTF-8. Raises TooLarge, Malformed."""
    if encoding in ("gzip", "x-gzip"):
        try:
            unzip = zlib.decompressobj(wbits=31)
            body = unzip.decompress(body, MOST_BATCH_BYTES + 1)
        except zlib.error as e:
            raise Malformed("the body is said to be gzip and is not") from e
        if not unzip.eof and len(body) <= MOST_BATCH_BYTES:
            raise Malformed("the gzip body ends too early")
    elif encoding not in (None, "", "identity"):
        raise Malformed("send the body as it is, or with Content-Encoding: gzip")
    if len(body) > MOST_BATCH_BYTES:
        raise TooLarge(f"a call may have {MOST_BATCH_BYTES // 1024} KB: send smaller batches")
    try:
        body.decode()
    except UnicodeDecodeError as e:
        raise Malformed("the body is not UTF-8") from e
    return body


def read_batch(body: bytes) -> Batch:
    """The batch in `body`. Raises Malformed, Invalid, TooLarge."""
    try:
        batch = _batch.decode(body)
    except msgspec.ValidationError as e:
        raise Invalid(f"the batch is not in the form of the spec: {e}") from e
    except (msgspec.DecodeError, RecursionError) as e:
        raise Malformed(f"the body is not JSON: {e}") from e
    if batch.batch is UNSET:
        raise Invalid('a batch has its events in "batch"', fields={"batch": "is missing"})
    if len(batch.batch) > MOST_EVENTS:
        raise TooLarge(f"a batch may have {MOST_EVENTS} events, this one has {len(batch.batch)}")
    return batch


def read_call(raw: bytes | Raw) -> Call:
    """The event in `raw`. Raises Malformed, Invalid with the field, TooLarge."""
    if memoryview(raw).nbytes > MOST_EVENT_BYTES:
        raise TooLarge(f"an event may have {MOST_EVENT_BYTES // 1024} KB")
    try:
        try:
            return _call.decode(raw)
        except msgspec.ValidationError:
            return _read_loosely(raw)
    except msgspec.ValidationError as e:
        raise Invalid(f"the event is not in the form of the spec: {e}") from e
    except (msgspec.DecodeError, RecursionError) as e:
        raise Malformed(f"the event is not JSON: {e}") from e


def _read_loosely(raw: bytes | Raw) -> Call:
    call = cast("Call", _loose.decode(raw))
    for field, name in (("timestamp", "timestamp"), ("sent_at", "sentAt")):
        setattr(call, field, _instant(getattr(call, field), name))
    return call


def _instant(said: object, name: str) -> datetime | None:
    """A time in a form that JSON dates do not have: other ISO 8601, or milliseconds since 1970."""
    try:
        if isinstance(said, str):
            return datetime.fromisoformat(said)
        if isinstance(said, int | float) and not isinstance(said, bool):
            return datetime.fromtimestamp(said / 1000 if abs(said) > 1e11 else said, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    if said is None:
        return None
    raise Invalid(f"{name} is a time like 2026-11-20T12:00:00Z", fields={name: "is no time"})
