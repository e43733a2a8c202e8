"""The inbox: lists of conversations, page by page, and how many are in each."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from regulars.desk.filters import FIELDS
from regulars.desk.model import Row, ViewId
from regulars.desk.sight import NIL, sees_all
from regulars.desk.store import lists
from regulars.desk.store import views as table
from regulars.kit.conditions import ALWAYS, Condition, parse
from regulars.kit.errors import Invalid, NotFound
from regulars.store import Db
from regulars.team import Agent, DepartmentId

MOST = 200
_EPOCH = datetime.fromtimestamp(0, UTC)
COUNTED = lists.COUNTED
"""Lists are counted up to so many: "1000" means "so many or more"."""


class ViewKind(StrEnum):
    """The lists there are. All but `all` and `spam` show what is not finished; snoozed ones have their own."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    DEPARTMENT = "department"
    ALL = "all"
    MENTIONED = "mentioned"
    FOLLOWED = "followed"
    WAITING = "waiting"  # the longest first
    BREACHING = "breaching"  # the answer is owed within two hours, or was
    SNOOZED = "snoozed"
    SPAM = "spam"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class View:
    """Which list. `department` for one of a department, `saved` for a saved one, `condition` to narrow any further."""

    kind: ViewKind
    department: DepartmentId | None = None
    saved: ViewId | None = None
    condition: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: what comes after it stays the same, whatever arrives on top meanwhile."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        """As it stands in a link."""
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return urlsafe_b64encode(micros.to_bytes(8, "big", signed=True) + self.id.bytes).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor in a link. Raises Invalid."""
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            at = _EPOCH + timedelta(microseconds=int.from_bytes(raw[:8], "big", signed=True))
            return cls(at, UUID(bytes=raw[8:]))
        except (Error, ValueError, OverflowError) as e:
            raise Invalid("this link to a next page is broken: start from the first page") from e


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list. `next` None: it ends here."""

    rows: tuple[Row, ...]
    next: Cursor | None


def inbox(db: Db, view: View, *, agent: Agent, after: Cursor | None = None, most: int = 50, now: datetime) -> Page:
    """A page of a list, of what `agent` sees. Raises NotFound for a department or saved view that is not theirs."""
    if not 1 <= most <= MOST:
        raise Invalid(f"a page has 1 to {MOST} rows", fields={"most": f"1 to {MOST}"})
    condition = _condition(db, view, agent)
    asked = lists.Asked(view.kind.value, agent, _homes(view, agent), condition, now)
    found = lists.page(db, asked, None if after is None else (after.at, after.id), most + 1)
    if len(found) <= most:
        return Page(tuple(row for row, _ in found), None)
    last, key = found[most - 1]
    return Page(tuple(row for row, _ in found[:most]), Cursor(key, last.id))


def counts(db: Db, agent: Agent, *, now: datetime) -> Mapping[str, int]:
    """How many there are in each list by its name, and in each department by its id; up to 1,000."""
    return lists.counts(db, lists.Asked("", agent, _homes(View(ViewKind.ALL), agent), ALWAYS, now))


def _homes(view: View, agent: Agent) -> list[UUID] | None:
    """The departments whose lists are walked (NIL: none); None: everybody's."""
    if view.kind is ViewKind.DEPARTMENT:
        wanted = view.department or NIL
        if wanted != NIL and not sees_all(agent) and wanted not in agent.departments:
            raise NotFound("there is no such department, or it is not yours")
        return [wanted]
    return None if sees_all(agent) else [NIL, *agent.departments]


def _condition(db: Db, view: View, agent: Agent) -> Condition:
    if view.kind is not ViewKind.SAVED:
        return view.condition
    found = table.get(db, view.saved, agent.id) if view.saved else None
    if found is None:
        raise NotFound("there is no such view: it may have been removed")
    return parse(found.condition, FIELDS)
