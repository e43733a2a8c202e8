"""Making two conversations one, parting them again, splitting one in two, and linking what only belongs together.

Every message knows the conversation it was written to, and is read in the one that was merged into. Merging moves no
origin, so parting gives each side back exactly what was its own, with whatever was written to it since.
"""

from collections.abc import Sequence
from datetime import datetime

from regulars.desk.change import apply_to
from regulars.desk.changing import Change, Held, Step
from regulars.desk.model import ACTIVE, Actor, ConversationId, LinkKind, MessageId, Status
from regulars.desk.store import joining as table
from regulars.desk.store import rows, saying, summary
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.store import Db

MOST_JOINED = 200
"""More conversations in one are a mistake."""


def merge(db: Db, conversation: ConversationId, into: ConversationId, *, by: Actor, now: datetime) -> ConversationId:
    """Read `conversation` in `into` from now on, and whatever is written to it later; the one they are in.

    When somebody waits in it, the joined one is open. Raises NotFound, Forbidden; Conflict when they are one already.
    """
    table.exclude(db)
    child, parent = _both(db, conversation, into, by)
    if len(table.family(db, child.id)) + len(table.family(db, parent.id)) > MOST_JOINED:
        raise Conflict(f"at most {MOST_JOINED} conversations can be one")
    table.adopt(db, child.id, parent.id)
    opens = (
        child.status in ACTIVE and child.waiting_since is not None and parent.status not in {Status.NEW, Status.OPEN}
    )
    if opens:
        apply_to(db, [parent], Change(status=Status.OPEN), by=by, now=now)
    summary.refresh(db, [parent.id])
    was: Json = {
        "conversation": str(child.id),
        "number": child.number,
        "status": parent.status.value if opens else None,
    }
    into_whom: Json = {"conversation": str(parent.id), "number": parent.number}
    lines = [(parent.id, Step("merged", None, was)), (child.id, Step("merged_into", None, into_whom))]
    rows.add_history(db, lines, by=by, now=now)
    _tell(db, child.id, parent.id)
    return parent.id


def unmerge(db: Db, conversation: ConversationId, *, by: Actor, now: datetime) -> ConversationId:
    """Give `conversation`, which was merged, back as it was, with what was written to it since; the one it was in.

    Raises NotFound, Forbidden; Conflict when it is in no other.
    """
    table.exclude(db)
    parent = rows.hold(db, conversation, by)
    if not table.part(db, conversation):
        raise Conflict("this conversation was not merged into another, or was parted already")
    own = table.family(db, conversation)
    table.bring_home(db, own, conversation, parent.id)
    before = table.opened_by_merge(db, parent.id, conversation)
    if before is not None and parent.status is Status.OPEN:
        apply_to(db, [parent], Change(status=Status(before)), by=by, now=now)
    summary.refresh(db, [parent.id, conversation])
    step = Step("unmerged", {"conversation": str(conversation)}, None)
    rows.add_history(db, [(parent.id, step), (conversation, step)], by=by, now=now)
    _tell(db, conversation, parent.id)
    return parent.id


def split(
    db: Db, conversation: ConversationId, messages: Sequence[MessageId], *, by: Actor, now: datetime, subject: str = ""
) -> ConversationId:
    """Take some messages out into a conversation of their own, linked to this one. Merging it back undoes that.

    Raises NotFound, Forbidden; Invalid for messages of another conversation, for none of them, and for all of them.
    """
    table.exclude(db)
    held = rows.hold(db, conversation, by)
    there = table.message_ids(db, held.id)
    wanted = sorted(set(messages))
    if not wanted or not there.issuperset(wanted) or len(wanted) == len(there):
        words = "choose some of the messages of this conversation, not all of them"
        raise Invalid(words, fields={"messages": words})
    new = ConversationId(new_id())
    table.open_split(db, (new, held.id), wanted, clean(subject.strip())[:300] or held.subject, now)
    link(db, new, held.id, LinkKind.SPLIT, by=by, now=now)
    summary.refresh(db, [held.id, new])
    lines = [
        (held.id, Step("split", None, {"conversation": str(new), "messages": len(wanted)})),
        (new, Step("split_from", None, {"conversation": str(held.id), "number": held.number})),
    ]
    rows.add_history(db, lines, by=by, now=now)
    _tell(db, held.id, new)
    return new


def relate(db: Db, conversation: ConversationId, other: ConversationId, *, by: Actor, now: datetime) -> None:
    """Mark two conversations as belonging together. Raises NotFound, Forbidden; Conflict when they are one."""
    one, two = _both(db, conversation, other, by)
    link(db, one.id, two.id, LinkKind.RELATED, by=by, now=now)
    rows.add_history(db, [(one.id, Step("related", None, {"number": two.number}))], by=by, now=now)
    _tell(db, one.id, two.id)


def unrelate(db: Db, conversation: ConversationId, other: ConversationId, *, by: Actor, now: datetime) -> None:
    """Take that mark away. Raises NotFound, Forbidden."""
    one, two = _both(db, conversation, other, by)
    if not table.unlink(db, one.id, two.id):
        raise NotFound("these two are not linked")
    rows.add_history(db, [(one.id, Step("related", {"number": two.number}, None))], by=by, now=now)
    _tell(db, one.id, two.id)


def link(db: Db, later: ConversationId, earlier: ConversationId, kind: LinkKind, *, by: Actor, now: datetime) -> None:
    """Write a link down, once."""
    table.link(db, (later, earlier), kind, by.name, now)


def _both(db: Db, one: ConversationId, other: ConversationId, by: Actor) -> tuple[Held, Held]:
    held = {h.id: h for h in rows.hold_many(db, [one, other], by)}
    roots = table.roots(db, [one, other])
    if any(roots.get(c) not in held for c in (one, other)):
        raise NotFound("there is no such conversation, or it belongs to another department")
    if roots[one] == roots[other]:
        raise Conflict("these are one conversation already")
    return held[roots[one]], held[roots[other]]


def _tell(db: Db, *conversations: ConversationId) -> None:
    for conversation in conversations:
        saying.tell(db, conversation, "changed")
