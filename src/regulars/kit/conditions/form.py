"""Conditions as JSON.

{"and": [{"field": "diet", "operator": "is", "value": "vegan"},
         {"not": {"field": "price", "operator": "more_than", "value": 10}}]}
"""

from collections.abc import Mapping

from regulars.kit.conditions.tree import (
    ALLOWED,
    LISTS,
    And,
    Condition,
    Kind,
    Not,
    Operator,
    Or,
    Test,
    Vocabulary,
    below,
    number,
)
from regulars.kit.errors import Invalid
from regulars.kit.json import Json

MOST_DEEP = 12
MOST_PARTS = 200
MOST_VALUES = 1000
MOST_TEXT = 500
_SHAPE = 'should be an object: {"and": […]}, {"or": […]}, {"not": …} or {"field", "operator", "value"}'


def parse(raw: Json, vocabulary: Vocabulary, *, path: str = "") -> Condition:
    """The condition that `raw` says. Raises Invalid, with the path of the first fault in `fields`.

    path   where `raw` stands in what the caller was given ("items" → "items.and[1].operator")
    """
    return _Parser(vocabulary).part(raw, path, deep=0)


def dump(condition: Condition) -> Json:
    """`condition` as `parse` reads it."""
    match condition:
        case Test(field, operator, value):
            said: dict[str, Json] = {"field": field, "operator": operator.value}
            if value is not None:
                said["value"] = list(value) if isinstance(value, list | tuple) else value
            return said
        case And(parts):
            return {"and": [dump(p) for p in parts]}
        case Or(parts):
            return {"or": [dump(p) for p in parts]}
        case Not(part):
            return {"not": dump(part)}


class _Parser:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.parts = 0

    def part(self, raw: Json, path: str, *, deep: int) -> Condition:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise _fault(path, f"a condition has at most {MOST_PARTS} parts")
        if deep > MOST_DEEP:
            raise _fault(path, f"a condition is at most {MOST_DEEP} levels deep")
        if not isinstance(raw, Mapping):
            raise _fault(path, _SHAPE)
        for name in ("and", "or", "not"):
            if name in raw:
                _alone(raw, name, path)
                return self._joined(name, raw[name], below(path, name), deep=deep + 1)
        return self._test(raw, path)

    def _joined(self, name: str, raw: Json, path: str, *, deep: int) -> Condition:
        if name == "not":
            return Not(self.part(raw, path, deep=deep))
        if not isinstance(raw, list | tuple):
            raise _fault(path, "should be a list of conditions")
        parts = tuple(self.part(p, f"{path}[{i}]", deep=deep) for i, p in enumerate(raw))
        return And(parts) if name == "and" else Or(parts)

    def _test(self, raw: Mapping[str, Json], path: str) -> Test:
        for name in raw:
            if name not in ("field", "operator", "value"):
                raise _fault(below(path, name), "is not part of a condition: use field, operator, value")
        field = raw.get("field")
        if not isinstance(field, str) or not field:
            raise _fault(below(path, "field"), "is missing: name what to ask")
        if len(field) > MOST_TEXT or not self.vocabulary.knows(field):
            known = ", ".join(sorted(self.vocabulary.fields))
            raise _fault(below(path, "field"), f"{field[:80]!r} cannot be asked here; known are: {known}")
        operator = self._operator(raw.get("operator"), field, below(path, "operator"))
        return Test(field, operator, self._value(raw, field, operator, below(path, "value")))

    def _operator(self, raw: Json, field: str, path: str) -> Operator:
        kind = self._kind(field)
        allowed = frozenset(Operator) if kind is None else ALLOWED[kind]
        names = ", ".join(o.value for o in Operator if o in allowed)
        if not isinstance(raw, str) or raw not in Operator.__members__.values():
            raise _fault(path, f"should be one of: {names}")
        operator = Operator(raw)
        if operator not in allowed:
            raise _fault(path, f"{raw!r} does not fit {field!r}, which holds {kind}; use one of: {names}")
        return operator

    def _value(self, raw: Mapping[str, Json], field: str, operator: Operator, path: str) -> Json:
        value = raw.get("value")
        if operator in (Operator.KNOWN, Operator.UNKNOWN):
            if value is not None:
                raise _fault(path, f"{operator.value!r} takes no value")
            return None
        if operator not in LISTS:
            return self._one(value, field, operator, path)
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_VALUES:
            raise _fault(path, f"should be a list of 1 to {MOST_VALUES} values")
        return tuple(self._one(v, field, operator, f"{path}[{i}]") for i, v in enumerate(value))

    def _one(self, value: Json, field: str, operator: Operator, path: str) -> Json:
        kind = self._kind(field)
        if isinstance(value, str) and len(value) > MOST_TEXT:
            raise _fault(path, f"is longer than {MOST_TEXT} characters")
        if kind is None:
            kind = _kind_of(value, operator)
        fits = {
            Kind.TEXT: isinstance(value, str) and value != "",
            Kind.NUMBER: _is_number(value),
            Kind.FLAG: isinstance(value, bool),
            Kind.MOMENT: isinstance(value, str) and number(value) is not None,
            None: False,
        }
        if not fits[kind]:
            raise _fault(path, _should_be(kind))
        return value

    def _kind(self, field: str) -> Kind | None:
        known = self.vocabulary.fields.get(field)
        return known.kind if known else None


def _kind_of(value: Json, operator: Operator) -> Kind | None:
    """The kind an open field is compared as: whatever the value is."""
    if operator is Operator.CONTAINS:
        return Kind.TEXT
    if operator not in ALLOWED[Kind.TEXT]:
        return Kind.MOMENT if isinstance(value, str) else Kind.NUMBER
    if isinstance(value, bool):
        return Kind.FLAG
    if isinstance(value, str):
        return Kind.TEXT
    return Kind.NUMBER if isinstance(value, int | float) else None


def _is_number(value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= 1e15  # also false for NaN


def _should_be(kind: Kind | None) -> str:
    words = {
        Kind.TEXT: "should be a text",
        Kind.NUMBER: "should be a number",
        Kind.FLAG: "should be true or false",
        Kind.MOMENT: "should be a moment with its zone, e.g. 2026-11-20T12:00:00+00:00",
    }
    return words[kind] if kind else "should be a text, a number, or true or false"


def _alone(raw: Mapping[str, Json], name: str, path: str) -> None:
    for other in raw:
        if other != name:
            raise _fault(below(path, other), f"stands beside {name!r}; put it inside, or in a condition of its own")


def _fault(path: str, words: str) -> Invalid:
    where = path or "condition"
    return Invalid(f"{where}: {words}", fields={where: words})
