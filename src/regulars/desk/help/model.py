"""The words of the help centre."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType
from uuid import UUID

HelpId = NewType("HelpId", UUID)


@dataclass(frozen=True, slots=True)
class HelpText:
    """A help page in one language. `body` is Markdown."""

    title: str
    summary: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class NewPage:
    """A help page as somebody writes it. `slug` is its address, `category` what it stands under."""

    slug: str
    texts: Mapping[str, HelpText]
    category: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class Helped:
    """What readers said of a page."""

    yes: int = 0
    no: int = 0


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A help page as the company sees it.

    item       external id of the catalogue item it is
    texts      what is read, of version `published`; empty while it is not
    draft      what is written and not yet read by customers; None: nothing
    """

    id: HelpId
    slug: str
    item: str
    category: str
    position: int
    texts: Mapping[str, HelpText]
    draft: Mapping[str, HelpText] | None
    draft_by: str
    draft_at: datetime | None
    published: int | None
    updated_at: datetime
    helped: Helped = Helped()

    @property
    def newest(self) -> Mapping[str, HelpText]:
        """The draft, else what is published."""
        return self.draft if self.draft is not None else self.texts


@dataclass(frozen=True, slots=True)
class Version:
    """What a page was from `at` on. `restored`: the number of the version it brought back."""

    number: int
    texts: Mapping[str, HelpText]
    at: datetime
    by: str
    restored: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A published page in one language. `languages`: all it can be read in."""

    id: HelpId
    slug: str
    item: str
    category: str
    language: str
    text: HelpText
    languages: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A published page in a list. `snippet` has the words that were looked for between \\x02 and \\x03."""

    id: HelpId
    slug: str
    category: str
    language: str
    title: str
    summary: str
    snippet: str = ""
    updated_at: datetime | None = None
    languages: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader said of a page."""

    helped: bool
    words: str
    language: str
    at: datetime
