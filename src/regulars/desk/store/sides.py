"""Whose words somebody reads in a conversation into which another customer's was merged: their own side of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.model import Author, Conversation, ConversationId, Message, Row
from regulars.kit.ids import PersonId
from regulars.store import Db

PEOPLE = sa.text("""
    select o.person_id, o.origin_id, o.since, o.address from conversation_people o where o.conversation_id = :id
    order by o.since, o.origin_id""")
JOINED = sa.text("""
    select min(h.at), max(h.at) from conversation_changes h
    where h.conversation_id = :id and h.kind = 'merged'
          and exists (select from conversations c where c.root_id = :id and c.merged_into is not null)""")
NODES = sa.text("select n.id from persons n where n.root_id = (select p.root_id from persons p where p.id = :person)")
CALLED = sa.text("select subject, name, address from conversations where id = :id")
MERGED = sa.text("select distinct root_id from conversations where root_id = any(:ids) and merged_into is not null")


@dataclass(frozen=True, slots=True)
class Side:
    """One customer's side of a joined conversation.

    home     the conversation they know it as
    origins  the ones of it that are theirs
    homes    person → where they came from; who came from elsewhere is a stranger here
    joined   since when an answer is for all of them
    """

    home: ConversationId
    origins: frozenset[UUID]
    nodes: frozenset[int]
    addresses: frozenset[str]
    homes: Mapping[int, UUID]
    joined: datetime
    called: tuple[str, str, str]

    def reads(self, one: Message) -> bool:
        """Whether a message is for their eyes."""
        if one.person in self.nodes or (one.address and one.address in self.addresses):
            return True
        if one.author in (Author.CUSTOMER, Author.AUTOMATIC):
            home = one.origin if one.person is None else self.homes.get(one.person, one.origin)
            return one.origin in self.origins and home in self.origins
        return one.origin in self.origins or one.at >= self.joined

    def row(self, row: Row) -> Row:
        """`row` in their words, without anybody else's."""
        subject, name, address = self.called
        return replace(row, subject=subject, name=name, address=address, preview="")

    def cut(self, found: Conversation) -> Conversation:
        """`found` as they read it."""
        people = (p for p in found.participants if p.person in self.nodes or p.address in self.addresses)
        messages = tuple(m for m in found.messages if self.reads(m))
        return replace(found, row=self.row(found.row), messages=messages, participants=tuple(people))


def side(db: Db, conversation: ConversationId, person: PersonId) -> Side | None:
    """The side of `person`; None when all of it is theirs to read, as it is where no two customers were joined."""
    first, last = db.execute(JOINED, {"id": conversation}).one()
    if first is None:
        return None
    nodes = frozenset(db.execute(NODES, {"person": person}).scalars())
    people = db.execute(PEOPLE, {"id": conversation}).all()
    own = [one for one in people if one.person_id in nodes]
    origins = dict(reversed([(one.origin_id, one.since) for one in own]))
    if len(origins) > 1 and origins.get(conversation, first) > first:
        del origins[conversation]  # they only came to write there because they were joined
    homes = dict(reversed([(one.person_id, one.origin_id) for one in people if one.person_id is not None]))
    if all(home in origins for home in homes.values()) or not origins:
        return None
    home = ConversationId(conversation if conversation in origins else next(reversed(origins)))
    addresses = frozenset(one.address for one in own if one.address)
    called = db.execute(CALLED, {"id": home}).one()
    return Side(home, frozenset(origins), nodes, addresses, homes, last, (called[0], called[1], called[2]))


def rows_of(db: Db, rows: Sequence[Row], person: PersonId) -> list[Row]:
    """`rows` of a list in the person's own words."""
    merged = set(db.execute(MERGED, {"ids": [row.id for row in rows]}).scalars()) if rows else set()
    sides = {row.id: side(db, row.id, person) for row in rows if row.id in merged}
    return [found.row(row) if (found := sides.get(row.id)) else row for row in rows]
