"""What a person said to the company and was answered, to hand out when they ask for their data."""

from regulars.desk.model import Conversation
from regulars.desk.reading import for_person, thread_for_person
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.store import Db

MOST = 10_000


def export(db: Db, root: PersonId) -> list[Json]:
    """A person's conversations, the newest first, as they themselves may read them; files by name, type and size."""
    return [_plain(thread_for_person(db, row.id, root)) for row in for_person(db, root, most=MOST)]


def _plain(one: Conversation) -> Json:
    row = one.row
    return {
        "number": row.number,
        "subject": row.subject,
        "channel": row.channel.value,
        "status": row.status.value,
        "created_at": row.created_at.isoformat(),
        "messages": [
            {
                "at": message.at.isoformat(),
                "author": message.author.value,
                "name": message.name,
                "channel": message.channel.value,
                "text": message.text,
                "quoted": message.quoted,
                "files": [{"name": a.name, "type": a.type, "size": a.size} for a in message.attachments],
            }
            for message in one.messages
        ],
    }
