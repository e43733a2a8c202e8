"""The head of the candidates as it is logged: enough to say later what another order would have shown."""

import struct
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
VERSION = 1
_HEAD = struct.Struct("<BBHHH")


class Packed(Protocol):
    """What the log keeps of the candidates of a decision."""

    def packed(self) -> bytes:
        """For the log. May take its time: not for a request."""


@dataclass(frozen=True, slots=True)
class Head:
    """Candidates in the order of their scores, before the order was adjusted.

    items, base, factor (k,)   score = base × factor; `factor` is what guesses, rules and "less like this" multiply
    features (k, f)            see `features`; half precision in the log
    reach                      how many of the first may be put in another order
    places                     where in the slot the guessed places are, in their order, 0 = first
    """

    items: I32
    base: F32
    factor: F32
    features: F32
    reach: int
    places: tuple[int, ...]

    def standing(self, places: tuple[int, ...]) -> "Head":
        """It, with where in the slot the guessed places are."""
        return replace(self, places=places)

    def packed(self) -> bytes:
        """For the log."""
        k, f = self.features.shape
        return b"".join(
            (
                _HEAD.pack(VERSION, len(self.places), k, f, self.reach),
                bytes(self.places),
                self.items.astype("<i4").tobytes(),
                self.base.astype("<f4").tobytes(),
                self.factor.astype("<f4").tobytes(),
                self.features.astype("<f2").tobytes(),
            )
        )


def unpacked(said: bytes) -> Head | None:
    """From the log; None when another version wrote it."""
    version, places, k, f, reach = _HEAD.unpack_from(said)
    if version != VERSION:
        return None
    at = _HEAD.size + places
    arrays = []
    for kind, size in (("<i4", k), ("<f4", k), ("<f4", k), ("<f2", k * f)):
        arrays.append(np.frombuffer(said, kind, size, at))
        at += arrays[-1].nbytes
    items, base, factor, features = arrays
    return Head(
        items.astype(np.int32),
        base.astype(np.float32),
        factor.astype(np.float32),
        features.reshape(k, f).astype(np.float32),
        reach,
        tuple(said[_HEAD.size : _HEAD.size + places]),
    )
