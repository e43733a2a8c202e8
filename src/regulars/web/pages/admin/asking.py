"""A condition as rows of a form: field, operator, value, joined by and / or; deeper trees as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from regulars.kit.conditions import (
    ALWAYS,
    LISTS,
    And,
    Condition,
    Kind,
    Operator,
    Or,
    Test,
    Vocabulary,
    dump,
    parse,
    say,
)
from regulars.kit.errors import Invalid
from regulars.kit.i18n import N_
from regulars.kit.json import Json
from regulars.kit.text import pick
from regulars.web.pages.forms import Form

OPERATORS = {
    Operator.IS: N_("is"),
    Operator.IS_NOT: N_("is not"),
    Operator.ONE_OF: N_("is one of"),
    Operator.NONE_OF: N_("is none of"),
    Operator.CONTAINS: N_("contains"),
    Operator.LESS_THAN: N_("is less than"),
    Operator.AT_MOST: N_("is at most"),
    Operator.AT_LEAST: N_("is at least"),
    Operator.MORE_THAN: N_("is more than"),
    Operator.KNOWN: N_("is known"),
    Operator.UNKNOWN: N_("is unknown"),
}
NUMBERS = {Operator.LESS_THAN, Operator.AT_MOST, Operator.AT_LEAST, Operator.MORE_THAN}
ALONE = {Operator.KNOWN, Operator.UNKNOWN}
SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One test, as texts."""

    field: str = ""
    operator: str = Operator.IS.value
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """A condition for the form. `json` is set instead of rows when it is deeper than rows can say."""

    name: str
    joined: str
    rows: tuple[Row, ...]
    json: str
    sentence: str
    fields: tuple[tuple[str, str], ...]


def rows_of(name: str, condition: Condition, words: Vocabulary, language: str) -> Rows:
    """`condition` for the form, with spare rows."""
    fields = tuple((f.name, pick(f.label, language)) for f in words.fields.values())
    sentence = "" if condition == ALWAYS else say(condition, language, words)
    tests = _flat(condition)
    joined = "or" if isinstance(condition, Or) else "and"
    if tests is None:
        text = json.dumps(dump(condition), indent=2, ensure_ascii=False)
        return Rows(name, joined, (), text, sentence, fields)
    shown = tuple(Row(t.field, t.operator.value, _text(t.value)) for t in tests)
    return Rows(name, joined, shown + (Row(),) * SPARE_ROWS, "", sentence, fields)


def condition_from(form: Form, name: str, words: Vocabulary) -> Condition:
    """The condition a form says. Raises Invalid with the place."""
    written = form.one(f"{name}.json").strip()
    if written:
        try:
            raw: Json = msgspec.json.decode(written.encode())
        except msgspec.DecodeError as e:
            raise Invalid(f"{name} is not JSON: {e}", fields={name: str(e)}) from e
        return parse(raw, words, path=name)
    columns = [_column(form, f"{name}.{part}") for part in ("field", "operator", "value")]
    tests: list[Json] = [_test(row, words) for row in zip(*columns, strict=False) if row[0].strip()]
    if not tests:
        return ALWAYS
    return parse({"or" if form.one(f"{name}.joined") == "or" else "and": tests}, words, path=name)


def _column(form: Form, name: str) -> Sequence[str]:
    return form.all(name)


def _flat(condition: Condition) -> Sequence[Test] | None:
    match condition:
        case Test():
            return (condition,)
        case And(parts) | Or(parts):
            tests = [p for p in parts if isinstance(p, Test)]
            return tests if len(tests) == len(parts) and not (isinstance(condition, Or) and not parts) else None
    return None


def _text(value: Json) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_text(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _test(row: Sequence[str], words: Vocabulary) -> Json:
    field, operator, value = row
    known = words.fields.get(field.strip())
    said: dict[str, Json] = {"field": field.strip(), "operator": operator}
    if operator in ALONE:
        return said
    number = (known is not None and known.kind is Kind.NUMBER) or (known is None and operator in NUMBERS)
    parts = [v.strip() for v in value.split(",") if v.strip()] if operator in LISTS else [value.strip()]
    typed = [_typed(p, number=number, flag=known is not None and known.kind is Kind.FLAG) for p in parts]
    return said | {"value": typed if operator in LISTS else typed[0]}


def _typed(text: str, *, number: bool, flag: bool) -> Json:
    if flag:
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.lower(), text)
    if number:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text
    return text
