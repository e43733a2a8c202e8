"""POST /v1/decide/page: all slots of a page at once, so that no item stands on it twice."""

from collections.abc import Sequence

import msgspec
from litestar import Router, post
from litestar.types import ControllerRouterHandler

from regulars import decide
from regulars.decide import Asked
from regulars.kit.clock import utc_now
from regulars.kit.ids import ItemId
from regulars.web.asking import profile_for, world_for
from regulars.web.auth import Caller, GivenCaller, any_key
from regulars.web.bodies import Body
from regulars.web.decide_forms import decision_out
from regulars.web.edge import Edge, GivenEdge
from regulars.web.moments import moment
from regulars.web.openapi import ANY_KEY
from regulars.web.page_forms import PageIn, PageOut
from regulars.web.problems import AnyRequest
from regulars.web.quick import Said, accepted

QUESTION = Body(PageIn)


@post("/decide/page", status_code=200, security=ANY_KEY)
async def decide_page(request: AnyRequest, edge: GivenEdge, caller: GivenCaller, data: PageIn) -> PageOut:
    """What goes into each slot of a page, for one person, in one moment. Each is a decision of its own, logged."""
    return await _decided(edge, caller, data, accepted(request.scope))


async def page_decided(edge: Edge, caller: Caller, said: Said) -> bytes:
    """The answer to `POST /v1/decide/page`."""
    return msgspec.json.encode(await _decided(edge, caller, QUESTION.read(said.body), said.language))


async def _decided(edge: Edge, caller: Caller, data: PageIn, accepted_language: str) -> PageOut:
    profile, now = await profile_for(edge, caller, data), utc_now()
    world = await world_for(edge, profile, now)
    language = "" if caller.is_server else accepted_language
    taken: set[ItemId] = {i for name in data.exclude if (i := world.shelf.by_external.get(name)) is not None}
    made = []
    for place in data.slots:
        context = moment({**data.context, **place.context}, language)
        asked = Asked(place.slot, profile, context, place.size, frozenset(taken))
        decision = decide.decide(asked, world, now=now)
        taken.update(chosen.item for chosen in decision.items)
        made.append(decision)
    for decision in made:  # none is logged unless all could be made
        edge.decision_log.add(decision)
    return PageOut([decision_out(decision, world.shelf) for decision in made])


def routes() -> Sequence[ControllerRouterHandler]:
    """The route."""
    return [Router("/v1", route_handlers=[decide_page], guards=[any_key], tags=["Decisions"])]
