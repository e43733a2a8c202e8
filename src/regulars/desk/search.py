"""Searching: words in messages, people, subjects and tags, narrowed by operators, the newest first, with highlights."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars import team
from regulars.desk.asked import Query, Word, asked
from regulars.desk.inbox import Cursor
from regulars.desk.model import MessageId, Row
from regulars.desk.store import search as table
from regulars.kit.errors import Invalid
from regulars.kit.text import fold
from regulars.store import Db
from regulars.team import Agent

MOST = 100
BEFORE, AROUND = 60, 220
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text. `marks`: where what was searched stands in it, as (start, end)."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that was found. `message` None: by its subject, tags or people, or by operators alone.

    tags  those of its tags that were searched
    """

    row: Row
    message: MessageId | None
    subject: Snippet
    snippet: Snippet
    at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found. `next` None: that is all."""

    hits: tuple[Hit, ...]
    next: Cursor | None


def search(db: Db, text: str, *, agent: Agent, after: Cursor | None = None, most: int = 30, now: datetime) -> Hits:
    """What `agent` may see of what `text` asks for, the newest first; each conversation once a page.

    Raises Invalid with words for an operator that makes no sense.
    """
    if not 1 <= most <= MOST:
        raise Invalid(f"a page has 1 to {MOST} hits", fields={"most": f"1 to {MOST}"})
    query = asked(text)
    if query == Query():
        return Hits((), None)
    place = None if after is None else (after.at, after.id)
    found, more = table.find(db, table.Wanted(query, agent, most, place, now, _named(db, query)))
    hits = tuple(
        Hit(
            f.row,
            f.message,
            _marked(f.row.subject, query),
            snippet(f.text or f.row.preview, query),
            f.at,
            tuple(tag for tag in f.row.tags if tag in query.tags or next(_found(tag, query), None)),
        )
        for f in found[:most]
    )
    return Hits(hits, Cursor(hits[-1].at, hits[-1].row.id) if more and hits else None)


def _named(db: Db, query: Query) -> dict[str, list[UUID]]:
    """Whom the names behind `assignee:` and `department:` mean: all who have their words, or the address."""
    every = (query, *query.without)
    assignees = {who for q in every for who in q.assignee}
    departments = {which for q in every for which in q.department}
    known: list[tuple[UUID, str, str]] = [(a.id, a.name, a.email) for a in team.agents(db)] if assignees else []
    if departments:
        known += [(d.id, d.name, "") for d in team.departments(db, archived=True)]
    return {
        wanted: [id for id, name, address in known if wanted == fold(address) or _has_words(name, wanted)]
        for wanted in assignees | departments
    }


def _has_words(name: str, wanted: str) -> bool:
    words = _WORD.findall(wanted)
    return bool(words) and set(words) <= set(_WORD.findall(fold(name)))


def snippet(text: str, query: Query) -> Snippet:
    """The piece of `text` around the first thing that was searched, with all of it marked."""
    first = next(_found(text, query), None)
    start = 0 if first is None or first[0] <= BEFORE else text.rfind(" ", 0, first[0] - BEFORE // 2) + 1
    piece = re.sub(r"\s", " ", text[start : start + AROUND])
    if start + AROUND < len(text):
        piece = piece[:-1] + "…"
    return _marked("…" + piece if start else piece, query)


def _marked(text: str, query: Query) -> Snippet:
    return Snippet(text, tuple(_found(text, query)))


def _found(text: str, query: Query) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(text):
        word = fold(match[0])
        if any(_is(word, wanted) for wanted in query.wanted):
            yield match.span()


def _is(word: str, wanted: Word) -> bool:
    if wanted.prefix and word.startswith(wanted.text):
        return True
    return word in _WORD.findall(wanted.text)
