"""Attachments: the same bytes are kept once."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.model import Attachment, MessageId, NewAttachment
from regulars.kit.ids import new_id
from regulars.store import Db, driver

KEEP = "insert into attachment_contents (digest, content) values (%b, %b) on conflict do nothing"
ATTACH = """
insert into attachments (id, message_id, position, name, type, size, inline_id, digest)
values (%s, %s, %s, %s, %s, %s, %s, %b)"""
COLUMNS = "id, message_id, name, type, size, inline_id"


def attach(db: Db, files: Iterable[tuple[MessageId, Sequence[NewAttachment]]]) -> None:
    """Keep the files of messages, in their order."""
    connection = driver(db)
    kept: set[bytes] = set()
    for message, position, file in ((m, n, f) for m, some in files for n, f in enumerate(some)):
        digest = sha256(file.content).digest()
        if digest not in kept:
            kept.add(digest)
            connection.execute(KEEP, [digest, file.content])
        row = [new_id(), message, position, file.name, file.type, len(file.content), file.inline_id, digest]
        connection.execute(ATTACH, row)


def of_messages(db: Db, messages: Sequence[MessageId]) -> dict[MessageId, list[Attachment]]:
    """The files of each message that has some."""
    query = f"select {COLUMNS} from attachments where message_id = any(:m) order by message_id, position"  # noqa: S608  a constant
    found: dict[MessageId, list[Attachment]] = {}
    for row in db.execute(sa.text(query), {"m": list(messages)}):
        found.setdefault(MessageId(row.message_id), []).append(Attachment(*row))
    return found


def content(db: Db, attachment: UUID) -> tuple[Attachment, bytes] | None:
    """A file with its bytes."""
    query = sa.text("""select a.id, a.message_id, a.name, a.type, a.size, a.inline_id, c.content
                       from attachments a join attachment_contents c using (digest) where a.id = :id""")
    row = db.execute(query, {"id": attachment}).one_or_none()
    return None if row is None else (Attachment(*row[:6]), bytes(row.content))
