"""Templates of users: a small, closed part of the Liquid language (python-liquid), safe against hostile ones.

Closed: these tags, these filters, no files, plain values only. Limited: loops, depth, names, output. A variable without
a value is never left out in silence: `render` refuses and names it, unless the template says what stands instead
(`{{ customer.first_name | default: "there" }}`) or asks first (`{% if customer.first_name %}`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from liquid import Environment
from liquid.exceptions import LiquidError, UndefinedError
from liquid.undefined import FalsyStrictUndefined

from regulars.kit.errors import Invalid
from regulars.kit.text import LANGUAGES

MOST_OUTPUT = 200_000
LONGEST_TEXT = 4_000  # what a filter may make; with the loops it bounds the time a template takes
LONGEST_TEMPLATE = 20_000
LONGEST_NUMBER = 10**15

TAGS = frozenset({"if", "unless", "case", "assign", "for"})
FILTERS = frozenset({
    "capitalize", "default", "downcase", "escape", "first", "last", "lstrip", "newline_to_br", "plus", "minus",
    "round", "rstrip", "size", "strip", "truncate", "truncatewords", "upcase",
})  # fmt: skip
PARTS = ("content", "output", "illegal")  # what python-liquid calls the text between tags, and the rest
STYLES = ("short", "medium", "long", "full")
CLOSING = {"{{": "}}", "{%": "%}"}
LONGEST_TAG = 1_000
_OPENING = re.compile(r"\{\{|\{%")
_FORBIDDEN = re.compile(r"[-\s]*(raw|comment|doc|liquid|#)")
_NAME = re.compile(r"^[A-Za-z_][\w.-]*$")

Values = Mapping[str, object]
"""What a template may speak of: texts, numbers, flags, dates, and lists and mappings of these."""


class Missing(FalsyStrictUndefined):
    """A variable without a value: may be asked for (`if`) and given a default; anything else is refused."""

    force_liquid_default = True


class Group(dict[str, object]):
    """Several values under one name: it can be looked into, and not be written out as a whole."""

    def __str__(self) -> str:
        raise ValueError("a group of values is no text")


class Limited(Environment):
    """The four limits of python-liquid."""

    context_depth_limit = 12
    loop_iteration_limit = 100
    local_namespace_limit = 50_000
    output_stream_limit = MOST_OUTPUT


def render(template: str, values: Values, *, language: str = "en") -> str:
    """`template` with `values`; dates as `language` writes them.

    Raises Invalid when it is not well-formed, names a variable that has no value (field = the variable), or takes
    more than a template may.
    """
    try:
        return _environment(_base(language)).from_string(_short(template)).render(**_plain(values))
    except UndefinedError as e:
        name = _missing(e)
        raise Invalid(
            f'"{name}" has no value here: give it one, or say what stands instead: {{{{ {name} | default: "…" }}}}',
            fields={name: "has no value here"},
        ) from e
    except LiquidError as e:
        raise Invalid(f"the template cannot be used: {_words(e)}", fields={"template": _words(e)}) from e
    except (RecursionError, ValueError, OverflowError, TypeError, ArithmeticError) as e:
        raise Invalid("the template asks for more than a template may", fields={"template": "too much"}) from e


def variables(template: str) -> tuple[str, ...]:
    """The variables `template` speaks of, in their order. Raises Invalid when it is not well-formed, also for a filter
    there is none of."""
    try:
        read = _environment("en").from_string(_short(template))
        found, used = read.global_variable_paths(), read.filter_names()
    except LiquidError as e:
        raise Invalid(f"the template cannot be used: {_words(e)}", fields={"template": _words(e)}) from e
    except (RecursionError, ValueError) as e:
        raise Invalid("the template is nested too deep", fields={"template": "nested too deep"}) from e
    if strange := [name for name in used if name not in _environment("en").filters]:
        words = f"there is no filter {', '.join(strange)}: there are {', '.join(sorted(_environment('en').filters))}"
        raise Invalid(f"the template cannot be used: {words}", fields={"template": words})
    return tuple(dict.fromkeys(found))


@lru_cache
def _environment(language: str) -> Environment:
    made = Limited(undefined=Missing, strict_filters=True)
    made.tags = {name: tag for name, tag in made.tags.items() if name in TAGS or name in PARTS}
    made.filters = {name: filter_ for name, filter_ in made.filters.items() if name in FILTERS}
    made.filters |= {
        "append": _append,
        "date": _date(language),
        "join": _join,
        "prepend": lambda value, before: _append(before, value),
        "replace": _replace,
    }
    return made


def _append(value: object, more: object) -> str:
    return _fitting([_text(value), _text(more)], "")


def _join(values: object, between: object = ", ") -> str:
    texts = [_text(v) for v in values] if isinstance(values, list | tuple) else [_text(values)]
    return _fitting(texts, _text(between))


def _replace(value: object, old: object, new: object = "") -> str:
    text, searched, instead = _text(value), _text(old), _text(new)
    grown = len(text) + text.count(searched) * (len(instead) - len(searched))
    if grown > LONGEST_TEXT:
        raise ValueError("too long")
    return text.replace(searched, instead)


def _date(language: str) -> Callable[..., str]:
    def written(value: object, style: object = "long") -> str:
        """`value` as people write it: {{ today | date: "full" }}. Only Babel's four styles: no format strings."""
        how = str(style) if str(style) in STYLES else "long"
        if isinstance(value, datetime):
            return format_datetime(value, how, locale=language)
        if isinstance(value, date):
            return format_date(value, how, locale=language)
        return _text(value)

    return written


