"""The company's own fields beside a conversation: shown by their labels, filled in by their kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars import desk as room
from regulars.desk import CustomField, FieldKind
from regulars.kit.errors import Invalid
from regulars.kit.i18n import speaker
from regulars.kit.json import Json
from regulars.kit.text import pick
from regulars.web.edge import Work
from regulars.web.pages.forms import Form

PREFIX = "field."


@dataclass(frozen=True, slots=True)
class Shown:
    """A field to fill in. `choices`: (value, label); `value` as the input has it, `words` as people read it."""

    name: str
    kind: str
    label: str
    choices: Sequence[tuple[str, str]]
    value: str
    words: str
    defined: bool = True


def own_fields(work: Work, held: Mapping[str, Json], language: str) -> list[Shown]:
    """The defined ones in their order, then what programs noted besides."""
    known = room.custom_fields(work.db)
    others = sorted(held.keys() - {one.name for one in known})
    return [_shown(one, held.get(one.name), language) for one in known] + [
        Shown(name, "text", name, (), str(held[name]), _words(held[name], {}, language), defined=False)
        for name in others
    ]


def said_fields(form: Form, work: Work) -> dict[str, Json]:
    """What a form says of fields. Raises Invalid, naming the field, for what is not of its kind."""
    said = {n.removeprefix(PREFIX): form.one(n).strip() for n in form.names() if n.startswith(PREFIX)}
    if name := form.one("field").strip():
        said[name] = form.one("value").strip()
    known = {one.name: one for one in room.custom_fields(work.db)} if said else {}
    return {name: _typed(known.get(name), value) for name, value in said.items()}


def _typed(field: CustomField | None, value: str) -> Json:
    if not value:
        return None
    if field is not None and field.kind is FieldKind.FLAG:
        return value.lower() in ("yes", "true", "1")
    if field is not None and field.kind is FieldKind.NUMBER:
        try:
            number = float(value.replace(",", "."))
        except ValueError as e:
            raise Invalid(f"{field.name} takes a number", fields={field.name: "is no number"}) from e
        return int(number) if number.is_integer() else number
    return value


def _shown(one: CustomField, value: Json, language: str) -> Shown:
    choices = [(key, pick(label, language) or key) for key, label in one.values.items()]
    said = "" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)
    label = pick(one.label, language) or one.name
    return Shown(one.name, one.kind.value, label, choices, said, _words(value, dict(choices), language))


def _words(value: Json, labels: Mapping[str, str], language: str) -> str:
    _ = speaker(language).gettext
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else labels.get(str(value), str(value))
