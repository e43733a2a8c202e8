"""Who counts as online, and what a visitor is told to expect."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from regulars.desk.chat import ChatSettings, Standing
from regulars.desk.chat.queue import hall, pace_seconds
from regulars.desk.model import ConversationId
from regulars.team import Agent, AgentId, Presence, Present, Role
from tests.cast import NOW

ANA = AgentId(UUID(int=1))
BRAM = AgentId(UUID(int=2))


def there(agent: AgentId, presence: Presence = Presence.ONLINE, role: Role = Role.AGENT) -> Present:
    return Present(Agent(agent, f"{agent.int}@example.com", "A", role, "en", NOW), presence, NOW)


def waiting(n: int) -> list[ConversationId]:
    return [ConversationId(uuid4()) for _ in range(n)]


@pytest.mark.parametrize(
    ("people", "load", "standing"),
    [
        ([there(ANA)], {ANA: (0, 4)}, Standing.OPEN),
        ([there(ANA)], {ANA: (4, 4)}, Standing.BUSY),
        ([there(ANA)], {ANA: (9, 4)}, Standing.BUSY),  # too many already: no negative room
        ([there(ANA), there(BRAM)], {ANA: (9, 4), BRAM: (0, 1)}, Standing.OPEN),
        ([there(ANA)], {ANA: (0, 0)}, Standing.NOBODY),  # takes no chats at all
        ([there(ANA, Presence.BUSY)], {ANA: (0, 4)}, Standing.NOBODY),
        ([there(ANA, Presence.AWAY)], {ANA: (0, 4)}, Standing.NOBODY),
        ([there(ANA, role=Role.VIEWER)], {ANA: (0, 4)}, Standing.NOBODY),
        ([], {}, Standing.NOBODY),
    ],
)
def test_presence_and_capacity_decide_who_is_online(people, load, standing: Standing):
    assert hall(ChatSettings(), people, load, [], 0, now=NOW).standing is standing


def test_closed_is_closed_whoever_is_there():
    closed = replace(ChatSettings(), switched_off=True)
    assert hall(closed, [there(ANA)], {ANA: (0, 4)}, waiting(2), 0, now=NOW).standing is Standing.CLOSED


def test_places_count_from_one_and_waits_grow():
    line = waiting(3)
    found = hall(ChatSettings(), [there(ANA)], {ANA: (4, 4)}, line, 30, now=NOW)
    places = [found.place(c) for c in line]
    assert [p and (p.number, p.wait_seconds) for p in places] == [(1, 120.0), (2, 240.0), (3, 360.0)]
    assert found.place(waiting(1)[0]) is None


def test_while_somebody_has_room_nobody_is_told_to_wait_long():
    line = waiting(1)
    place = hall(ChatSettings(), [there(ANA)], {ANA: (0, 4)}, line, 0, now=NOW).place(line[0])
    assert place is not None
    assert place.wait_seconds <= 60


@pytest.mark.parametrize(
    ("taken", "online", "seconds"), [(0, 1, 120), (0, 4, 30), (2, 1, 120), (60, 1, 60), (3_600, 1, 15), (3, 1, 1_200)]
)
def test_the_pace_is_that_of_the_last_hour(taken: int, online: int, seconds: float):
    assert pace_seconds(taken, online) == seconds
