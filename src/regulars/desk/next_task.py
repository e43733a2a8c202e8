"""The task to do next. Two who ask at the same moment never get the same one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_timedelta

from regulars import team
from regulars.decide import Reason, ReasonKind
from regulars.desk.change import assign
from regulars.desk.model import Changed, Channel, ConversationId, Priority, Task
from regulars.desk.sight import check_may_change
from regulars.desk.store import tasks
from regulars.kit.i18n import N_, speaker
from regulars.store import Db
from regulars.team import Agent

LOOKED_AT = 50
"""How many of the tasks that are due first may be reordered by fit."""

TURNS = 3

Fit = Callable[[Sequence[Task], Agent], Sequence[Task]]
"""Puts tasks into the order in which `agent` should get them. What it leaves out is not handed out."""

URGENCY = {Priority.URGENT: N_("Urgent"), Priority.HIGH: N_("High priority")}


@dataclass(frozen=True, slots=True)
class NextTask:
    """What an agent got, and why just that. `changes`: the news of having been given it."""

    task: Task
    reason: Reason
    changes: tuple[Changed, ...] = ()


def as_due(tasks: Sequence[Task], _: Agent) -> Sequence[Task]:
    """The order they come in: by priority, then what is due first, then who waits longest."""
    return tasks


def next_task(
    db: Db, agent: Agent, *, now: datetime, without: Collection[ConversationId] = (), fit: Fit = as_due
) -> NextTask | None:
    """The task `agent` should do next; it is theirs from now on. None: nothing waits for them.

    without  what not to hand out, such as the conversation they are looking at
    fit      puts those that are due first into the order that suits this agent best
    Own conversations come by the same order as new ones; where the agent has as many as they take on, only own ones.
    Raises Forbidden for who may only look.
    """
    check_may_change(agent)
    full = _full(db, agent)
    for _ in range(TURNS):  # each turn looks anew: what others took meanwhile is no longer in it
        found = tasks.waiting(db, agent, full=full, without=without, most=LOOKED_AT, now=now)
        for task in fit(found, agent):
            if tasks.take(db, task.id, agent.id, now):
                changes = () if task.mine else assign(db, task.id, agent.id, by=agent, now=now)
                return NextTask(task, why(task, agent.language, now=now), tuple(changes))
        if len(found) < LOOKED_AT:
            return None
    return None


def why(task: Task, language: str, *, now: datetime) -> Reason:
    """Why this one is next, in the agent's language."""
    _ = speaker(language).gettext
    said = [_(URGENCY[task.priority])] if task.priority in URGENCY else []
    if task.due_at is not None:
        left = task.due_at - now
        words = _("answer due in %(time)s") if left > timedelta(0) else _("answer overdue by %(time)s")
        said.append(words % {"time": _span(abs(left), language)})
    said.append(_("waiting for %(time)s") % {"time": _span(now - task.waiting_since, language)})
    if task.mine:
        said.append(_("already yours"))
    sentence = " · ".join(said)
    return Reason(ReasonKind.RULE, sentence[0].upper() + sentence[1:])


def _full(db: Db, agent: Agent) -> set[Channel]:
    """Channels of which the agent has as much as they take on."""
    most = team.capacity(db).get(agent.id, team.DEFAULT_CAPACITY)
    chats, tickets = tasks.load(db, agent.id)
    full = {Channel.CHAT} if chats >= most["chat"] else set()
    return full | ({c for c in Channel if c is not Channel.CHAT} if tickets >= most["ticket"] else set())


def _span(span: timedelta, language: str) -> str:
    return format_timedelta(span, threshold=1.2, locale=language.split("-", maxsplit=1)[0])
