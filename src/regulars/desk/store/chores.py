"""What is due to be done by itself."""

from datetime import datetime

import sqlalchemy as sa

from regulars.desk.model import ConversationId
from regulars.store import Db


def solved_before(db: Db, at: datetime, most: int) -> list[ConversationId]:
    """Conversations that have been solved since before `at`."""
    query = sa.text("""select id from conversations where status = 'solved' and merged_into is null and solved_at < :at
                       order by solved_at limit :most""")
    return [ConversationId(i) for i in db.execute(query, {"at": at, "most": most}).scalars()]
