"""Reads what the demo's desk is made of: departments, ready answers, help pages and the threads its guests wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from regulars.demo.content.load import HERE, Localised, read

Written = Literal["customer", "agent", "note"]


class HelpPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page of the help centre. `body` is Markdown."""

    id: str
    category: tuple[str, ...]
    title: Localised
    summary: Localised
    body: Localised


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ready answer. `text` may hold variables; `department` '' means for everybody."""

    id: str
    department: str
    title: Localised
    text: Localised


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message of a thread; {order}, {product}, {city}, {time} and {amount} are filled in."""

    by: Written
    text: str


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something guests write about, from the first message to the last, in every language."""

    id: str
    department: str
    tags: tuple[str, ...]
    help: tuple[str, ...]
    priority: str
    subject: Localised
    messages: Mapping[str, tuple[Line, ...]]


class Department(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers what."""

    id: str
    name: str
    languages: tuple[str, ...]


class Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The departments, and how people begin and end a mail in each language."""

    departments: tuple[Department, ...]
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class DeskContent:
    """Everything the demo's desk is made of."""

    team: Team
    answers: tuple[Answer, ...]
    help_pages: tuple[HelpPage, ...]
    scenarios: tuple[Scenario, ...]


@lru_cache
def load_desk(folder: Path = HERE) -> DeskContent:
    """The desk's content in `folder`. Raises Invalid naming the file and what is wrong with it."""
    return DeskContent(
        read(folder / "desk.json", Team),
        tuple(read(folder / "answers.json", list[Answer])),
        tuple(read(folder / "help.json", list[HelpPage])),
        tuple(read(folder / "threads.json", list[Scenario])),
    )
