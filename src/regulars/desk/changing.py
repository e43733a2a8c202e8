"""What a change does to a conversation. Pure: one policy for a single change, a mass change and its undo."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from regulars.desk.model import ConversationId, Priority, Status
from regulars.desk.policy import OVER, due
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.team import AgentId, DepartmentId

MOST_TAGS = 50
LONGEST_TAG = 60


class Keep(Enum):
    """Says "as it is" where None means "nobody"."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Change:
    """What to change; everything else stays. `fields`: a value None takes the field away."""

    status: Status | None = None
    priority: Priority | None = None
    assignee: AgentId | None | Keep = KEEP
    department: DepartmentId | None | Keep = KEEP
    tag: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    fields: Mapping[str, Json] = field(default_factory=dict)
    snoozed_until: datetime | None | Keep = KEEP


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation under lock: what changes can change, and what they need to know."""

    id: ConversationId
    status: Status
    priority: Priority
    assignee: AgentId | None
    department: DepartmentId | None
    tags: tuple[str, ...]
    fields: Mapping[str, Json]
    snoozed_until: datetime | None
    waiting_since: datetime | None
    first_reply_at: datetime | None
    solved_at: datetime | None
    subject: str = ""
    name: str = ""
    address: str = ""
    last_channel: str = ""
    language: str = ""
    number: int = 0
    person: int | None = None

    @property
    def due_at(self) -> datetime | None:
        """Until when the answer is owed."""
        return due(self.waiting_since, self.priority)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of history: what changed from what to what."""

    kind: str
    before: Json
    after: Json


def applied(held: Held, change: Change, now: datetime) -> tuple[Held, list[Step]]:
    """`held` after `change`, and the steps that led there; no steps when nothing is different.

    A snooze ends when the conversation is finished; nobody waits in what is finished.
    """
    after = replace(held, **_columns(change))  # type: ignore[arg-type]  # by name
    after = replace(after, tags=_tagged(held.tags, change), fields=_filled(held.fields, change.fields))
    if after.status in OVER:
        after = replace(after, waiting_since=None, snoozed_until=None)
    if after.status is not held.status:
        after = replace(after, solved_at=now if after.status in (Status.SOLVED, Status.CLOSED) else None)
    return after, list(_steps(held, after))


def reversing(steps: Iterable[Step]) -> Change:
    """The change that takes `steps` back; tags and fields one by one, so that others' additions stay."""
    back = Change()
    for step in steps:
        if step.kind == "tags":
            before, after = _names(step.before), _names(step.after)
            back = replace(back, tag=tuple(before - after), untag=tuple(after - before))
        elif step.kind.startswith("field:"):
            back = replace(back, fields={**back.fields, step.kind.removeprefix("field:"): step.before})
        elif step.kind in _READ:
            back = replace(back, **{step.kind: _READ[step.kind](step.before)})  # type: ignore[arg-type]  # by its kind
    return back


def still(held: Held, step: Step) -> bool:
    """Whether what `step` set is still so: what others changed since is theirs."""
    if step.kind == "tags":
        return True
    if step.kind.startswith("field:"):
        return held.fields.get(step.kind.removeprefix("field:")) == step.after
    return step.kind in _READ and _said(getattr(held, step.kind)) == step.after


def checked(change: Change, now: datetime) -> Change:
    """`change` with its tags tidied. Raises Invalid for what makes no sense."""
    tags = tuple(dict.fromkeys(t for t in (tidy_tag(t) for t in change.tag) if t))
    if isinstance(change.snoozed_until, datetime) and change.snoozed_until <= now:
        raise Invalid("a snooze ends in the future", fields={"until": "is past"})
    for name in change.fields:
        if not 1 <= len(name) <= 100:
            raise Invalid("the name of a field has 1 to 100 characters", fields={"field": "1 to 100 characters"})
    return replace(change, tag=tags, untag=tuple(tidy_tag(t) for t in change.untag))


def tidy_tag(tag: str) -> str:
    """`tag` as it is kept: lower case, words joined by hyphens. Raises Invalid for one that is too long."""
    tidy = "-".join(clean(tag).casefold().replace(",", " ").split())
    if len(tidy) > LONGEST_TAG:
        raise Invalid(f"a tag has at most {LONGEST_TAG} characters", fields={"tag": "is too long"})
    return tidy


def _columns(change: Change) -> dict[str, Status | Priority | AgentId | DepartmentId | datetime | None]:
    given: dict[str, Status | Priority | AgentId | DepartmentId | datetime | None] = {}
    if change.status is not None:
        given["status"] = change.status
    if change.priority is not None:
        given["priority"] = change.priority
    if not isinstance(change.assignee, Keep):
        given["assignee"] = change.assignee
    if not isinstance(change.department, Keep):
        given["department"] = change.department
    if not isinstance(change.snoozed_until, Keep):
        given["snoozed_until"] = change.snoozed_until
    return given


def _tagged(tags: tuple[str, ...], change: Change) -> tuple[str, ...]:
    kept = [t for t in tags if t in change.tag or t not in change.untag]
    together = tuple(dict.fromkeys([*kept, *change.tag]))
    if len(together) > max(MOST_TAGS, len(tags)):
        raise Invalid(f"a conversation has at most {MOST_TAGS} tags", fields={"tag": "too many"})
    return together


def _filled(fields: Mapping[str, Json], given: Mapping[str, Json]) -> Mapping[str, Json]:
    return {name: value for name, value in {**fields, **given}.items() if value is not None}


def _steps(before: Held, after: Held) -> Iterable[Step]:
    for name in ("status", "priority", "assignee", "department", "snoozed_until"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Step(name, _said(old), _said(new))
    if before.tags != after.tags:
        yield Step("tags", list(before.tags), list(after.tags))
    for name in sorted({*before.fields, *after.fields}):
        if before.fields.get(name) != after.fields.get(name):
            yield Step(f"field:{name}", before.fields.get(name), after.fields.get(name))


def _said(value: Status | Priority | AgentId | DepartmentId | datetime | None) -> Json:
    """`value` as history keeps it."""
    match value:
        case None:
            return None
        case Priority():
            return int(value)
        case datetime():
            return value.isoformat()
    return str(value)


def _names(said: Json) -> set[str]:
    return {str(t) for t in said} if isinstance(said, Sequence) and not isinstance(said, str) else set()


def _uuid(said: Json) -> UUID | None:
    return None if said is None else UUID(str(said))


_READ: Mapping[str, Callable[[Json], object]] = {
    "status": lambda said: Status(str(said)),
    "priority": lambda said: Priority(int(str(said))),
    "assignee": _uuid,
    "department": _uuid,
    "snoozed_until": lambda said: None if said is None else datetime.fromisoformat(str(said)),
}
