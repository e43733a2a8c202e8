"""The one condition tree: and / or / not over tests "field, operator, value".

Audiences, rules and slots ask the same kind of question about people, conversations and items, so they ask it
with the same small tree. It has several readings and one meaning: `judge` answers for one subject and says which
part decided, `say` puts it in a sentence (`sayings.py`), and `read` folds it into whatever a `Reader`
makes: masks over a shelf, SQL.

What a field holds is a *set* of values: none when unknown, one, or several. `is` and `one_of` ask whether any of them
matches, `is_not` and `none_of` are their exact opposites (so they hold for an unknown field), comparisons ask
whether any value compares. There is no third truth value to be surprised by; a reading in SQL has to coalesce.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar

from regulars.kit.json import Json
from regulars.kit.text import Localised, fold


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"  # ISO 8601 with a zone


class Operator(StrEnum):
    """How a field is compared with the value of the test."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"  # a piece of text, case and accents aside
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    KNOWN = "known"
    UNKNOWN = "unknown"


_EQUAL = {Operator.IS, Operator.IS_NOT, Operator.ONE_OF, Operator.NONE_OF}
_ORDER = {Operator.LESS_THAN, Operator.AT_MOST, Operator.AT_LEAST, Operator.MORE_THAN}
_THERE = {Operator.KNOWN, Operator.UNKNOWN}
LISTS = frozenset({Operator.ONE_OF, Operator.NONE_OF})
"""Operators whose value is a list."""
ALLOWED: Mapping[Kind, frozenset[Operator]] = {
    Kind.TEXT: frozenset(_EQUAL | _THERE | {Operator.CONTAINS}),
    Kind.NUMBER: frozenset(_EQUAL | _THERE | _ORDER),
    Kind.FLAG: frozenset({Operator.IS, Operator.IS_NOT} | _THERE),
    Kind.MOMENT: frozenset(_ORDER | _THERE),
}
"""Which operators make sense for which kind of field."""


