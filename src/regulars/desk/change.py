"""Changing conversations: one or many at once, every change with who and when, mass changes undoable as one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from regulars.desk.changing import Change, Held, Keep, applied, checked, reversing, still
from regulars.desk.fields import checked_field, custom_fields
from regulars.desk.model import Actor, Changed, ConversationId, MassId, Priority, Status
from regulars.desk.sight import agent_id
from regulars.desk.store import masses, rows
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.store import Db, jobs
from regulars.team import Agent, AgentId, DepartmentId, Role

WAKE = "desk.wake"
"""The job that ends a snooze."""

MOST_AT_ONCE = 1_000


def change(db: Db, conversation: ConversationId, what: Change, *, by: Actor, now: datetime) -> list[Changed]:
    """Change a conversation; the news of what is different now. Raises NotFound, Forbidden, Invalid."""
    what = _checked(db, what, now)
    return apply_to(db, [rows.hold(db, conversation, by)], what, by=by, now=now)


def set_status(db: Db, conversation: ConversationId, status: Status, *, by: Actor, now: datetime) -> list[Changed]:
    """Say whose turn it is."""
    return change(db, conversation, Change(status=Status(status)), by=by, now=now)


def set_priority(
    db: Db, conversation: ConversationId, priority: Priority, *, by: Actor, now: datetime
) -> list[Changed]:
    """Say how urgent it is."""
    return change(db, conversation, Change(priority=Priority(priority)), by=by, now=now)


def assign(db: Db, conversation: ConversationId, agent: AgentId | None, *, by: Actor, now: datetime) -> list[Changed]:
    """Give it to `agent`, or to nobody."""
    return change(db, conversation, Change(assignee=agent), by=by, now=now)


def move(
    db: Db, conversation: ConversationId, department: DepartmentId | None, *, by: Actor, now: datetime
) -> list[Changed]:
    """Give it to a department, or to none."""
    return change(db, conversation, Change(department=department), by=by, now=now)


def tag(db: Db, conversation: ConversationId, *tags: str, by: Actor, now: datetime) -> list[Changed]:
    """Put tags on it."""
    return change(db, conversation, Change(tag=tags), by=by, now=now)


def untag(db: Db, conversation: ConversationId, *tags: str, by: Actor, now: datetime) -> list[Changed]:
    """Take tags off it."""
    return change(db, conversation, Change(untag=tags), by=by, now=now)


def set_field(
    db: Db, conversation: ConversationId, name: str, value: Json, *, by: Actor, now: datetime
) -> list[Changed]:
    """Fill in a custom field; None takes it away."""
    return change(db, conversation, Change(fields={name: value}), by=by, now=now)


def snooze(db: Db, conversation: ConversationId, until: datetime | None, *, by: Actor, now: datetime) -> list[Changed]:
    """Put it out of sight until then, or until the customer writes; None wakes it. Raises Invalid for the past."""
    return change(db, conversation, Change(snoozed_until=until), by=by, now=now)


def wake(db: Db, conversation: ConversationId, *, by: Actor, now: datetime) -> list[Changed]:
    """End a snooze whose time has come; nothing happens to any other."""
    held = rows.hold(db, conversation, by)
    if held.snoozed_until is None or held.snoozed_until > now:
        return []
    return apply_to(db, [held], Change(snoozed_until=None), by=by, now=now)


def change_many(
    db: Db, conversations: Sequence[ConversationId], what: Change, *, by: Actor, now: datetime
) -> tuple[MassId, list[Changed]]:
    """Change all of `conversations` that `by` sees, to be undone as one. Raises Forbidden, Invalid (over 1,000)."""
    if len(conversations) > MOST_AT_ONCE:
        raise Invalid(f"at most {MOST_AT_ONCE} conversations are changed at once: take fewer")
    what = _checked(db, what, now)
    mass = MassId(new_id())
    held = rows.hold_many(db, conversations, by)
    masses.add(db, mass, what, count=len(held), by=by, now=now)
    return mass, apply_to(db, held, what, by=by, now=now, mass=mass)


def undo(db: Db, mass: MassId, *, by: Actor, now: datetime) -> list[Changed]:
    """Take a mass change back, where nobody changed the same since; its maker may, and a manager.

    Raises NotFound; Conflict when it was undone already, and when nothing of it is left to be taken back.
    """
    if masses.maker(db, mass) != agent_id(by) and isinstance(by, Agent) and not by.role.may(Role.MANAGER):
        raise NotFound("there is no such change of many")
    found = masses.take_back(db, mass, now)
    if not found:
        raise Conflict("this was undone already")
    back: list[Changed] = []
    for held in rows.hold_many(db, list(found), by):
        steps = [step for step in found[held.id] if still(held, step)]
        back += apply_to(db, [held], reversing(steps), by=by, now=now)
    if not back:
        masses.not_undone(db, mass)
        raise Conflict("nothing of it can be taken back: it was changed again since")
    return back


def _checked(db: Db, what: Change, now: datetime) -> Change:
    if not isinstance(what.assignee, Keep) and what.assignee and not rows.agent_is_there(db, what.assignee):
        raise Invalid("there is no such agent, or they were disabled", fields={"agent": "is unknown"})
    if not isinstance(what.department, Keep) and what.department and not rows.department_is_there(db, what.department):
        raise Invalid("there is no such department", fields={"department": "is unknown"})
    if what.fields:
        known = {f.name: f for f in custom_fields(db)}
        what = replace(what, fields={name: checked_field(known, name, value) for name, value in what.fields.items()})
    return checked(what, now)


def apply_to(
    db: Db, held: Sequence[Held], what: Change, *, by: Actor, now: datetime, mass: MassId | None = None,
    always: bool = False,
) -> list[Changed]:  # fmt: skip
    """Change what is held already. `always`: write it down even when only what nobody counts as a change is new."""
    stepped = [both for both in (applied(one, what, now) for one in held) if both[1] or always]
    rows.store(db, stepped, by=by, now=now, mass=mass)
    for after, steps in stepped:
        if after.snoozed_until and any(s.kind == "snoozed_until" for s in steps):
            jobs.later(db, WAKE, {"conversation": str(after.id)}, at=after.snoozed_until)
    return [
        Changed(after.id, s.kind, s.before, s.after, by.name, agent_id(by), now, mass=mass)
        for after, steps in stepped
        for s in steps
    ]
