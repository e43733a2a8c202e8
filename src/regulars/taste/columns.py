"""What the columns of event files are called, and what their values say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from regulars.kit.errors import Invalid
from regulars.people.model import Verb

Row = tuple[str, str, float, int]
"""(session or person, item, seconds, verb)."""

SESSION = ("session", "sessionid", "session_id", "user_session")
PERSON = (
    "person", "personid", "person_id", "user", "userid", "user_id", "uid", "visitor", "visitorid", "visitor_id",
    "customer", "customerid", "customer_id", "client", "clientid", "client_id", "member_id", "reviewerid",
    "reviewer_id", "anonymous_id", "anonymousid",
)  # fmt: skip
HEADS: Mapping[str, Sequence[str]] = {
    "item": (
        "item", "itemid", "item_id", "iid", "aid", "product", "productid", "product_id", "sku", "stockcode", "movie",
        "movieid", "movie_id", "asin", "parent_asin", "article", "articleid", "article_id", "book", "bookid", "book_id",
        "isbn", "song_id", "track_id", "artistid", "artist_id", "news_id", "business_id", "venue_id", "game_id",
        "app_id", "anime_id", "recipe_id", "content_id", "sid",
    ),
    "time": (
        "time", "timestamp", "at", "datetime", "date_time", "event_time", "eventtime", "timestamp_ms", "unix_time",
        "unixtime", "unixreviewtime", "created_at", "date", "eventdate", "invoicedate", "ts", "t_dat",
    ),
    "verb": ("verb", "event", "event_type", "eventtype", "type", "action", "behavior", "behavior_type"),
}  # fmt: skip
TYPES = (":token", ":float", ":token_seq", ":float_seq")
"""What some benchmarks add to the names of their columns."""

FIELDS = ("person", "item", "time", "verb")
MISSING = ("", "nan", "null", "none", "nat", "\\n")


@dataclass(frozen=True, slots=True)
class Names:
    """How to find a person, an item, a time and a verb: as somebody said, else by usual names.

    said      field → column: its name, or its number from 1
    sessions  whether a column of sessions goes before one of people
    """

    said: Mapping[str, str] = field(default_factory=dict)
    sessions: bool = False

    def usual(self, what: str) -> Sequence[str]:
        """What such a column is usually called, best first."""
        if what == "person":
            return (*SESSION, *PERSON) if self.sessions else (*PERSON, *SESSION)
        return HEADS[what]

    def known(self, head: Sequence[str]) -> bool:
        """Whether these are names of columns: two that are usual, or one where no number stands."""
        called = {name for name in self.said.values() if not name.isdecimal()}
        tidied = set(map(tidy, head))
        usual = sum(not tidied.isdisjoint(self.usual(what)) for what in FIELDS)
        return bool(called & set(head)) or usual > (1 if any(map(_is_number, head)) else 0)

    def place(self, what: str, head: Sequence[str]) -> int:
        """Which column of `head` says it; −1: none. Raises ValueError when the column somebody named is not there."""
        column = self.said.get(what)
        if column is None:
            tidied = [tidy(name) for name in head]
            return next((tidied.index(name) for name in self.usual(what) if name in tidied), -1)
        if column in head:
            return list(head).index(column)
        if column.isdecimal() and 0 < int(column) <= len(head):
            return int(column) - 1
        raise ValueError(f"there is no column {column!r}; there are {', '.join(head)}")


def names_of(said: Sequence[str], *, sessions: bool = False) -> Names:
    """Of what somebody said: "person=visitorid", "time=4" … Raises Invalid."""
    found = {}
    for one in said:
        what, _, column = one.partition("=")
        what = "person" if what == "session" else what
        if what not in FIELDS or not column:
            raise Invalid(f"--map {one}: say person=COLUMN, session=COLUMN, item=COLUMN, time=COLUMN or verb=COLUMN")
        found[what] = column
    return Names(found, sessions)


def tidy(name: str) -> str:
    """A column's name without what does not matter."""
    name = name.strip().lower()
    return name.partition(":")[0] if name.endswith(TYPES) else name


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def verb_of(text: str) -> int:
    """The verb of that name; a view when it is not known."""
    return int(VERBS.get(text.strip().lower(), Verb.VIEWED))


VERBS = {
    **{verb.name.lower(): verb for verb in Verb},
    "view": Verb.VIEWED, "pv": Verb.VIEWED, "click": Verb.CLICKED, "clicks": Verb.CLICKED, "cart": Verb.ADDED,
    "carts": Verb.ADDED, "addtocart": Verb.ADDED, "add_to_cart": Verb.ADDED, "purchase": Verb.BOUGHT,
    "order": Verb.BOUGHT, "orders": Verb.BOUGHT, "transaction": Verb.BOUGHT, "buy": Verb.BOUGHT,
    "remove_from_cart": Verb.REMOVED,
}  # fmt: skip


def seconds(text: str) -> float:
    """Seconds since 1970 from a number (milli-, micro- and nanoseconds are noticed) or a date. Raises ValueError."""
    try:
        number = float(text)
    except ValueError:
        return _date(text.strip()).timestamp()
    for most, scale in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)):
        if abs(number) > most:
            number /= scale
            break
    if not np.isfinite(number) or abs(number) > 1e11:
        raise ValueError(f"no time: {text!r:.60}")
    return number


DATES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%a %b %d %H:%M:%S %z %Y")


def _date(text: str) -> datetime:
    try:
        made = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        made = next((found for form in DATES if (found := _in_form(text, form))), None) or _no_time(text)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _in_form(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007  the caller gives it a zone
    except ValueError:
        return None


def _no_time(text: str) -> datetime:
    raise ValueError(f"is no time we can read: {text!r:.60}; say it in seconds since 1970 or like 2026-01-31 12:00")


def missing(text: str) -> bool:
    """Whether a field says that there is nothing."""
    return text.strip().lower() in MISSING
