"""Answers in chats that nobody has seen."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from regulars.desk.model import ConversationId, MessageId
from regulars.desk.sight import NIL
from regulars.desk.store.shape import as_json
from regulars.store import Db

if TYPE_CHECKING:
    from regulars.desk.unseen import Unseen

# the conversations first, by the index of lists: what is waiting is at its new end
UNSEEN = sa.text("""
    with quiet as materialized (
        select c.id, c.number, c.subject, c.language, c.name from conversations c
        where c.merged_into is null and c.status <> 'spam' and c.last_author = 'agent' and c.last_channel = 'chat'
              and c.last_at between :since and :until
              and exists (select from conversation_messages m where m.id = c.last_message_id and m.channel = 'chat'
                          and m.withdrawn_at is null and not m.meta ? 'mailed')
        order by c.last_at desc, c.id desc limit :most for update of c skip locked)
    select q.id, q.number, q.subject, q.language, q.name, array_agg(m.id order by m.id) as ids,
           array_agg(m.text order by m.id) as texts,
           (array_agg(m.name order by m.id desc))[1] as agent,
           coalesce((select t.text from conversation_messages t where t.conversation_id = q.id and t.author = 'customer'
                     order by t.id desc limit 1), '') as asked
    from quiet q
    left join seen_marks s on s.conversation_id = q.id and s.agent_id = :customer
    join conversation_messages m on m.conversation_id = q.id and m.author = 'agent' and m.channel = 'chat'
         and m.withdrawn_at is null and m.id > coalesce(s.message_id, 0) and not m.meta ? 'mailed' and m.at > :since
    group by q.id, q.number, q.subject, q.language, q.name""")


def unseen(db: Db, *, since: datetime, until: datetime, most: int) -> "Sequence[Unseen]":
    """Conversations whose last word is an agent's answer in the chat, given in that time and not seen, locked."""
    from regulars.desk.unseen import Unseen  # noqa: PLC0415  it reads through this file

    rows = db.execute(UNSEEN, {"since": since, "until": until, "most": most, "customer": NIL})
    return [
        Unseen(
            ConversationId(row.id), row.number, row.subject, row.language, row.name,
            tuple(map(MessageId, row.ids)), tuple(row.texts), row.agent, row.asked,
        )
        for row in rows
    ]  # fmt: skip


def mark(db: Db, ids: Sequence[MessageId], ledger: int | None) -> None:
    """Say of answers that they were mailed (by that line of the ledger), or that there was nowhere to."""
    query = sa.text("""update conversation_messages set meta = meta || cast(:said as jsonb) where id = any(:ids)""")
    db.execute(query, {"ids": list(ids), "said": as_json({"mailed": ledger})})
