"""What is to be done next, and taking it so that nobody else does."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.model import Channel, ConversationId, Priority, Task
from regulars.desk.sight import homes, sees_all
from regulars.store import Db
from regulars.team import Agent, AgentId

TODO = """c.merged_into is null and c.status in ('new', 'open') and c.waiting_since is not null
    and (c.snoozed_until is null or c.snoozed_until <= :now)"""

WAITING = sa.text(f"""
select c.id, c.number, c.subject, c.priority, c.due_at, c.waiting_since, c.last_channel, c.language, c.department_id,
    c.person_id, c.assignee_id is not null as mine
from conversations c
where {TODO} and not c.id = any(:without) and (c.assignee_id = :me or (c.assignee_id is null
    and not c.last_channel = any(:full)
    and (:everywhere or coalesce(c.department_id, '00000000-0000-0000-0000-000000000000') = any(:homes))))
order by c.priority desc, c.due_at nulls last, c.waiting_since, c.id limit :most""")  # noqa: S608  fixed parts only

TAKE = sa.text(f"""
select c.id from conversations c
where c.id = :id and {TODO} and (c.assignee_id is null or c.assignee_id = :me)
for update skip locked""")  # noqa: S608  fixed parts only

LOAD = sa.text("""
select count(*) filter (where last_channel = 'chat'), count(*) filter (where last_channel <> 'chat')
from conversations where assignee_id = :me and merged_into is null and status in ('new', 'open')""")


def waiting(
    db: Db, agent: Agent, *, full: Collection[Channel], without: Collection[UUID], most: int, now: datetime
) -> list[Task]:
    """What waits for `agent` or for anybody like them, as it is due. `full`: channels they take no more of."""
    given = {
        "me": agent.id, "now": now, "without": list(without), "full": [c.value for c in full], "most": most,
        "everywhere": sees_all(agent), "homes": homes(agent),
    }  # fmt: skip
    return [
        Task(
            ConversationId(r.id), r.number, r.subject, Priority(r.priority), r.due_at, r.waiting_since,
            Channel(r.last_channel), r.language, r.department_id, r.person_id, r.mine,
        )
        for r in db.execute(WAITING, given)
    ]  # fmt: skip


def take(db: Db, conversation: ConversationId, agent: AgentId, now: datetime) -> bool:
    """Hold it until the transaction ends, when it is still to be had: another who holds it has it already."""
    return db.execute(TAKE, {"id": conversation, "me": agent, "now": now}).first() is not None


def load(db: Db, agent: AgentId) -> tuple[int, int]:
    """How many chats and how many other conversations an agent is at."""
    chats, tickets = db.execute(LOAD, {"me": agent}).one()
    return int(chats), int(tickets)
