"""Conditions as sentences: "diet is vegan and price is at most 10"."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from babel.dates import format_datetime
from babel.numbers import format_decimal

from regulars.kit.conditions.tree import And, Condition, Not, Operator, Or, Test, Vocabulary, number
from regulars.kit.i18n import N_, speaker
from regulars.kit.json import Json
from regulars.kit.text import pick

_WORDS: Mapping[Operator, str] = {
    Operator.IS: N_("{field} is {value}"),
    Operator.IS_NOT: N_("{field} is not {value}"),
    Operator.ONE_OF: N_("{field} is one of {value}"),
    Operator.NONE_OF: N_("{field} is none of {value}"),
    Operator.CONTAINS: N_("{field} contains {value}"),
    Operator.LESS_THAN: N_("{field} is less than {value}"),
    Operator.AT_MOST: N_("{field} is at most {value}"),
    Operator.AT_LEAST: N_("{field} is at least {value}"),
    Operator.MORE_THAN: N_("{field} is more than {value}"),
    Operator.KNOWN: N_("{field} is known"),
    Operator.UNKNOWN: N_("{field} is not known"),
}
_WHEN: Mapping[Operator, str] = {
    Operator.LESS_THAN: N_("{field} is before {value}"),
    Operator.AT_MOST: N_("{field} is {value} or before"),
    Operator.AT_LEAST: N_("{field} is {value} or later"),
    Operator.MORE_THAN: N_("{field} is after {value}"),
}
_OPPOSITE: Mapping[Operator, Operator] = {
    Operator.IS: Operator.IS_NOT,
    Operator.IS_NOT: Operator.IS,
    Operator.ONE_OF: Operator.NONE_OF,
    Operator.NONE_OF: Operator.ONE_OF,
    Operator.KNOWN: Operator.UNKNOWN,
    Operator.UNKNOWN: Operator.KNOWN,
}


def say(condition: Condition, language: str, vocabulary: Vocabulary) -> str:
    """`condition` as a sentence without a full stop, in `language`, with the vocabulary's labels."""
    return _Speaker(language, vocabulary).say(condition)


class _Speaker:
    def __init__(self, language: str, vocabulary: Vocabulary) -> None:
        self.language, self.vocabulary = language, vocabulary
        self._ = speaker(language).gettext

    def say(self, condition: Condition, *, inside: bool = False) -> str:
        _ = self._
        match condition:
            case Test():
                return self.test(condition)
            case And(parts):
                return self.joined(parts, _("{one} and {other}"), _("always"), inside=inside)
            case Or(parts):
                return self.joined(parts, _("{one} or {other}"), _("never"), inside=inside)
            case Not(Test(field, operator, value)) if operator in _OPPOSITE:
                return self.test(Test(field, _OPPOSITE[operator], value))
            case Not(part):
                return _("not ({condition})").format(condition=self.say(part))

    def joined(self, parts: Sequence[Condition], join: str, none: str, *, inside: bool) -> str:
        if len(parts) == 1:
            return self.say(parts[0], inside=inside)
        if not parts:
            return none
        said = self.say(parts[0], inside=True)
        for part in parts[1:]:
            said = join.format(one=said, other=self.say(part, inside=True))
        return f"({said})" if inside else said

    def test(self, test: Test) -> str:
        known = self.vocabulary.fields.get(test.field)
        label = pick(known.label, self.language) if known else ""
        words = self._((_WHEN if isinstance(test.value, str) else _WORDS).get(test.operator, _WORDS[test.operator]))
        return words.format(field=label or test.field, value=self.value(test.field, test.value))

    def value(self, field: str, value: Json) -> str:
        if isinstance(value, list | tuple):
            *most, last = (self.value(field, v) for v in value)
            if not most:
                return last
            return self._("{one} or {other}").format(one=", ".join(most), other=last)
        if isinstance(value, bool):
            return self._("yes") if value else self._("no")
        if isinstance(value, str):
            return self.text(field, value)
        return format_decimal(value, locale=self.language) if isinstance(value, int | float) else ""

    def text(self, field: str, value: str) -> str:
        known = self.vocabulary.fields.get(field)
        label = pick(known.values.get(value, {}), self.language) if known else ""
        if label:
            return label
        if "T" in value and number(value) is not None:
            return format_datetime(datetime.fromisoformat(value), "medium", locale=self.language)
        return value
