"""What every decision begins with: who it is for, what is known of them, and the newest state of the company."""

from dataclasses import replace
from datetime import datetime

from regulars import people
from regulars.decide import World
from regulars.people import Identity, Profile, Purpose
from regulars.team.tokens import PERSON
from regulars.web.auth import Caller
from regulars.web.decide_forms import DecideIn
from regulars.web.edge import Edge
from regulars.web.moments import refuses
from regulars.web.page_forms import PageIn
from regulars.web.whom import node_of, whom

NO = {Purpose.PERSONALISATION: False}


async def profile_for(edge: Edge, caller: Caller, asked: DecideIn | PageIn) -> Profile:
    """Who it is for, in one read, with the no their browser says. A visitor never seen is made."""
    identity = await _whom(edge, caller, asked)
    profile = await _profile(edge, caller, identity)
    if (caller.gpc or refuses(asked.context)) and Purpose.PERSONALISATION not in profile.consents:
        return replace(profile, consents={**profile.consents, **NO})
    return profile


async def world_for(edge: Edge, profile: Profile, now: datetime) -> World:
    """The world at least as new as what was read of the person."""
    world = edge.worlds.ready(profile.versions, now)
    return await edge.in_thread(edge.worlds.current, profile.versions, now) if world is None else world


async def _whom(edge: Edge, caller: Caller, asked: DecideIn | PageIn) -> Identity | None:
    """Whom it is for. Where a proof has to be checked, what it is checked with is read in a thread first."""
    if not caller.is_server and (asked.person_token or caller.token) and not edge.keyring.holds(PERSON):
        await edge.in_thread(edge.keyring.secret, PERSON)
    return whom(edge, caller, asked.person, asked.person_token)


async def _profile(edge: Edge, caller: Caller, identity: Identity | None) -> Profile:
    """A visitor never seen is made: what is decided for them can then be corrected."""
    row = await edge.questions.ask(people.asking(identity, or_claimed=caller.is_server))
    assert row is not None  # the question always has one
    profile = people.answered(row)
    if identity is None or profile.person is not None:
        return profile
    return await edge.in_thread(_made, edge, identity)


def _made(edge: Edge, identity: Identity) -> Profile:
    with edge.work() as work:
        return people.profile_of(work.db, node_of(work.db, identity))
