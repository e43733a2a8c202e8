"""GET /v1/decisions/{decision}/without: the counterfactual of one thing somebody did."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from regulars import decide
from regulars.kit.ids import DecisionId, EventId
from regulars.web.auth import GivenCaller, any_key
from regulars.web.decide_forms import ItemNamed, named
from regulars.web.decide_routes import whose
from regulars.web.edge import GivenEdge
from regulars.web.openapi import ANY_KEY

Deed = Annotated[
    int,
    QueryParameter(
        name="event", description="The id of the event, as a reason of the decision names it.", ge=1, le=2**63 - 1
    ),
]


class WithoutOut(Struct):
    """What would go and come had they never done it, and all that would stand there."""

    event: str
    about: list[ItemNamed]
    removed: list[ItemNamed]
    added: list[ItemNamed]
    items: list[ItemNamed]


@get("/decisions/{decision:uuid}/without", sync_to_thread=True, security=ANY_KEY)
def read_without(edge: GivenEdge, caller: GivenCaller, decision: FromPath[UUID], event: Deed) -> WithoutOut:
    """What this decision would show now had the person never done `event`, found by forgetting it. Changes nothing."""
    with edge.work() as work:
        profile = whose(work.db, edge, caller, (DecisionId(decision), None))
        world = edge.worlds.current(profile.versions, work.now)
        found = decide.without(
            work.db, DecisionId(decision), EventId(event), profile=profile, world=world, now=work.now
        )  # fmt: skip
    shelf, language = world.shelf, found.decision.language
    shown = [chosen.item for chosen in found.decision.items]
    about, removed, added, items = (
        named(those, shelf, language) for those in (found.about, found.removed, found.added, shown)
    )
    return WithoutOut(str(found.event), about, removed, added, items)


def routes() -> Sequence[ControllerRouterHandler]:
    """The route."""
    return [Router("/v1", route_handlers=[read_without], guards=[any_key], tags=["Decisions"])]
