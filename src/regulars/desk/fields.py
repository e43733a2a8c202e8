"""Custom fields of conversations: what the company wants to note beside every one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from regulars.desk.sight import check_may_change
from regulars.desk.store import fields as table
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.kit.json import Json
from regulars.kit.text import Localised, clean
from regulars.store import Db
from regulars.team import Agent, Role

MOST = 50
LONGEST = 2_000


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class CustomField:
    """One thing to note. `label` and the labels in `values` (value → label, for a choice) map language to text."""

    name: str
    kind: FieldKind
    label: Localised = field(default_factory=dict)
    values: Mapping[str, Localised] = field(default_factory=dict)
    position: int = 0


def custom_fields(db: Db) -> list[CustomField]:
    """All of them, in their order."""
    return [
        msgspec.convert({**definition, "name": name, "position": n}, CustomField)
        for name, definition, n in table.all_of(db)
    ]


def save_custom_field(db: Db, new: CustomField, *, by: Agent) -> None:
    """Keep a field, new or changed; what was noted under that name stays. Raises Invalid with the part, Forbidden."""
    _check_manager(by)
    name = clean(new.name.strip())
    if not 1 <= len(name) <= 60:
        raise Invalid("a field needs a name of 1 to 60 characters", fields={"name": "1 to 60 characters"})
    if new.kind is FieldKind.CHOICE and not new.values:
        raise Invalid("a choice needs values to choose from", fields={"values": "are missing"})
    if len({f.name for f in custom_fields(db)} | {name}) > MOST:
        raise Invalid(f"at most {MOST} fields", fields={"name": "too many fields"})
    table.save(
        db, name, msgspec.to_builtins({"kind": new.kind, "label": new.label, "values": new.values}), new.position
    )


def remove_custom_field(db: Db, name: str, *, by: Agent) -> None:
    """Ask for it no more; what was noted stays in the conversations. Raises NotFound, Forbidden."""
    _check_manager(by)
    if not table.remove(db, name):
        raise NotFound("there is no such field")


def checked_field(known: Mapping[str, CustomField], name: str, value: Json) -> Json:
    """`value` as it is kept. Raises Invalid, naming the field, when it is none of what the field holds.

    A name that is nobody's field takes any text, number or flag: programs note their own things.
    """
    if value is None or value == "":
        return None
    kept = clean(value.strip()) if isinstance(value, str) else value
    plain = isinstance(kept, str | int | float | bool)
    one = known.get(name)
    fits = {
        None: plain,
        FieldKind.TEXT: isinstance(kept, str),
        FieldKind.NUMBER: isinstance(kept, int | float) and not isinstance(kept, bool) and abs(kept) <= 1e15,
        FieldKind.FLAG: isinstance(kept, bool),
        FieldKind.CHOICE: one is not None and isinstance(kept, str) and kept in one.values,
    }
    if not fits[one.kind if one else None] or (isinstance(kept, str) and len(kept) > LONGEST):
        words = f"{name} takes {_takes(one)}"
        raise Invalid(words, fields={name: words})
    return kept


def _takes(one: CustomField | None) -> str:
    if one is None:
        return f"a text of at most {LONGEST:,} characters, a number, or true or false"
    return {
        FieldKind.TEXT: f"a text of at most {LONGEST:,} characters",
        FieldKind.NUMBER: "a number",
        FieldKind.FLAG: "true or false",
        FieldKind.CHOICE: f"one of {', '.join(one.values)}",
    }[one.kind]


def _check_manager(by: Agent) -> None:
    check_may_change(by)
    if not by.role.may(Role.MANAGER):
        raise Forbidden("fields are everybody's: a manager changes them")
