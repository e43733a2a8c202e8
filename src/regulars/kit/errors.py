"""The kinds of things that can go wrong, in words a person can act on.

Rooms raise these; one table in `web` maps each kind to an RFC 9457 problem, the command line to exit code 2.
Anything else that escapes is a bug.
"""

from collections.abc import Mapping


class Fault(Exception):
    """Something the caller can act on. `detail` says what to do; `fields` maps a place in the input to its fault."""

    title = "Something is wrong"

    def __init__(self, detail: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = dict(fields or {})


class Invalid(Fault):
    """The input does not make sense."""

    title = "Invalid input"


class NotFound(Fault):
    """There is no such thing, or not for you."""

    title = "Not found"


class Conflict(Fault):
    """It made sense, but not in the state things are in."""

    title = "Conflict"


class Forbidden(Fault):
    """You are known, and this is not yours."""

    title = "Forbidden"


class Unauthorized(Fault):
    """We do not know who you are."""

    title = "Sign-in or key needed"


class TooLarge(Fault):
    """More than we accept at once."""

    title = "Too large"


class TooMany(Fault):
    """Too often: wait and try again."""

    title = "Too many requests"


class Unavailable(Fault):
    """For a moment we cannot: try again. Nothing was lost or half done."""

    title = "Temporarily unavailable"
