"""Amounts as people type them: seconds as 60, 60s, 2m or 1h; several numbers with commas or blanks."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter, Token
from cyclopts.validators import Number

from regulars.kit.errors import Invalid
from regulars.taste.metrics import MOST_SUGGESTED

SECONDS = {"s": 1, "m": 60, "h": 3_600}
A_DAY = 86_400


def seconds(said: str) -> float:
    """So many seconds, up to a day. Raises Invalid."""
    text = said.strip().lower()
    unit = SECONDS.get(text[-1:], 0)
    try:
        found = float(text[:-1] if unit else text) * (unit or 1)
    except ValueError:
        found = -1.0
    if not 0 <= found <= A_DAY:
        raise Invalid(f"{said!r} is no time of 0 seconds to a day: say it like 60, 60s, 2m or 1h")
    return found


def places(said: Sequence[str]) -> tuple[int, ...]:
    """How many suggestions count, each at least one. Raises Invalid."""
    words = [word for one in said for word in one.replace(",", " ").split()]
    if not words or not all(word.isdecimal() and 0 < int(word[:6]) <= MOST_SUGGESTED for word in words):
        raise Invalid(f"--at {' '.join(said)}: say numbers from 1 to {MOST_SUGGESTED:,}, like 10 20 or 10,20")
    return tuple(dict.fromkeys(map(int, words)))


def _seconds(_kind: object, tokens: Sequence[Token]) -> float:
    return seconds(tokens[0].value)


def _places(_kind: object, tokens: Sequence[Token]) -> tuple[int, ...]:
    return places([token.value for token in tokens])


Seed = Annotated[int, Parameter(validator=Number(gte=0))]
Budget = Annotated[float, Parameter(converter=_seconds)]
Places = Annotated[tuple[int, ...], Parameter(converter=_places, consume_multiple=True)]
