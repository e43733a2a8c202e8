"""POST /v1/decide, and putting an outcome right."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import msgspec
from litestar import MediaType, Response, Router, delete, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from regulars import decide, people
from regulars.decide import Asked, Correction
from regulars.kit.clock import utc_now
from regulars.kit.errors import NotFound, Unauthorized
from regulars.kit.ids import DecisionId
from regulars.people import Identity, Profile, Purpose
from regulars.store import Db
from regulars.team.tokens import PERSON
from regulars.web import metrics
from regulars.web.auth import Caller, GivenCaller, any_key, edge_and_caller, server_key
from regulars.web.bodies import Body
from regulars.web.decide_forms import CorrectedOut, CorrectionIn, DecideIn, DecisionOut, corrected_out, decision_out
from regulars.web.edge import Edge, GivenEdge
from regulars.web.moments import moment, refuses
from regulars.web.openapi import ANY_KEY, SERVER_KEY
from regulars.web.problems import AnyRequest
from regulars.web.whom import PersonIn, node_of, whom

BY_PERSON = "person"
QUESTION = Body(DecideIn)


@post("/decide", status_code=200, security=ANY_KEY)
async def decide_now(request: AnyRequest) -> Response[bytes]:
    """What goes into a slot for this person, now, and why. Everything acknowledged before counts, choices and events.

    With a write key the person is the visitor itself: its anonymous id, or the user id its person token proves.
    """
    edge, caller = edge_and_caller(request)
    language = "" if caller.is_server else request.headers.get("accept-language", "")
    with metrics.deciding.time():
        asked = QUESTION.read(await request.body())
        identity = await _whom(edge, caller, asked)
        profile, now = await _profile(edge, caller, identity), utc_now()
        world = edge.worlds.ready(profile.versions, now)
        if world is None:
            world = await edge.in_thread(edge.worlds.current, profile.versions, now)
        if (caller.gpc or refuses(asked.context)) and Purpose.PERSONALISATION not in profile.consents:
            profile = replace(profile, consents={**profile.consents, Purpose.PERSONALISATION: False})
        known = world.shelf.by_external
        exclude = frozenset(known[name] for name in asked.exclude if name in known)
        context = moment(asked.context, language)
        decision = decide.decide(Asked(asked.slot, profile, context, asked.size, exclude), world, now=now)
        edge.decision_log.add(decision)
        return Response(msgspec.json.encode(decision_out(decision, world.shelf)), media_type=MediaType.JSON)


@get("/decisions/{decision:uuid}", sync_to_thread=True, guards=[server_key], security=SERVER_KEY)
def read_decision(edge: GivenEdge, decision: FromPath[UUID]) -> DecisionOut:
    """A decision as it was answered, from the log."""
    edge.decision_log.flush()
    with edge.work() as work:
        found = decide.find(work.db, DecisionId(decision))
        versions = people.profile(work.db, None).versions
    return decision_out(found, edge.worlds.current(versions, utc_now()).shelf)


@post("/decisions/{decision:uuid}/corrections", status_code=201, sync_to_thread=True, security=ANY_KEY)
def correct(edge: GivenEdge, caller: GivenCaller, decision: FromPath[UUID], data: CorrectionIn) -> CorrectedOut:
    """Put one outcome right. It is a fact from the next decision on; the receipt says what it changed."""
    with edge.work() as work:
        profile = whose(work.db, edge, caller, (DecisionId(decision), data.person))
        world = edge.worlds.current(profile.versions, work.now)
        item = world.shelf.by_external.get(data.item)
        if item is None:
            raise NotFound(f"there is no item {data.item[:100]!r} in the catalogue")
        asked = Correction(DecisionId(decision), item, data.kind, data.facet)
        made = decide.correct(work.db, asked, profile, world, by=_by(caller), now=work.now)
    return corrected_out(made, world.shelf, _language(profile, moment(data.context).get("language")))


@delete(
    "/decisions/{decision:uuid}/corrections/{correction:uuid}", status_code=204, sync_to_thread=True, security=ANY_KEY
)
def undo_correction(edge: GivenEdge, caller: GivenCaller, decision: FromPath[UUID], correction: FromPath[UUID]) -> None:
    """Take a correction back, exactly; what was said since stays."""
    with edge.work() as work:
        profile = whose(work.db, edge, caller, (DecisionId(decision), None))
        decide.undo_correction(work.db, correction, profile, by=_by(caller), now=work.now)


def routes() -> Sequence[ControllerRouterHandler]:
    """The decision routes."""
    handlers = [decide_now, read_decision, correct, undo_correction]
    return [Router("/v1", route_handlers=handlers, guards=[any_key], tags=["Decisions"])]


async def _whom(edge: Edge, caller: Caller, asked: DecideIn) -> Identity | None:
    """Whom it is for. Where a proof has to be checked, what it is checked with is read in a thread first."""
    if not caller.is_server and (asked.person_token or caller.token) and not edge.keyring.holds(PERSON):
        await edge.in_thread(edge.keyring.secret, PERSON)
    return whom(edge, caller, asked.person, asked.person_token)


async def _profile(edge: Edge, caller: Caller, identity: Identity | None) -> Profile:
    """Who it is, in one read. A visitor never seen is made: what is decided for them can then be corrected."""
    row = await edge.questions.ask(people.asking(identity, or_claimed=caller.is_server))
    assert row is not None  # the question always has one
    profile = people.answered(row)
    if identity is None or profile.person is not None:
        return profile
    return await edge.in_thread(_made, edge, identity)


def _made(edge: Edge, identity: Identity) -> Profile:
    with edge.work() as work:
        return people.profile_of(work.db, node_of(work.db, identity))


def whose(db: Db, edge: Edge, caller: Caller, said: tuple[DecisionId, PersonIn | None]) -> Profile:
    """The person who corrects. A server that names nobody speaks for whom the decision was made."""
    identity = whom(edge, caller, said[1])
    if identity is not None:
        return people.profile(db, identity, or_claimed=caller.is_server)
    if not caller.is_server:
        raise Unauthorized("say who you are: the header X-Regulars-Anonymous, or a person token in X-Regulars-Person")
    edge.decision_log.flush()
    node = decide.find(db, said[0]).person
    if node is None:
        raise NotFound("this decision was for nobody in particular: there is nobody to correct it")
    return people.profile_of(db, node)


def _by(caller: Caller) -> str:
    return caller.name if caller.is_server else BY_PERSON


def _language(profile: Profile, said: object) -> str:
    chosen = profile.facet("language").value or said
    return chosen if isinstance(chosen, str) else "en"
