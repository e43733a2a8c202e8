"""POST /v1/decide, and putting an outcome right."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from litestar import MediaType, Response, Router, delete, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from regulars import decide, people
from regulars.decide import Asked, Correction
from regulars.kit.clock import utc_now
from regulars.kit.errors import NotFound, Unauthorized, Unavailable
from regulars.kit.ids import DecisionId
from regulars.people import Profile
from regulars.store import Db
from regulars.web import metrics
from regulars.web.asking import profile_for, world_for
from regulars.web.auth import Caller, GivenCaller, any_key, edge_and_caller, server_key
from regulars.web.bodies import Body
from regulars.web.decide_forms import CorrectedOut, CorrectionIn, DecideIn, DecisionOut, corrected_out, decision_out
from regulars.web.edge import Edge, GivenEdge
from regulars.web.moments import moment
from regulars.web.openapi import ANY_KEY, SERVER_KEY
from regulars.web.problems import AnyRequest
from regulars.web.quick import Said, accepted
from regulars.web.whom import PersonIn, whom

BY_PERSON = "person"
QUESTION = Body(DecideIn)


@post("/decide", status_code=200, security=ANY_KEY)
async def decide_now(request: AnyRequest) -> Response[bytes]:
    """What goes into a slot for this person, now, and why. Everything acknowledged before counts, choices and events.

    With a write key the person is the visitor itself: its anonymous id, or the user id its person token proves.
    """
    edge, caller = edge_and_caller(request)
    said = Said(await request.body(), accepted(request.scope))
    return Response(await decided(edge, caller, said), media_type=MediaType.JSON)


async def decided(edge: Edge, caller: Caller, said: Said) -> bytes:
    """The answer to `POST /v1/decide`."""
    with metrics.deciding.time():
        asked = QUESTION.read(said.body)
        profile, now = await profile_for(edge, caller, asked), utc_now()
        world = await world_for(edge, profile, now)
        known = world.shelf.by_external
        exclude = frozenset([known[name] for name in asked.exclude if name in known])
        context = moment(asked.context, "" if caller.is_server else said.language)
        decision = decide.decide(Asked(asked.slot, profile, context, asked.size, exclude), world, now=now)
        edge.decision_log.add(decision)
        return msgspec.json.encode(decision_out(decision, world.shelf))


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


def whose(db: Db, edge: Edge, caller: Caller, said: tuple[DecisionId, PersonIn | None]) -> Profile:
    """The person who corrects. A server that names nobody speaks for whom the decision was made.

    Raises Unavailable while the decisions answered before are not written down yet.
    """
    if not edge.decision_log.flush():
        raise Unavailable("decisions are still being written down: try again in a moment")
    identity = whom(edge, caller, said[1])
    if identity is not None:
        return people.profile(db, identity, or_claimed=caller.is_server)
    if not caller.is_server:
        raise Unauthorized("say who you are: the header X-Regulars-Anonymous, or a person token in X-Regulars-Person")
    node = decide.find(db, said[0]).person
    if node is None:
        raise NotFound("this decision was for nobody in particular: there is nobody to correct it")
    return people.profile_of(db, node)


def _by(caller: Caller) -> str:
    return caller.name if caller.is_server else BY_PERSON


def _language(profile: Profile, said: object) -> str:
    chosen = profile.facet("language").value or said
    return chosen if isinstance(chosen, str) else "en"
