"""Who is there, and how much they take on."""

from datetime import timedelta

import pytest

from regulars import team
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.store import Db
from regulars.team import AgentId, Presence
from tests.cast import ANA, BRAM, NOW
from tests.team.test_agents import hire


def test_who_was_never_seen_is_not_there(db: Db):
    hire(db, ANA)
    assert team.present(db, now=NOW) == []


@pytest.mark.parametrize(
    ("chosen", "quiet_minutes", "shown"),
    [
        (Presence.ONLINE, 0, Presence.ONLINE),
        (Presence.ONLINE, 4, Presence.ONLINE),
        (Presence.ONLINE, 5, Presence.AWAY),
        (Presence.BUSY, 4, Presence.BUSY),
        (Presence.BUSY, 6, Presence.AWAY),
        (Presence.AWAY, 0, Presence.AWAY),
        (Presence.ONLINE, 30, None),
        (Presence.OFFLINE, 0, None),
    ],
)
def test_presence_is_what_they_chose_while_they_are_seen(
    db: Db, chosen: Presence, quiet_minutes: int, shown: Presence | None
):
    ana = hire(db, ANA)
    team.set_presence(db, ana.id, chosen, now=NOW)
    found = team.present(db, now=NOW + timedelta(minutes=quiet_minutes))
    assert [p.presence for p in found] == ([shown] if shown else [])
    assert team.chosen_presence(db, ana.id) is chosen


def test_doing_something_ends_being_away(db: Db):
    ana = hire(db, ANA)
    team.set_presence(db, ana.id, Presence.ONLINE, now=NOW)
    later = NOW + timedelta(minutes=7)
    assert team.present(db, now=later)[0].since == NOW + timedelta(minutes=5)
    team.touch(db, ana.id, now=later)
    [back] = team.present(db, now=later)
    assert (back.agent.id, back.presence, back.since) == (ana.id, Presence.ONLINE, NOW)


def test_an_agent_who_was_disabled_is_not_there(db: Db):
    ana = hire(db, ANA)
    team.touch(db, ana.id, now=NOW)
    team.disable_agent(db, ana.id, now=NOW)
    assert team.present(db, now=NOW) == []


def test_capacity_has_defaults_and_is_set_per_channel(db: Db):
    ana, bram = hire(db, ANA), hire(db, BRAM)
    team.set_capacity(db, ana.id, {"chat": 2})
    assert team.capacity(db) == {ana.id: {"chat": 2, "ticket": 40}, bram.id: {"chat": 4, "ticket": 40}}


@pytest.mark.parametrize("wrong", [{"chat": -1}, {"chat": 1_001}, {"carrier pigeon": 1}])
def test_a_capacity_that_makes_no_sense_is_refused(db: Db, wrong: dict[str, int]):
    with pytest.raises(Invalid):
        team.set_capacity(db, hire(db, ANA).id, wrong)


def test_nobody_has_no_presence(db: Db):
    for call in (
        lambda: team.set_presence(db, AgentId(new_id()), Presence.BUSY, now=NOW),
        lambda: team.chosen_presence(db, AgentId(new_id())),
        lambda: team.set_capacity(db, AgentId(new_id()), {}),
    ):
        with pytest.raises(NotFound):
            call()
