"""What stands around every conversation: the views with their counts, the list, who is who."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from regulars import desk as room
from regulars import team
from regulars.desk import Cursor, Row, SavedView
from regulars.desk.search import Hits, Snippet, search
from regulars.kit.errors import Invalid
from regulars.kit.i18n import N_, speaker
from regulars.team import Agent, AgentId, Department, DepartmentId, Presence
from regulars.web.edge import Work
from regulars.web.pages.desk import Desk
from regulars.web.pages.inbox.where import NAMES, Where

PAGE = 40
CHANNELS = {
    "chat": ("message-circle", N_("chat")), "email": ("mail", N_("e-mail")), "form": ("clipboard-list", N_("form")),
    "api": ("plug", N_("API")), "webhook": ("webhook", N_("webhook")),
}  # fmt: skip
STATUSES = {
    "new": N_("new"), "open": N_("open"), "pending": N_("customer's turn"), "on_hold": N_("on hold"),
    "solved": N_("solved"), "closed": N_("closed"), "spam": N_("spam"),
}  # fmt: skip
PRIORITIES = {"low": N_("low"), "normal": N_("normal"), "high": N_("high"), "urgent": N_("urgent")}


@dataclass(frozen=True, slots=True)
class Place:
    """One list in the rail."""

    href: str
    icon: str
    name: str
    count: int
    here: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list. `subject`, `preview`: (text, whether it is what was searched), piece by piece.

    tags  those that were searched first
    """

    row: Row
    href: str
    subject: tuple[tuple[str, bool], ...]
    preview: tuple[tuple[str, bool], ...]
    here: bool
    tags: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around a conversation."""

    where: Where
    title: str
    places: Sequence[Place]
    departments: Sequence[Place]
    saved: Sequence[Place]
    lines: Sequence[Line]
    next: str
    fault: str
    agents: Mapping[AgentId, Agent]
    named: Mapping[DepartmentId, Department]
    presence: Presence
    views: Sequence[SavedView]

    @property
    def every(self) -> Sequence[Place]:
        """All lists, for where there is room for one menu only."""
        return [*self.places, *self.departments, *self.saved]

    @property
    def colleagues(self) -> Sequence[Agent]:
        """Who can be given something."""
        return [a for a in self.agents.values() if not a.disabled_at]


def shell(desk: Desk, work: Work, where: Where, *, here: UUID | None = None) -> Shell:
    """Read the lists. Raises NotFound for a list that is not theirs; a search of no sense is said in `fault`."""
    named = {d.id: d for d in team.departments(work.db, archived=True)}
    lines, after, fault = _lines(desk, work, where, here)
    own = room.saved_views(work.db, agent=desk.agent)
    views, departments = _places(desk, work, where, named)
    saved = [
        Place(f"/desk?view=saved&saved={s.id}", "list", s.name, 0, not where.words and where.view.saved == s.id)
        for s in own
    ]
    words = speaker(desk.agent.language).gettext("Search")
    title = words if where.words else next((p.name for p in (*views, *departments, *saved) if p.here), "")
    return Shell(
        where, title, views, departments, saved, lines, after, fault,
        {a.id: a for a in team.agents(work.db)}, named, team.chosen_presence(work.db, desk.agent.id), own,
    )  # fmt: skip


def _lines(desk: Desk, work: Work, where: Where, here: UUID | None) -> tuple[list[Line], str, str]:
    after = Cursor.read(where.after) if where.after else None
    if where.words:
        try:
            hits = search(work.db, where.words, agent=desk.agent, after=after, most=PAGE, now=work.now)
        except Invalid as e:
            return [], "", e.detail
        return _found(hits, where, here), _more(where, hits.next), ""
    page = room.inbox(work.db, where.view, agent=desk.agent, after=after, most=PAGE, now=work.now)
    lines = [
        Line(row, where.talk(row.number), ((row.subject, False),), ((row.preview, False),), row.id == here,
             tuple((tag, False) for tag in row.tags))
        for row in page.rows
    ]  # fmt: skip
    return lines, _more(where, page.next), ""


def _found(hits: Hits, where: Where, here: UUID | None) -> list[Line]:
    return [
        Line(h.row, where.talk(h.row.number), pieces(h.subject), pieces(h.snippet), h.row.id == here,
             (*((t, True) for t in h.tags), *((t, False) for t in h.row.tags if t not in h.tags)))
        for h in hits.hits
    ]  # fmt: skip


def pieces(snippet: Snippet) -> tuple[tuple[str, bool], ...]:
    """A text cut where what was searched begins and ends."""
    found: list[tuple[str, bool]] = []
    at = 0
    for start, end in snippet.marks:
        found += [(snippet.text[at:start], False), (snippet.text[start:end], True)]
        at = end
    return tuple((text, marked) for text, marked in [*found, (snippet.text[at:], False)] if text)


def _more(where: Where, cursor: Cursor | None) -> str:
    if cursor is None:
        return ""
    return f"{where.list}{'&' if where.query else '?'}after={cursor}"


def _places(
    desk: Desk, work: Work, where: Where, named: Mapping[DepartmentId, Department]
) -> tuple[list[Place], list[Place]]:
    counts = room.counts(work.db, desk.agent, now=work.now)
    _ = speaker(desk.agent.language).gettext
    view, searching = where.view, bool(where.words)
    plain = view.department is None and view.saved is None and not searching
    views = [
        Place(
            "/desk" if kind == "mine" else f"/desk?view={kind}", icon, _(name), counts.get(kind, 0),
            plain and view.kind.value == kind,
        )
        for kind, (icon, name) in NAMES.items()
    ]  # fmt: skip
    mine = desk.agent.departments
    departments = [
        Place(f"/desk?view=department&department={id}", "users", d.name, counts.get(str(id), 0),
              not searching and view.department == id)
        for id, d in named.items()
        if d.archived_at is None and (id in mine or desk.agent.role.value != "agent")
    ]  # fmt: skip
    return views, departments
