"""/v1/me: what a visitor may do for itself, with a write key and its own anonymous id or person token."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Router, delete, get, post, put
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from regulars import people, team
from regulars.kit.clock import utc_now
from regulars.kit.errors import Unauthorized
from regulars.team.tokens import ME
from regulars.web.auth import GivenCaller, any_key
from regulars.web.edge import GivenEdge
from regulars.web.openapi import ANY_KEY
from regulars.web.people_forms import ConsentIn, ConsentsOut, FacetIn, FacetOut, FacetsOut, MeLinkIn, MeLinkOut
from regulars.web.people_verbs import add_consent, clear, consents_out, facet_out, facets_out, say
from regulars.web.whom import PROVEN, node_of, visitor, whom

BY = "person"
Scope = Annotated[str, QueryParameter(name="scope", description="A slot or page; empty: everywhere.", max_length=200)]


@get("/me/facets", sync_to_thread=True)
def my_facets(edge: GivenEdge, caller: GivenCaller) -> FacetsOut:
    """Everything the visitor chose and we guess."""
    with edge.work() as work:
        return facets_out(edge, work.db, people.profile(work.db, visitor(edge, caller)), work.now)


@get("/me/facets/{facet:str}", sync_to_thread=True)
def my_facet(edge: GivenEdge, caller: GivenCaller, facet: FromPath[str], place: Scope = "") -> FacetOut:
    """One facet of the visitor."""
    with edge.work() as work:
        return facet_out(edge, work, people.profile(work.db, visitor(edge, caller)), (facet, place))


@put("/me/facets/{facet:str}", sync_to_thread=True)
def choose(edge: GivenEdge, caller: GivenCaller, facet: FromPath[str], data: FacetIn, place: Scope = "") -> FacetOut:
    """The visitor chooses. It is a fact, and counts in the very next decision."""
    with edge.work() as work:
        node = node_of(work.db, visitor(edge, caller))
        say(work, node, facet, data, scope=place, by=BY)
        return facet_out(edge, work, people.profile_of(work.db, node), (facet, place or data.scope))


@delete("/me/facets/{facet:str}", status_code=204, sync_to_thread=True)
def reset(edge: GivenEdge, caller: GivenCaller, facet: FromPath[str], place: Scope = "") -> None:
    """Back to automatic."""
    with edge.work() as work:
        clear(work, node_of(work.db, visitor(edge, caller)), (facet, place), by=BY)


@get("/me/consents", sync_to_thread=True)
def my_consents(edge: GivenEdge, caller: GivenCaller) -> ConsentsOut:
    """What the visitor allows, and all their answers."""
    with edge.work() as work:
        return consents_out(work.db, people.profile(work.db, visitor(edge, caller)).person)


@post("/me/consents", status_code=201, sync_to_thread=True)
def consent(edge: GivenEdge, caller: GivenCaller, data: ConsentIn) -> ConsentsOut:
    """The visitor answers: allows or refuses one purpose."""
    with edge.work() as work:
        node = node_of(work.db, visitor(edge, caller))
        add_consent(work, node, data)
        return consents_out(work.db, people.root(work.db, node))


@post("/me-links", status_code=201, sync_to_thread=True)
def make_link(edge: GivenEdge, caller: GivenCaller, data: MeLinkIn) -> MeLinkOut:
    """A signed link to the person's own page, where they see, choose and correct. It expires."""
    identity = whom(edge, caller, data.whose(), data.person_token)
    if identity is None:
        raise Unauthorized("say whose page: anonymousId, userId with a person token, or the headers for them")
    expires = utc_now() + edge.settings.me_link_lasts
    token = team.me_token(edge.keyring.secret(ME), identity.kind.value, identity.value, expires=expires)
    my_url = f"{edge.settings.base_url}/my?t={token}" if identity.kind in PROVEN else None
    return MeLinkOut(f"{edge.settings.base_url}/me?t={token}", expires, my_url)


def routes() -> Sequence[ControllerRouterHandler]:
    """The visitor's routes."""
    handlers = [my_facets, my_facet, choose, reset, my_consents, consent, make_link]
    return [Router("/v1", route_handlers=handlers, guards=[any_key], tags=["The visitor itself"], security=ANY_KEY)]