@dataclass(frozen=True, slots=True)
class Test:
    """One question: does `field` compare with `value` so? `value` is None for known and unknown."""

    __test__ = False  # not one of pytest's

    field: str
    operator: Operator
    value: Json = None


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts hold; with no parts it always holds."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; with no parts it never holds."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = Test | And | Or | Not
ALWAYS = And()
"""The condition that holds for everyone and everything."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked. `label` and the labels in `values` (id → label) map language to text."""

    name: str
    kind: Kind = Kind.TEXT
    label: Localised = field(default_factory=dict)
    values: Mapping[str, Localised] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What may be asked about a kind of subject.

    fields   the known ones
    open     beginnings of names that may be asked though nobody listed them ("trait."); "" = any name.
             What such a field holds shows only when it is read, so every operator is allowed on it.
    """

    fields: Mapping[str, Field]
    open: tuple[str, ...] = ()

    @classmethod
    def of(cls, fields: Iterable[Field], open: tuple[str, ...] = ()) -> "Vocabulary":
        """A vocabulary of `fields` by name."""
        return cls({f.name: f for f in fields}, open)

    def knows(self, name: str) -> bool:
        """Whether `name` may be asked."""
        return name in self.fields or any(name.startswith(o) and len(name) > len(o) for o in self.open)


class Subject(Protocol):
    """Who or what a condition is asked about."""

    def __call__(self, field: str, /) -> Sequence[Json]:
        """The values of `field`: none when unknown, one, or several."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A test that decided: where it stands in the tree, whether it held, and the values it found."""

    path: str
    test: Test
    held: bool
    found: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the condition holds, and the tests that alone settle it, in the order they were asked."""

    holds: bool
    because: tuple[Decided, ...]


def judge(condition: Condition, subject: Subject) -> Verdict:
    """Ask `condition` of `subject`.

    `because` is enough to know the answer: whatever the other tests would say, it stays. An `and` that fails (an
    `or` that holds) is settled by its first failing (holding) part, otherwise by all of its parts together.
    """
    holds, because = _judge(condition, subject, "")
    return Verdict(holds, tuple(because))


def holds(condition: Condition, subject: Subject) -> bool:
    """Whether `condition` holds for `subject`, for when nobody asks why."""
    match condition:
        case Test():
            return compare(condition, subject(condition.field))
        case And(parts):
            return all(holds(p, subject) for p in parts)
        case Or(parts):
            return any(holds(p, subject) for p in parts)
        case Not(part):
            return not holds(part, subject)


T = TypeVar("T")


class Reader(Protocol[T]):
    """Another reading of the tree, e.g. masks over a shelf or Ibis expressions over a table."""

    def test(self, test: Test, /) -> T:
        """What one test means."""

    def every(self, parts: Sequence[T], /) -> T:
        """What `and` means; called with no parts for "always"."""

    def some(self, parts: Sequence[T], /) -> T:
        """What `or` means; called with no parts for "never"."""

    def no(self, part: T, /) -> T:
        """What `not` means."""


def read(condition: Condition, reader: Reader[T]) -> T:
    """Fold the tree from its leaves up."""
    match condition:
        case Test():
            return reader.test(condition)
        case And(parts):
            return reader.every([read(p, reader) for p in parts])
        case Or(parts):
            return reader.some([read(p, reader) for p in parts])
        case Not(part):
            return reader.no(read(part, reader))


def leaves(condition: Condition) -> list[Test]:
    """Every test in the tree, left to right."""
    match condition:
        case Test():
            return [condition]
        case And(parts) | Or(parts):
            return [t for p in parts for t in leaves(p)]
        case Not(part):
            return leaves(part)


def compare(test: Test, found: Sequence[Json]) -> bool:
    """Whether `found`, the values of the field, answer `test` with yes."""
    match test.operator:
        case Operator.KNOWN:
            return bool(found)
        case Operator.UNKNOWN:
            return not found
        case Operator.IS_NOT | Operator.NONE_OF:
            return not _any_equal(test, found)
        case Operator.IS | Operator.ONE_OF:
            return _any_equal(test, found)
        case Operator.CONTAINS:
            piece = fold(str(test.value))
            return any(isinstance(v, str) and piece in fold(v) for v in found)
        case _:
            return any(_ordered(test.operator, v, test.value) for v in found)


def _any_equal(test: Test, found: Sequence[Json]) -> bool:
    wanted = test.value if isinstance(test.value, list | tuple) else (test.value,)
    return any(_same(v, w) for v in found for w in wanted)


def _same(a: Json, b: Json) -> bool:
    """Equal, and a flag is never a number (Python says True == 1)."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


_COMPARE: Mapping[Operator, Callable[[float, float], bool]] = {
    Operator.LESS_THAN: lambda a, b: a < b,
    Operator.AT_MOST: lambda a, b: a <= b,
    Operator.AT_LEAST: lambda a, b: a >= b,
    Operator.MORE_THAN: lambda a, b: a > b,
}


def _ordered(operator: Operator, value: Json, bound: Json) -> bool:
    left, right = number(value), number(bound)
    return left is not None and right is not None and _COMPARE[operator](left, right)


def number(value: Json) -> float | None:
    """`value` on the number line (a moment as seconds since 1970), None when it has no place there."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(value, str):
        return float(value)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None


def _judge(condition: Condition, subject: Subject, path: str) -> tuple[bool, list[Decided]]:
    match condition:
        case Test():
            found = tuple(subject(condition.field))
            held = compare(condition, found)
            return held, [Decided(path, condition, held, found)]
        case Not(part):
            held, because = _judge(part, subject, below(path, "not"))
            return not held, because
        case And(parts):
            return _settle(parts, subject, below(path, "and"), settles=False)
        case Or(parts):
            return _settle(parts, subject, below(path, "or"), settles=True)


def _settle(parts: Sequence[Condition], subject: Subject, path: str, *, settles: bool) -> tuple[bool, list[Decided]]:
    together: list[Decided] = []
    for i, part in enumerate(parts):
        held, because = _judge(part, subject, f"{path}[{i}]")
        if held == settles:
            return settles, because
        together += because
    return not settles, together


def below(path: str, name: str) -> str:
    """The path of `name` inside `path`."""
    return f"{path}.{name}" if path else name
