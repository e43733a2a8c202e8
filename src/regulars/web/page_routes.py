"""POST /v1/decide/page: all slots of a page at once, so that no item stands on it twice."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from litestar import Router, post
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from regulars import decide, people
from regulars.decide import Asked
from regulars.kit.clock import utc_now
from regulars.kit.ids import ItemId
from regulars.people import Purpose
from regulars.web.auth import GivenCaller, any_key
from regulars.web.decide_forms import Context, DecisionOut, Size, decision_out
from regulars.web.edge import GivenEdge
from regulars.web.moments import moment, refuses
from regulars.web.openapi import ANY_KEY
from regulars.web.problems import AnyRequest
from regulars.web.whom import PersonIn, node_of, whom

MOST_SLOTS = 20


class SlotIn(Struct):
    """One place of the page."""

    slot: Annotated[str, Meta(min_length=1, max_length=200, examples=["home.for-you"])]
    size: Annotated[Size | None, Meta(description="How many; else as the slot says.")] = None
    context: Annotated[Context, Meta(description="What only this place knows, over the page's.")] = {}


class PageIn(Struct, rename={"person_token": "personToken"}):
    """The places of a page, from the top: an item goes into the first that would show it."""

    slots: Annotated[list[SlotIn], Meta(min_length=1, max_length=MOST_SLOTS)]
    person: Annotated[PersonIn | None, Meta(description="Nobody in particular when left out.")] = None
    context: Context = {}
    exclude: Annotated[list[str], Meta(max_length=1_000, description="Items not wanted, by your ids.")] = []
    person_token: Annotated[str | None, Meta(description="As the header X-Regulars-Person.")] = None


class PageOut(Struct):
    """A decision for each place, in the order they were asked for."""

    decisions: list[DecisionOut]


@post("/decide/page", status_code=200, sync_to_thread=True, security=ANY_KEY)
def decide_page(request: AnyRequest, edge: GivenEdge, caller: GivenCaller, data: PageIn) -> PageOut:
    """What goes into each slot of a page, for one person, in one moment. Each is a decision of its own, logged."""
    identity = whom(edge, caller, data.person, data.person_token)
    with edge.work() as work:
        profile = people.profile(work.db, identity, or_claimed=caller.is_server)
        if identity is not None and profile.person is None:
            profile = people.profile_of(work.db, node_of(work.db, identity))
    if (caller.gpc or refuses(data.context)) and Purpose.PERSONALISATION not in profile.consents:
        profile = replace(profile, consents={**profile.consents, Purpose.PERSONALISATION: False})
    now = utc_now()
    world = edge.worlds.current(profile.versions, now)
    language = "" if caller.is_server else request.headers.get("accept-language", "")
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
