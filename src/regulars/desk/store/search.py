"""Full-text search in SQL.

Two ways to the same page. Rare words are collected: the index gives every message that has them, their conversations
are sorted. Common words are met on a walk: from the newest conversation backwards, looking into each, until the page
is full. Which is shorter, the planner's estimate says; a walk that finds too little ends, and collects after all.
"""

# ruff: noqa: S608  every part is a constant, or the name of a parameter

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.asked import Query, Word
from regulars.desk.model import MessageId, Row, Status
from regulars.desk.store.reading import ROW, UNREAD, row_of
from regulars.desk.store.visible import VISIBLE, looks
from regulars.store import Db
from regulars.team import Agent

COMMON = 4_000
"""Words in more messages than that are met on a walk: about where both ways cost the same among a million."""

COMMON_BEGINNING = 20_000
"""The same for words with those that begin so: of these the planner never believes in less than a thousandth."""

WALKED = 20_000
"""Conversations looked into before a walk gives up."""

READ = 20_000
"""Characters of a message in which the highlight is looked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a search. `after`: the last conversation of the page before.

    named  whom `assignee:` and `department:` mean: name as it was searched → ids
    """

    query: Query
    agent: Agent
    most: int
    after: tuple[datetime, UUID] | None
    now: datetime
    named: Mapping[str, Sequence[UUID]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation, and the newest message in it that has the words."""

    row: Row
    message: MessageId | None
    text: str | None
    at: datetime


def find(db: Db, wanted: Wanted) -> tuple[list[Found], bool]:
    """A page, and whether there is more."""
    ask = _Statement(wanted)
    if not wanted.query.wanted:
        found = ask.run(db, ask.listed())
    else:
        found = ask.run(db, ask.walked()) if _is_common(db, ask) else []
        if len(found) <= wanted.most:
            found = ask.run(db, ask.collected())
    return found[: wanted.most], len(found) > wanted.most


def _is_common(db: Db, ask: "_Statement") -> bool:
    """Whether the planner believes that many messages have the words."""
    return _believed(db, ask, ask.whole) > COMMON or _believed(db, ask, ask.words) > COMMON_BEGINNING


def _believed(db: Db, ask: "_Statement", words: str) -> int:
    """In how many messages the words are, as the planner believes; nothing is read but statistics."""
    query = f"explain (format json) select 1 from conversation_messages m where m.search @@ ({words})"
    plan = db.execute(sa.text(query), ask.given).scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])


class _Statement:
    """The parts of the statement for one query, and what it compares with."""

    def __init__(self, wanted: Wanted) -> None:
        self.limit = wanted.most + 1
        self.given: dict[str, object] = {}
        query, self.named = wanted.query, wanted.named
        said = sorted(query.words, key=lambda w: w.without)
        self.words = " && ".join(self._word(w, beginning=w.prefix) for w in said)
        self.whole = " && ".join(self._word(w, beginning=False) for w in said)
        conditions = [*self._conditions(query), VISIBLE]
        if wanted.after is not None:
            at, id = (self._put(part) for part in wanted.after)
            conditions.append(f"(c.last_at, c.id) < ({at}, {id})")
        self.conditions = " and ".join(conditions)
        self.message = " and ".join(self._message(query))
        self.given |= looks(wanted.agent)

    def run(self, db: Db, statement: str) -> list[Found]:
        """What a statement finds."""
        return [Found(row_of(r[:22]), r[22], r[23], r[15]) for r in db.execute(sa.text(statement), self.given)]

    def listed(self) -> str:
        """By operators alone."""
        return self._whole(f"""select c.id, null::bigint as message from conversations c
            where {self.conditions} order by c.last_at desc, c.id desc limit {self.limit}""")

    def walked(self) -> str:
        """From the newest backwards."""
        return self._whole(f"""select c.id, h.message
            from (select c.id, c.last_at, c.search from conversations c where {self.conditions}
                  order by c.last_at desc, c.id desc limit {WALKED}) c
            left join lateral (select max(m.id) as message from conversation_messages m
                where m.conversation_id = c.id and m.search @@ ({self.words}) and {self.message}) h on true
            where h.message is not null or c.search @@ ({self.words})
            order by c.last_at desc, c.id desc limit {self.limit}""")

    def collected(self) -> str:
        """From the index of words."""
        return self._whole(f"""select c.id, h.message
            from (select id, max(message) as message from (
                    select m.conversation_id as id, m.id as message from conversation_messages m
                    where m.search @@ ({self.words}) and {self.message}
                    union all
                    select s.id, null from conversations s where s.search @@ ({self.words})) u group by id) h
            join conversations c using (id) where {self.conditions}
            order by c.last_at desc, c.id desc limit {self.limit}""")

    def _whole(self, inner: str) -> str:
        return f"""select {ROW}, {UNREAD.format(me=":me")}, p.message, left(m.text, {READ})
            from ({inner}) p join conversations c using (id) left join conversation_messages m on m.id = p.message
            order by c.last_at desc, c.id desc"""

    def _word(self, word: Word, *, beginning: bool) -> str:
        if beginning:
            begins = f"'{word.text}':*"
            asked = f"to_tsquery('simple', {self._put(begins)})"
        else:
            asked = f"{'phraseto' if word.phrase else 'plainto'}_tsquery('simple', {self._put(word.text)})"
        return f"!!{asked}" if word.without else asked

    def _message(self, query: Query) -> Iterator[str]:
        """What has to be true of the message itself."""
        yield "m.withdrawn_at is null"
        if query.channel:
            yield f"m.channel = any({self._put([c.value for c in query.channel])})"
        if query.before:
            yield f"m.received_at < {self._put(query.before)}"
        if query.after:
            yield f"m.received_at >= {self._put(query.after)}"
        if query.attachment:
            yield "exists (select from attachments a where a.message_id = m.id)"

    def _conditions(self, query: Query) -> Iterator[str]:
        """What has to be true of the conversation."""
        yield "c.merged_into is null"
        if Status.SPAM not in query.status:
            yield "c.status <> 'spam'"
        yield from self._narrowed(query)
        for without in query.without:
            yield f"not coalesce(({' and '.join([*self._narrowed(without), *self._as_listed(without)])}), false)"
        if not query.wanted:
            yield from self._as_listed(query)
            yield from self._without(query)

    def _narrowed(self, query: Query) -> Iterator[str]:
        """What is asked of the conversation alone."""
        if query.status:
            yield f"c.status = any({self._put([s.value for s in query.status])})"
        if query.priority:
            yield f"c.priority = any({self._put([int(p) for p in query.priority])})"
        if query.number is not None:
            yield f"c.id = (select root_id from conversations where number = {self._put(query.number)})"
        if query.tags:
            yield f"c.tags @> cast({self._put(list(query.tags))} as text[])"
        if query.language:
            yield f"c.language = any({self._put(list(query.language))})"
        yield from self._people(query)

    def _people(self, query: Query) -> Iterator[str]:
        for sender in query.sender:
            name = self._put(sender)
            if "@" in sender:
                yield f"c.id in (select q.conversation_id from conversation_people q where q.address = {name})"
            else:
                known = (f"position({name} in c.folded->'{where}'->>0) > 0" for where in ("name", "address"))
                yield f"(c.search @@ plainto_tsquery('simple', {name}) and ({' or '.join(known)}))"
        for who in query.assignee:
            one = f"c.assignee_id = any({self._put(list(self.named.get(who, ())))})"
            yield {"me": "c.assignee_id = :me", "none": "c.assignee_id is null"}.get(who, one)
        for department in query.department:
            yield f"c.department_id = any({self._put(list(self.named.get(department, ())))})"

    def _without(self, query: Query) -> Iterator[str]:
        """Where nothing but words that must not be there is said of words."""
        for word in query.unwanted:
            one = self._word(replace(word, without=False), beginning=word.prefix)
            yield f"""not c.search @@ {one} and not exists (select from conversation_messages m
                where m.conversation_id = c.id and m.withdrawn_at is null and m.search @@ {one})"""

    def _as_listed(self, query: Query) -> Iterator[str]:
        """Without words, what is asked of messages is asked of the conversation."""
        if query.channel:
            put = self._put([c.value for c in query.channel])
            yield f"(c.channel = any({put}) or c.last_channel = any({put}))"
        if query.before:
            yield f"c.last_at < {self._put(query.before)}"
        if query.after:
            yield f"c.last_at >= {self._put(query.after)}"
        if query.attachment:
            yield """exists (select from conversation_messages m join attachments a on a.message_id = m.id
                             where m.conversation_id = c.id)"""

    def _put(self, value: object) -> str:
        name = f"s{len(self.given)}"
        self.given[name] = value
        return f":{name}"
