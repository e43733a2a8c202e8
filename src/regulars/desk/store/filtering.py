"""Conditions about conversations as SQL. What they mean is said in `filters`; a test holds the two together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from regulars.desk.filters import FIELDS, ME, OPEN
from regulars.desk.model import Priority
from regulars.desk.store.shape import as_json
from regulars.kit.conditions import Kind, Operator, Test, number
from regulars.kit.json import Json
from regulars.kit.text import fold

_PRIORITIES = "array['" + "','".join(p.name.lower() for p in Priority) + "']"


def _some(expression: str) -> str:
    return f"array_remove(array[{expression}], null)"


def _epoch(expression: str) -> str:
    return _some(f"extract(epoch from {expression})::float8")


_ARRAYS: Mapping[str, str] = {
    "status": "array[c.status]",
    "priority": f"array[({_PRIORITIES})[c.priority + 1]]",
    "channel": "array[c.channel]",
    "department": _some("c.department_id::text"),
    "assignee": _some("c.assignee_id::text, case when c.assignee_id = :me then 'me' end"),
    "tag": "c.tags",
    "language": _some("nullif(c.language, '')"),
    "subject": _some("nullif(c.subject, '')"),
    "name": _some("nullif(c.name, '')"),
    "address": _some("nullif(c.address, '')"),
    "number": "array[c.number::float8]",
    "messages": "array[c.messages::float8]",
    "snoozed": "array[coalesce(c.snoozed_until > :now, false)]",
    "waiting_hours": _some("extract(epoch from :now - c.waiting_since)::float8 / 3600"),
    "idle_hours": _some("extract(epoch from :now - c.last_at)::float8 / 3600"),
    "age_hours": _some("extract(epoch from :now - c.created_at)::float8 / 3600"),
    "created": _epoch("c.created_at"),
    "last": _epoch("c.last_at"),
    "due": _epoch("c.due_at"),
}
_FOLDED = frozenset({"subject", "name", "address", "tag"})
_IDS = {"department": "c.department_id", "assignee": "c.assignee_id"}
_TYPES = {Kind.TEXT: "text", Kind.NUMBER: "float8", Kind.FLAG: "boolean", Kind.MOMENT: "float8"}
_COMPARED = {
    Operator.LESS_THAN: "<", Operator.AT_MOST: "<=", Operator.AT_LEAST: ">=", Operator.MORE_THAN: ">",
}  # fmt: skip


@dataclass(slots=True)
class Sql:
    """The reading in SQL, over `conversations c`; needs :me and :now. What it compares with goes into `params`."""

    params: dict[str, object] = field(default_factory=dict)

    def test(self, test: Test, /) -> str:
        """One test as an expression that is never null."""
        match test.operator:
            case Operator.IS_NOT:
                return f"not {self.test(Test(test.field, Operator.IS, test.value))}"
            case Operator.NONE_OF:
                return f"not {self.test(Test(test.field, Operator.ONE_OF, test.value))}"
            case Operator.UNKNOWN:
                return f"not {self.test(Test(test.field, Operator.KNOWN))}"
            case Operator.IS:
                return self.test(Test(test.field, Operator.ONE_OF, (test.value,)))
        if test.field.startswith(OPEN):
            return self._open(test, test.field.removeprefix(OPEN))
        return self._known(test)

    def every(self, parts: Sequence[str], /) -> str:
        """And."""
        return "(" + " and ".join(parts) + ")" if parts else "true"

    def some(self, parts: Sequence[str], /) -> str:
        """Or."""
        return "(" + " or ".join(parts) + ")" if parts else "false"

    def no(self, part: str, /) -> str:
        """Not."""
        return f"(not {part})"

    def _known(self, test: Test) -> str:
        array, kind = _ARRAYS[test.field], FIELDS.fields[test.field].kind
        if test.operator is Operator.KNOWN:
            return f"(cardinality({array}) > 0)"
        if test.operator is Operator.ONE_OF:
            return self._one_of(test, array, kind)
        if test.operator is Operator.CONTAINS:
            within = _within(f"c.folded->'{test.field}'") if test.field in _FOLDED else f"unnest({array})"
            return self._contains(test, within)
        bound = self._put(number(test.value))
        return f"(exists (select from unnest({array}) v where v {_COMPARED[test.operator]} {bound}))"

    def _one_of(self, test: Test, array: str, kind: Kind) -> str:
        values = list(test.value) if isinstance(test.value, list | tuple) else [test.value]
        if test.field == "status":
            return f"(c.status = any(cast({self._put(values)} as text[])))"
        if test.field in _IDS and ME not in values:  # in a form for which there is an index
            put = self._put([id for id in map(_id, values) if id])
            return f"({_IDS[test.field]} is not null and {_IDS[test.field]} = any(cast({put} as uuid[])))"
        values = [float(str(v)) for v in values] if kind is Kind.NUMBER else values
        return f"({array} && cast({self._put(values)} as {_TYPES[kind]}[]))"

    def _open(self, test: Test, name: str) -> str:
        key = self._put(name)
        value = f"c.fields->cast({key} as text)"
        values = f"""(select coalesce(jsonb_agg(v) filter (where v <> 'null'), '[]') from jsonb_array_elements(
            case jsonb_typeof({value}) when 'array' then {value} else jsonb_build_array({value}) end) v)"""  # noqa: S608  parameters only
        if test.operator is Operator.KNOWN:
            return f"(jsonb_array_length({values}) > 0)"
        if test.operator is Operator.ONE_OF:
            wanted = list(test.value) if isinstance(test.value, list | tuple) else [test.value]
            given = f"jsonb_array_elements(cast({self._put(as_json(wanted))} as jsonb))"
            return f"(exists (select from jsonb_array_elements({values}) v join {given} w on v = w))"
        if test.operator is Operator.CONTAINS:
            return self._contains(test, _within(f"c.folded->'texts'->cast({key} as text)"))
        bound = self._put(number(test.value))
        within = _within(f"c.folded->'numbers'->cast({key} as text)")
        return f"(exists (select from {within} v where v::float8 {_COMPARED[test.operator]} {bound}))"

    def _contains(self, test: Test, within: str) -> str:
        return f"(exists (select from {within} v where position({self._put(fold(str(test.value)))} in v) > 0))"

    def _put(self, value: object) -> str:
        name = f"v{len(self.params)}"
        self.params[name] = value
        return f":{name}"


def _within(array: str) -> str:
    return f"jsonb_array_elements_text(coalesce({array}, '[]'))"


def _id(value: Json) -> UUID | None:
    """The id that `value` is, exactly as ids are written."""
    try:
        id = UUID(str(value))
    except ValueError:
        return None
    return id if str(id) == value else None
