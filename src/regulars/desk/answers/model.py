"""The words of answering again and again: ready answers, what they are filled with, what is suggested."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from regulars.decide import Reason
from regulars.kit.ids import DecisionId
from regulars.kit.text import pick
from regulars.team import AgentId, DepartmentId

AnswerId = NewType("AnswerId", UUID)
NAMES = ("name", "first_name", "last_name", "email", "phone", "city", "company")
"""Traits with a place of their own in ready answers; the other traits are `customer.traits.<name>`."""


class Scope(StrEnum):
    """Whose a ready answer is."""

    PERSONAL = "personal"  # one agent's
    TEAM = "team"  # a department's
    GLOBAL = "global"  # everybody's


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A ready answer in one language. `text` is Markdown with Liquid variables."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """A ready answer as an agent writes it.

    texts     language → title and text
    shortcut  typed after "/" in the composer
    """

    texts: Mapping[str, AnswerText]
    scope: Scope = Scope.PERSONAL
    department: DepartmentId | None = None
    shortcut: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file that goes along. `language` "" goes with every language."""

    id: UUID
    name: str
    type: str
    size: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class ReadyAnswer(NewAnswer):
    """A ready answer as it is kept. `uses`: how often it went out."""

    id: AnswerId = field(kw_only=True)
    agent: AgentId | None = None
    uses: int = 0
    used_at: datetime | None = None
    updated_at: datetime | None = None
    updated_by: str = ""
    archived_at: datetime | None = None
    files: tuple[AnswerFile, ...] = ()

    def text(self, language: str) -> AnswerText:
        """The text in `language`, else its base language, else English, else what there is."""
        code = self.language(language)
        return self.texts[code]

    def language(self, wanted: str) -> str:
        """The language of `text(wanted)`."""
        return pick({code: code for code in self.texts}, wanted)


@dataclass(frozen=True, slots=True)
class Filled:
    """A ready answer, filled in for one conversation. `files` still have to be attached."""

    answer: AnswerId
    language: str
    text: str
    files: tuple[AnswerFile, ...] = ()


class Kind(StrEnum):
    """What an answer is suggested from."""

    READY = "ready"
    HELP = "help"
    PAST = "past"  # what an agent answered in a conversation that was solved


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggestion, best first.

    ref         ready: AnswerId; help: the page's id; past: the MessageId. All as text
    text        Markdown to put into the composer; "" for a ready answer, which is filled in when it is chosen
    url         help: where customers read it
    number      past: the conversation it stands in (#1234)
    propensity  the probability that it stood at this place
    """

    kind: Kind
    ref: str
    title: str
    text: str
    language: str
    reason: Reason
    score: float
    propensity: float = 1.0
    url: str = ""
    number: int | None = None

    @property
    def key(self) -> str:
        """What the composer says when it is used: "ready:<id>"."""
        return f"{self.kind.value}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Suggestions:
    """A decision of the slot `desk.answer`."""

    id: DecisionId
    items: tuple[Suggested, ...]
    candidates: int
    language: str
