"""From values to what the driver takes: lists of rows as one JSON text (it writes arrays of texts six times slower)."""

import re
from datetime import datetime
from typing import Any

import msgspec

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_encoder = msgspec.json.Encoder(enc_hook=str)


def as_json(rows: Any) -> str:
    """`rows` as JSON text without U+0000, which PostgreSQL cannot hold."""
    text = _encoder.encode(rows).decode()
    return _NUL.sub(r"\1\\ufffd", text) if "\\u0000" in text else text


def moment(at: datetime | None) -> str | None:
    """`at` as text."""
    return None if at is None else at.isoformat()
