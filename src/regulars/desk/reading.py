"""Reading a conversation: the agents' guarded door, and the customers' own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from regulars import people
from regulars.desk.model import Actor, Attachment, Conversation, ConversationId, MessageId, Row
from regulars.desk.sight import agent_id
from regulars.desk.store import customers, files, reading, rows
from regulars.desk.store.reading import Heard, Part
from regulars.desk.words import short
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import PersonId
from regulars.kit.text import clean
from regulars.people import Identity, IdentityKind
from regulars.store import Db

MOST = 500
"""Messages read at once, the newest first; older ones by `before`."""


def thread(
    db: Db, conversation: ConversationId, *, by: Actor, before: MessageId | None = None, most: int = MOST
) -> Conversation:
    """Everything about a conversation, for whoever may see it; of one that was merged, the one it is in.

    before  only messages before that one
    Raises NotFound for what is not there or not theirs to see.
    """
    there = rows.sighted(db, conversation, by)
    found = reading.read(db, there, agent_id(by), Part(before=before or 2**62, most=min(most, MOST)))
    if found is None:
        raise NotFound("there is no such conversation")
    theirs = rows.sighted_of(db, [link.conversation for link in found.links], by)
    return replace(found, links=tuple(link for link in found.links if link.conversation in theirs))


def attachment(db: Db, id: UUID, *, by: Actor) -> tuple[Attachment, bytes]:
    """A file with its bytes, for whoever may see its conversation. Raises NotFound."""
    found = files.content(db, id)
    if found is None:
        raise NotFound("there is no such file")
    rows.sighted(db, customers.conversation_of(db, found[0].message), by)
    return found


def by_number(db: Db, number: int, *, by: Actor) -> ConversationId:
    """The conversation people cite as #number. Raises NotFound."""
    found = customers.by_number(db, number)
    if found is None:
        raise NotFound(f"there is no conversation #{number}")
    return rows.sighted(db, found, by)


def heard(db: Db, keys: Sequence[str]) -> Mapping[str, Heard]:
    """What came under some of these keys before, so that the same can be told from what only has its name."""
    return reading.heard(db, {clean(short(key)): key for key in keys}) if keys else {}


def for_person(db: Db, root: PersonId, *, most: int = 50, before: datetime | None = None) -> list[Row]:
    """The conversations of a person, the newest first: of all their merged nodes. Spam is not shown."""
    return customers.of_person(db, root, most, before)


def opens_for(db: Db, conversation: ConversationId, address: str) -> bool:
    """Whether somebody who proves this e-mail address may read the conversation from outside."""
    try:
        node = people.find(db, Identity(IdentityKind.EMAIL, address))
    except (NotFound, Invalid):
        return False
    return customers.own(db, conversation, node) is not None


def thread_for_person(db: Db, conversation: ConversationId, root: PersonId) -> Conversation:
    """A conversation as its customer sees it: no notes, nothing taken back, no history, no colleagues.

    When it was joined with another customer's, each reads their own words, and what was answered since.
    Raises NotFound for what is not there or not theirs.
    """
    there = customers.own(db, conversation, root)
    found = None if there is None else reading.read(db, there, None, Part(most=MOST, inside=False))
    if found is None:
        raise NotFound("there is no such conversation of yours")
    return customers.outside(customers.their_side(db, found, root))


def attachment_for_person(db: Db, id: UUID, root: PersonId) -> tuple[Attachment, bytes]:
    """A file of a person's own conversation. Raises NotFound."""
    found = files.content(db, id)
    if found is None or not customers.may_read(db, found[0].message, root):
        raise NotFound("there is no such file of yours")
    return found
