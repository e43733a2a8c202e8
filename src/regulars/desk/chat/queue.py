"""Who is there for a chat, and how long it takes: pure rules over presence, capacity and what waits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from regulars.desk.chat.hours import is_open, opens_next
from regulars.desk.chat.model import ChatSettings, Hall, Standing
from regulars.desk.model import ConversationId
from regulars.team import AgentId, Presence, Present, Role

FALLBACK_SECONDS = 120.0
SHORTEST_SECONDS, LONGEST_SECONDS = 15.0, 1_800.0


def hall(
    settings: ChatSettings,
    there: Sequence[Present],
    load: Mapping[AgentId, tuple[int, int]],
    waiting: Sequence[ConversationId],
    taken_last_hour: int,
    *,
    now: datetime,
) -> Hall:
    """How chat stands.

    load   agent → (chats they have, chats they take at most)
    taken_last_hour  chats that got their first answer in the last hour: the pace of the queue
    """
    online = [p.agent.id for p in there if p.presence is Presence.ONLINE and p.agent.role.may(Role.AGENT)]
    takers = [agent for agent in online if load.get(agent, (0, 0))[1] > 0]
    room = sum(max(most - has, 0) for has, most in (load[agent] for agent in takers))
    if not is_open(settings, now):
        return Hall(Standing.CLOSED, opens=opens_next(settings, now))
    if not takers:
        return Hall(Standing.NOBODY)
    standing = Standing.OPEN if room > len(waiting) else Standing.BUSY
    return Hall(standing, len(takers), room, None, tuple(waiting), pace_seconds(taken_last_hour, len(takers)))


def pace_seconds(taken_last_hour: int, online: int) -> float:
    """How long one step of the queue takes: as in the last hour, where enough happened to say so."""
    seconds = 3_600 / taken_last_hour if taken_last_hour >= 3 else FALLBACK_SECONDS / max(online, 1)
    return min(max(seconds, SHORTEST_SECONDS), LONGEST_SECONDS)
