"""One conversation as it is read: messages and changes on one line of time, each in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from regulars.desk import Author, Changed, Conversation, Message, MessageId, Priority
from regulars.desk.policy import UNDO_FOR
from regulars.kit import markdown
from regulars.kit.i18n import N_, speaker
from regulars.kit.json import Json
from regulars.team import Agent, AgentId, DepartmentId
from regulars.web.pages.inbox.meeting import Meeting, meeting
from regulars.web.pages.inbox.shell import PRIORITIES, STATUSES, Shell

RICH = re.compile(r"<(table|img|h[1-6]|ul|ol|font|style|hr|center)\b", re.IGNORECASE)
DELIVERY = {
    "queued": N_("waits to go out"), "claimed": N_("is going out"), "accepted": N_("sent"),
    "failed": N_("did not go out"), "unknown": N_("may not have arrived"), "cancelled": N_("taken back"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A message to show. `side`: customer, agent, note or machine; `frame`: it has HTML worth its own frame.

    answers_to  where its writer asked to be answered, when that is not where it came from
    """

    message: Message
    side: str
    html: str
    frame: bool
    delivery: str
    seen: bool
    again: bool
    undo_seconds: int
    meeting: Meeting | None
    answers_to: str


@dataclass(frozen=True, slots=True)
class Happened:
    """A change, in words."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation to show. `line`: what was said and what happened, oldest first."""

    conversation: Conversation
    line: Sequence[Said | Happened]
    newest: MessageId
    undo: Said | None


def talk(found: Conversation, shell: Shell, me: Agent, now: datetime) -> Talk:
    """`found` in the words of `me`."""
    said = [_said(m, found, me, now) for m in found.messages]
    happened = [h for c in found.changes if (h := _happened(c, shell, me.language))]
    entries: list[tuple[datetime, int, Said | Happened]] = [(s.message.at, 0, s) for s in said]
    entries += [(h.at, 1, h) for h in happened]
    entries.sort(key=lambda entry: entry[:2])
    newest = max((m.id for m in found.messages), default=MessageId(0))
    undo = next((s for s in reversed(said) if s.undo_seconds), None)
    return Talk(found, [entry for _, _, entry in entries], newest, undo)


def answered_since(found: Conversation, seen: int, me: AgentId) -> Message | None:
    """The newest answer of a colleague that `me` had not seen when they began to write."""
    theirs = (m for m in found.messages if m.id > seen and m.author is Author.AGENT and m.agent != me)
    return max((m for m in theirs if not m.withdrawn), key=lambda m: m.id, default=None)


def _said(message: Message, found: Conversation, me: Agent, now: datetime) -> Said:
    own = message.author is Author.AGENT
    left = message.at + UNDO_FOR - now
    undoable = own and message.agent == me.id and not message.withdrawn and left > timedelta(0)
    written = own or message.author in (Author.NOTE, Author.SYSTEM)
    delivery = speaker(me.language).gettext(DELIVERY[message.delivery]) if message.delivery in DELIVERY else ""
    return Said(
        message,
        {Author.CUSTOMER: "customer", Author.AGENT: "agent", Author.NOTE: "note"}.get(message.author, "machine"),
        markdown.to_html(message.text, pictures=False) if written else "",
        bool(message.html and not written and RICH.search(message.html)),
        delivery,
        own and found.seen_by_customer is not None and message.id <= found.seen_by_customer,
        own and message.delivery in ("failed", "unknown") and not message.withdrawn,
        max(1, int(left.total_seconds())) if undoable else 0,
        meeting(message.meta, me.language),
        str(message.meta.get("reply_to") or ""),
    )


def _happened(change: Changed, shell: Shell, language: str) -> Happened | None:
    _ = speaker(language).gettext
    words = _words(change, shell, language)
    return None if not words else Happened(change.at, change.by or _("the house"), words)


SAYINGS: Mapping[str, tuple[str, str]] = {
    "status": (N_("status: %(value)s"), N_("status: %(value)s")),
    "priority": (N_("priority: %(value)s"), N_("priority: %(value)s")),
    "assignee": (N_("given to %(value)s"), N_("given to nobody")),
    "department": (N_("moved to %(value)s"), N_("moved to no department")),
    "snoozed_until": (N_("snoozed until %(value)s"), N_("woken")),
    "tags": (N_("tags: %(value)s"), N_("no tags")),
    "merged": (N_("joined with %(value)s"), N_("joined")),
    "merged_into": (N_("joined into %(value)s"), N_("joined")),
    "unmerged": (N_("parted again"), N_("parted again")),
    "split": (N_("messages taken out into a conversation of their own"),) * 2,
    "split_from": (N_("taken out of %(value)s"), N_("taken out of another")),
    "related": (N_("linked with %(value)s"), N_("link taken away")),
    "subject": (N_("subject: %(value)s"), N_("no subject")),
}  # fmt: skip


def _words(change: Changed, shell: Shell, language: str) -> str:
    _ = speaker(language).gettext
    value = _value(change.kind, change.after, shell, language)
    if change.kind in SAYINGS:
        return _(SAYINGS[change.kind][0 if value else 1]) % {"value": value}
    name = change.kind.removeprefix("field.").removeprefix("field:").replace("_", " ")
    return f"{name}: {value}" if value else _("%(name)s taken away") % {"name": name}


def _value(kind: str, value: Json, shell: Shell, language: str) -> str:
    _ = speaker(language).gettext
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    if isinstance(value, dict):
        return f"#{value['number']}" if value.get("number") else ""
    text = "" if value is None else str(value)
    if kind == "status":
        return _(STATUSES.get(text, text))
    if kind == "priority" and text.isdecimal():
        return _(PRIORITIES[Priority(int(text)).name.lower()])
    if kind == "assignee" and text:
        agent = shell.agents.get(AgentId(UUID(text)))
        return agent.name if agent else "?"
    if kind == "department" and text:
        department = shell.named.get(DepartmentId(UUID(text)))
        return department.name if department else "?"
    return text[:16].replace("T", " ") if kind == "snoozed_until" else text[:200]
