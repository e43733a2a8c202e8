"""PostgreSQL's one-dimensional arrays without nulls, in its binary format, as numpy arrays."""

import numpy as np
from numpy.typing import NDArray

HEADER = 20
"""Bytes before the first element: dimensions, flags, type, length, lower bound."""

ELEMENTS = {kind: np.dtype([("length", ">i4"), ("value", kind)]) for kind in (">i8", ">i4", ">i2")}


def array_of(raw: bytes, kind: str) -> NDArray[np.int64]:
    """The elements of `raw`, each of `kind` (">i8" bigint and timestamptz, ">i4" int, ">i2" smallint)."""
    if len(raw) < HEADER:
        return np.empty(0, np.int64)
    return np.frombuffer(raw, ELEMENTS[kind], offset=HEADER)["value"].astype(np.int64)