def _fitting(texts: Iterable[str], between: str) -> str:
    parts = list(texts)
    if sum(map(len, parts)) + len(between) * len(parts) > LONGEST_TEXT:
        raise ValueError("too long")
    return between.join(parts)


def _text(value: object) -> str:
    if isinstance(value, int) and abs(value) > LONGEST_NUMBER:
        raise ValueError("too large")
    return "" if value is None else str(value)


def _plain(values: Values) -> dict[str, object]:
    """`values` without empty ones, so that an empty text counts as missing, and nothing with methods."""
    kept = {name: _value(value) for name, value in values.items()}
    return {name: value for name, value in kept.items() if value not in (None, "")}


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        return Group(_plain(value))
    if isinstance(value, list | tuple):
        return [_value(v) for v in value]
    return value if isinstance(value, str | bool | int | float | date) else None


def _short(template: str) -> str:
    """`template`, when it can be read in linear time: python-liquid's reader looks from each opening to the end."""
    if len(template) > LONGEST_TEMPLATE:
        raise Invalid(f"the template is longer than {LONGEST_TEMPLATE:,} characters", fields={"template": "too long"})
    at = 0
    while opening := _OPENING.search(template, at):
        end = template.find(CLOSING[opening[0]], opening.end())
        inside = template[opening.end() : end]
        if end < 0 or len(inside) > LONGEST_TAG or _OPENING.search(inside):
            words = f"{opening[0]} at {opening.start()} is not closed by {CLOSING[opening[0]]}"
            raise Invalid(f"the template cannot be used: {words}", fields={"template": words})
        if _FORBIDDEN.match(inside):
            raise Invalid(
                "the template cannot be used: there are no comments and no raw parts", fields={"template": "no"}
            )
        at = end + 2
    return template


def _missing(e: UndefinedError) -> str:
    """The variable's path, as python-liquid's message has it in quotes, else the words of the message."""
    message = str(e.args[0] if e.args else e).splitlines()[0]
    quoted = re.findall(r"^'([^']+)'", message)
    first = quoted[0] if quoted else message
    name = first.removesuffix(" is undefined")
    return name if _NAME.match(name) else name[:100]


def _words(e: LiquidError) -> str:
    return (str(e.args[0] if e.args else e).splitlines() or ["it is not well-formed"])[0][:200]


def _base(language: str) -> str:
    base = language.split("-", maxsplit=1)[0].lower()
    return base if base in LANGUAGES else "en"
