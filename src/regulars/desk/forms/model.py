"""The words of contact forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from regulars.team import DepartmentId

FormId = NewType("FormId", UUID)


class FieldKind(StrEnum):
    """What is asked for."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    YES = "yes"  # a tick


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing more that a form asks for, beside name, address and message. `choices`: for a choice."""

    name: str
    kind: FieldKind
    label: Mapping[str, str]
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """What a form looks like. Texts map a language code to words.

    sites   where it may be embedded (origins); empty: anywhere
    files   whether files may be attached
    tags    what its conversations are tagged with
    """

    title: Mapping[str, str] = field(default_factory=dict)
    intro: Mapping[str, str] = field(default_factory=dict)
    thanks: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[FormField, ...] = ()
    sites: tuple[str, ...] = ()
    files: bool = True
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactForm:
    """A contact form. `department`: who gets what is written."""

    id: FormId
    name: str
    definition: FormDefinition
    department: DepartmentId | None
    updated_at: datetime
    updated_by: str
    archived_at: datetime | None = None
