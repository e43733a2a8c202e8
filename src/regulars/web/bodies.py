"""Bodies that are read by hand, where the framework's way would cost more than the work."""

from typing import Generic, TypeVar

import msgspec

from regulars.kit.shape import shaped
from regulars.web.problems import Malformed

T = TypeVar("T")


class Body(Generic[T]):
    """Reads bodies of one kind (a msgspec struct)."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decode = msgspec.json.Decoder(kind).decode

    def read(self, body: bytes) -> T:
        """`body` as the struct. Raises Malformed when it is not JSON, Invalid with the place when it does not fit."""
        try:
            return self._decode(body)
        except msgspec.ValidationError:
            return shaped(body, self._kind)  # says where
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
            raise Malformed(f"the body is not JSON: {e}") from e
