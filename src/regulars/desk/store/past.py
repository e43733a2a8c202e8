"""Bringing in whole conversations: a few statements for a batch, however large."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from regulars.desk.filters import folded
from regulars.desk.model import Author
from regulars.desk.policy import due
from regulars.desk.sight import NIL
from regulars.desk.store.shape import as_json, moment
from regulars.desk.words import LONGEST_SUBJECT, PREVIEW, line, words
from regulars.kit.ids import PersonId
from regulars.kit.text import clean
from regulars.store import Db, driver

if TYPE_CHECKING:
    from regulars.desk.past import PastConversation

KNOWN = "select id from conversations where id in (select x::uuid from json_array_elements_text(%s::json) as x)"
DRAW = "select nextval('conversation_messages_id_seq') from generate_series(1, %s)"
OPEN = """
insert into conversations (id, root_id, subject, channel, last_channel, status, priority, person_id, name, address,
    department_id, assignee_id, language, tags, created_at, updated_at, last_at, last_message_id,
    last_customer_message_id, last_author, preview, messages, waiting_since, due_at, first_reply_at, solved_at,
    folded, search)
select id, id, subject, channel, channel, status, priority, person, name, address, department, assignee, language, tags,
    created, last_at, last_at, last, last_customer, last_author, preview, messages, waiting, due, first_reply, solved,
    folded, to_tsvector('simple', words)
from json_to_recordset(%s::json) as c(id uuid, subject text, channel text, status text, priority int, person bigint,
    name text, address text, department uuid, assignee uuid, language text, tags text[], created timestamptz,
    last_at timestamptz, last bigint, last_customer bigint, last_author text, preview text, messages int,
    waiting timestamptz, due timestamptz, first_reply timestamptz, solved timestamptz, folded jsonb, words text)
order by created"""
SAY = """
insert into conversation_messages (id, conversation_id, origin_id, at, received_at, channel, author, agent_id,
    person_id, name, address, text, language, key, search)
overriding system value
select id, conversation, conversation, at, at, channel, author, agent, person, name, address, text, language, key,
       to_tsvector('simple', words)
from json_to_recordset(%s::json) as m(id bigint, conversation uuid, at timestamptz, channel text, author text,
    agent uuid, person bigint, name text, address text, text text, language text, key text, words text)"""
TAKE_PART = """
insert into conversation_people (conversation_id, origin_id, person_id, address, name, since)
select conversation, conversation, person, address, name, since
from json_to_recordset(%s::json) as p(conversation uuid, person bigint, address text, name text, since timestamptz)
on conflict do nothing"""

SEEN = """
insert into seen_marks (conversation_id, agent_id, message_id, at)
select conversation, agent, message, at
from json_to_recordset(%s::json) as s(conversation uuid, agent uuid, message bigint, at timestamptz)"""


def insert(db: Db, conversations: "Sequence[PastConversation]", persons: Sequence[PersonId | None]) -> int:
    """Insert those that are not there yet; returns how many."""
    connection = driver(db)
    known = {row[0] for row in connection.execute(KNOWN, [as_json([c.id for c in conversations])])}
    fresh = {c.id: (c, p) for c, p in zip(conversations, persons, strict=True) if c.id not in known}
    total = sum(len(c.messages) for c, _ in fresh.values())
    drawn = (cast("int", row[0]) for row in connection.execute(DRAW, [total]))
    numbered = [(c, p, [next(drawn) for _ in c.messages]) for c, p in fresh.values()]
    with connection.pipeline():
        connection.execute(OPEN, [as_json([_opened(c, p, ids) for c, p, ids in numbered])])
        connection.execute(SAY, [as_json([row for c, p, ids in numbered for row in _said(c, p, ids)])])
        connection.execute(TAKE_PART, [as_json([_part(c, p) for c, p, _ in numbered])])
        connection.execute(SEEN, [as_json([row for c, _, ids in numbered for row in _seen(c, ids)])])
    return len(fresh)


def _opened(one: "PastConversation", person: PersonId | None, ids: Sequence[int]) -> Mapping[str, object]:
    last = one.messages[-1]
    theirs = [i for i, m in zip(ids, one.messages, strict=True) if m.author is Author.CUSTOMER]
    replies = [m.at for m in one.messages if m.author is Author.AGENT]
    subject = line(clean(one.subject), LONGEST_SUBJECT) or line(clean(one.messages[0].text), 80)
    return {
        "id": one.id, "subject": subject, "channel": one.channel, "status": one.status, "priority": one.priority,
        "person": person, "name": clean(one.sender.name), "address": one.sender.address.casefold(),
        "department": one.department, "assignee": one.assignee, "language": one.language, "tags": list(one.tags),
        "created": one.messages[0].at, "last_at": last.at, "last": ids[-1],
        "last_customer": theirs[-1] if theirs else 0, "last_author": last.author,
        "preview": line(clean(last.text), PREVIEW), "messages": len(ids), "waiting": moment(one.waiting_since),
        "due": moment(due(one.waiting_since, one.priority)), "first_reply": moment(replies[0] if replies else None),
        "solved": moment(last.at if one.status in ("solved", "closed") else None),
        "folded": folded(subject, clean(one.sender.name), one.sender.address.casefold(), one.tags, {}),
        "words": words(subject, one.sender.name, one.sender.address, *one.tags),
    }  # fmt: skip


def _said(one: "PastConversation", person: PersonId | None, ids: Sequence[int]) -> Iterator[Mapping[str, object]]:
    for n, (id, message) in enumerate(zip(ids, one.messages, strict=True)):
        theirs = message.author is Author.CUSTOMER
        name = one.sender.name if theirs else message.name
        yield {
            "id": id, "conversation": one.id, "at": message.at, "channel": one.channel, "author": message.author,
            "agent": message.agent, "person": person if theirs else None, "name": clean(name),
            "address": one.sender.address.casefold() if theirs else "", "text": clean(message.text),
            "language": one.language, "key": f"past:{one.id}:{n}", "words": words(message.text, name),
        }  # fmt: skip


def _part(one: "PastConversation", person: PersonId | None) -> Mapping[str, object]:
    return {
        "conversation": one.id, "person": person, "address": one.sender.address.casefold(),
        "name": clean(one.sender.name), "since": one.messages[0].at,
    }  # fmt: skip


def _seen(one: "PastConversation", ids: Sequence[int]) -> Iterator[Mapping[str, object]]:
    """The customer saw it all where it was had; who it is assigned to saw what needs no answer."""
    for agent in (NIL, None if one.waiting_since else one.assignee):
        if agent is not None:
            yield {"conversation": one.id, "agent": agent, "message": ids[-1], "at": one.messages[-1].at}
