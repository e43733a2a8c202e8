"""Erasing a person's words."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.store import Db

THEIRS = "(select id from conversations where person_id = any(:nodes))"
"""Conversations that the person began: nothing in them is about anybody else."""

BLANK = sa.text(f"""
    update conversation_messages set text = '', html = '', quoted = '', subject = '', address = '', language = '',
        name = case when author in ('agent', 'note') then name else '' end, person_id = null, message_id = null,
        meta = '{{}}', search = '', erased_at = :now
    where erased_at is null and (person_id = any(:nodes) or origin_id in {THEIRS})
    returning id""")  # noqa: S608  constants
FORGET = tuple(
    sa.text(query)
    for query in (
        "delete from attachments where message_id = any(:messages)",
        f"delete from drafts where conversation_id in {THEIRS}",  # noqa: S608
        f"""update conversation_changes set before = 'null', after = 'null'
            where (kind like 'field:%' or kind = 'tags') and conversation_id in {THEIRS}""",  # noqa: S608
        "delete from conversation_people where person_id = any(:nodes)",
        f"""delete from conversation_people where origin_id in {THEIRS}""",  # noqa: S608
        """update conversations set subject = '', name = '', address = '', preview = '', search = '', folded = '{}',
           fields = '{}', tags = '{}', language = '', person_id = null where person_id = any(:nodes)""",
        """update conversations c set preview = '' from conversation_messages m
           where m.id = any(:messages) and c.id = m.conversation_id and c.last_message_id = m.id""",
    )
)
ORPHANS = sa.text("""delete from attachment_contents where digest = any(:digests)
    and not exists (select from attachments a where a.digest = attachment_contents.digest)""")
RAW = sa.text(f"""
    select (meta ->> 'raw')::bigint from conversation_messages
    where erased_at is null and meta ? 'raw' and (person_id = any(:nodes) or origin_id in {THEIRS})""")  # noqa: S608
GONE = sa.text("""
    select person_id from (select person_id from conversations where person_id is not null
        union select person_id from conversation_people where person_id is not null
        union select person_id from conversation_messages where person_id is not null) n
    where not exists (select from persons p where p.id = n.person_id) limit 1000""")


def erase(db: Db, nodes: Sequence[PersonId], now: datetime) -> int:
    """Blank the words of a person; how many messages had some."""
    given: dict[str, object] = {"nodes": list(nodes), "now": now}
    messages = list(db.execute(BLANK, given).scalars())
    given["messages"] = messages
    digests = db.execute(sa.text("select distinct digest from attachments where message_id = any(:messages)"), given)
    kept = list(digests.scalars())
    for query in FORGET:
        db.execute(query, given)
    db.execute(ORPHANS, {"digests": kept})
    return len(messages)


def raw_mails(db: Db, nodes: Sequence[PersonId]) -> list[int]:
    """The raw mails that what they said was read from."""
    return [int(raw) for raw in db.execute(RAW, {"nodes": list(nodes)}).scalars()]


def gone(db: Db) -> list[PersonId]:
    """Nodes that are named here and nowhere else any more."""
    return [PersonId(n) for n in db.execute(GONE).scalars()]
