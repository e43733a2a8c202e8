"""What lists show of a conversation, counted anew from its messages: after merging, parting, splitting, taking back."""

from collections.abc import Sequence

import sqlalchemy as sa

from regulars.desk.model import ConversationId
from regulars.desk.policy import ANSWER_WITHIN
from regulars.desk.words import PREVIEW
from regulars.store import Db

_WITHIN = " ".join(f"when {int(p)} then interval '{int(t.total_seconds())} s'" for p, t in ANSWER_WITHIN.items())
REFRESH = sa.text(f"""
with said as materialized (
    select m.conversation_id, m.id, m.author, m.channel, m.received_at, m.text
    from conversation_messages m
    where m.conversation_id = any(:ids) and m.author <> 'note' and m.withdrawn_at is null),
counted as (
    select conversation_id, count(*) as messages, max(id) as last,
           max(id) filter (where author = 'customer') as last_customer,
           max(id) filter (where author = 'agent') as last_agent,
           min(received_at) filter (where author = 'agent') as first_reply
    from said group by 1),
told as (
    select c.*, l.author, l.received_at, coalesce(lc.channel, l.channel) as channel, l.text,
           (select min(w.received_at) from said w
            where w.conversation_id = c.conversation_id and w.author = 'customer' and w.id > coalesce(c.last_agent, 0)
           ) as waiting
    from counted c join said l on l.id = c.last left join said lc on lc.id = c.last_customer)
update conversations c
set messages = coalesce(t.messages, 0), last_message_id = coalesce(t.last, 0),
    last_customer_message_id = coalesce(t.last_customer, 0), last_author = coalesce(t.author, 'customer'),
    last_channel = coalesce(t.channel, c.channel), last_at = coalesce(t.received_at, c.created_at),
    preview = left(regexp_replace(coalesce(t.text, ''), '\\s+', ' ', 'g'), {PREVIEW}), first_reply_at = t.first_reply,
    waiting_since = case when c.status in ('solved', 'closed', 'spam') then null else t.waiting end,
    due_at = case when c.status in ('solved', 'closed', 'spam') then null
             else t.waiting + case c.priority {_WITHIN} end end
from conversations x left join told t on t.conversation_id = x.id
where x.id = any(:ids) and c.id = x.id""")  # noqa: S608  constants


def refresh(db: Db, conversations: Sequence[ConversationId]) -> None:
    """Count `conversations` anew."""
    db.execute(REFRESH, {"ids": list(conversations)})
