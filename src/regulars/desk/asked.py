"""What somebody typed into the search field: words, phrases and operators. Pure.

refund "wrong size" -paid from:vera tag:late before:2026-02-01 in:chat status:open #1234
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from regulars.desk.changing import tidy_tag
from regulars.desk.model import Channel, Priority, Status
from regulars.kit.errors import Invalid
from regulars.kit.text import clean, fold

LONGEST = 500
MOST_WORDS = 20
PREFIX_FROM = 4
"""Words of at least so many letters also find longer ones: "refund" finds "refunds"."""

_TOKEN = re.compile(r'(-?)(?:([a-zA-Z]+):)?(?:"([^"]*)"?|(\S+))')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase, folded; `without`: must not be there."""

    text: str
    phrase: bool = False
    without: bool = False

    @property
    def prefix(self) -> bool:
        """Whether it also finds what begins so."""
        return not self.phrase and len(self.text) >= PREFIX_FROM and _WORD.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; everything has to hold, and nothing of `without`."""

    words: tuple[Word, ...] = ()
    number: int | None = None
    sender: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    status: tuple[Status, ...] = ()
    priority: tuple[Priority, ...] = ()
    channel: tuple[Channel, ...] = ()
    assignee: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    before: datetime | None = None
    after: datetime | None = None
    attachment: bool = False
    without: tuple["Query", ...] = ()

    @property
    def wanted(self) -> tuple[Word, ...]:
        """The words that have to be there."""
        return tuple(w for w in self.words if not w.without)

    @property
    def unwanted(self) -> tuple[Word, ...]:
        """The words that must not be there."""
        return tuple(w for w in self.words if w.without)


def asked(text: str) -> Query:
    """`text` as a query. Raises Invalid for an operator whose value makes no sense, naming what would.

    What looks like an operator but is none ("re:", "https:") is searched as words.
    """
    query = Query()
    for match in _TOKEN.finditer(clean(text)[:LONGEST]):
        minus, name, phrase, word = match.groups()
        value = (phrase if phrase is not None else word).strip()
        if name and name.lower() in _OPERATORS:
            query = _narrowed(query, _OPERATORS[name.lower()], value, bool(minus)) if value else query
        elif not name and (number := re.fullmatch(r"#(\d{1,18})", value)):
            query = replace(query, number=int(number[1]))
        else:
            whole = f"{name}:{value}" if name else value
            query = _with_word(query, Word(fold(whole).strip(), phrase is not None, bool(minus)))
    return query


def _narrowed(query: Query, operator: Callable[[Query, str], Query], value: str, without: bool) -> Query:
    if not without:
        return operator(query, value)
    return replace(query, without=(*query.without, operator(Query(), value)))


def _with_word(query: Query, word: Word) -> Query:
    if not _WORD.search(word.text) or len(query.words) >= MOST_WORDS:
        return query
    return replace(query, words=(*query.words, word))


def _status(query: Query, value: str) -> Query:
    return replace(query, status=(*query.status, Status(_one("status", value, list(Status)))))


def _priority(query: Query, value: str) -> Query:
    name = _one("priority", value, [p.name.lower() for p in Priority])
    return replace(query, priority=(*query.priority, Priority[name.upper()]))


def _channel(query: Query, value: str) -> Query:
    return replace(query, channel=(*query.channel, Channel(_one("in", value, list(Channel)))))


def _has(query: Query, value: str) -> Query:
    _one("has", value, ["attachment"])
    return replace(query, attachment=True)


def _before(query: Query, value: str) -> Query:
    return replace(query, before=_day("before", value))


def _after(query: Query, value: str) -> Query:
    return replace(query, after=_day("after", value) + timedelta(days=1))


def _on(query: Query, value: str) -> Query:
    day = _day("on", value)
    return replace(query, after=day, before=day + timedelta(days=1))


_OPERATORS: Mapping[str, Callable[[Query, str], Query]] = {
    "status": _status,
    "priority": _priority,
    "in": _channel,
    "has": _has,
    "before": _before,
    "after": _after,
    "on": _on,
    "from": lambda query, value: replace(query, sender=(*query.sender, fold(value))),
    "tag": lambda query, value: replace(query, tags=(*query.tags, tidy_tag(value))),
    "assignee": lambda query, value: replace(query, assignee=(*query.assignee, fold(value))),
    "department": lambda query, value: replace(query, department=(*query.department, fold(value))),
    "language": lambda query, value: replace(query, language=(*query.language, value.lower())),
}


def _one(operator: str, value: str, known: Sequence[str]) -> str:
    tidy = value.lower().replace("-", "_")
    if tidy not in known:
        words = f"{operator}: is followed by one of {', '.join(known)}"
        raise Invalid(words, fields={"q": words})
    return tidy


def _day(operator: str, value: str) -> datetime:
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as e:
        words = f"{operator}: is followed by a day such as 2026-02-01"
        raise Invalid(words, fields={"q": words}) from e
