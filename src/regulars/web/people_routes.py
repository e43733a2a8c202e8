"""/v1/people: for the company's servers."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.openapi.spec import Example
from litestar.params import FromPath, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from regulars import desk, people, team
from regulars.kit.errors import NotFound
from regulars.web.auth import GivenCaller, server_key
from regulars.web.edge import GivenEdge
from regulars.web.openapi import SERVER_KEY
from regulars.web.people_forms import (
    ConsentIn,
    ConsentsOut,
    ErasedOut,
    FacetIn,
    FacetOut,
    FacetsOut,
    IdentityOut,
    MergedOut,
    MergeIn,
    MergeOut,
    PersonOut,
)
from regulars.web.people_verbs import (
    add_consent,
    clear,
    consents_out,
    everything,
    facet_out,
    facets_now,
    facets_out,
    say,
)
from regulars.web.whom import addressed, known, node_of

Who = Annotated[
    str, PathParameter(description="A user id; or anonymous:ID, claimed:ID, user:ID.", examples=[Example(value="vera")])
]
Scope = Annotated[str, QueryParameter(name="scope", description="A slot or page; empty: everywhere.", max_length=200)]


@get("/", sync_to_thread=True)
def read_person(edge: GivenEdge, person: Who) -> PersonOut:
    """Everything known, chosen and guessed about a person."""
    with edge.work() as work:
        profile = people.profile_of(work.db, known(work.db, person))
        if profile.person is None:
            raise NotFound("there is no such person")
        return PersonOut(
            int(profile.person),
            [IdentityOut.of(i) for i in profile.identities],
            dict(profile.traits),
            [FacetOut.of(f) for f in facets_now(edge, work.db, profile, work.now)],
            {purpose.value: granted for purpose, granted in profile.consents.items()},
            [MergeOut.of(m) for m in people.merges(work.db, profile.person)],
            len(profile.history.items),
        )


@delete("/", status_code=200, sync_to_thread=True)
def erase_person(edge: GivenEdge, caller: GivenCaller, person: Who) -> ErasedOut:
    """Erase everything about a person, for good. What they taught the model goes when it learns next."""
    edge.decision_log.flush()
    with edge.work() as work:
        erased = people.erase(work.db, people.root(work.db, known(work.db, person)))
        desk.erase(work.db, erased.nodes, now=work.now)
        team.audit(work.db, caller.name, "person erased", {"rows": sum(erased.counts.values())}, now=work.now)
        work.publish(erased)
    return ErasedOut(dict(erased.counts))


@get("/export", sync_to_thread=True)
def export_person(edge: GivenEdge, caller: GivenCaller, person: Who) -> Response[bytes]:
    """Everything held about a person, as JSON: the answer to a request for one's data."""
    edge.decision_log.flush()
    with edge.work() as work:
        held = everything(work.db, people.root(work.db, known(work.db, person)))
        team.audit(work.db, caller.name, "person exported", {"person": person}, now=work.now)
    return Response(msgspec.json.encode(held), media_type="application/json")


@get("/facets", sync_to_thread=True)
def read_facets(edge: GivenEdge, person: Who) -> FacetsOut:
    """Every facet: what they stated beside what we guess."""
    with edge.work() as work:
        return facets_out(edge, work.db, people.profile_of(work.db, known(work.db, person)), work.now)


@get("/facets/{facet:str}", sync_to_thread=True)
def read_facet(edge: GivenEdge, person: Who, facet: FromPath[str], place: Scope = "") -> FacetOut:
    """One facet."""
    with edge.work() as work:
        return facet_out(edge, work, people.profile_of(work.db, known(work.db, person)), (facet, place))


@put("/facets/{facet:str}", sync_to_thread=True)
def put_facet(
    edge: GivenEdge, caller: GivenCaller, person: Who, facet: FromPath[str], data: FacetIn, *, place: Scope = ""
) -> FacetOut:
    """State a value in the person's name, call a guess wrong, or keep it from acting. Counts in the next decision."""
    with edge.work() as work:
        node = node_of(work.db, addressed(person))
        say(work, node, facet, data, scope=place, by=caller.name)
        return facet_out(edge, work, people.profile_of(work.db, node), (facet, place or data.scope))


@delete("/facets/{facet:str}", status_code=204, sync_to_thread=True)
def delete_facet(edge: GivenEdge, caller: GivenCaller, person: Who, facet: FromPath[str], place: Scope = "") -> None:
    """Back to automatic: nothing is stated any more, the guess may act again."""
    with edge.work() as work:
        clear(work, known(work.db, person), (facet, place), by=caller.name)


@post("/merges", status_code=201, sync_to_thread=True)
def merge(edge: GivenEdge, caller: GivenCaller, person: Who, data: MergeIn) -> MergedOut:
    """Say that two names are one person. Choices carry over, the newer beats the older, the strictest consent holds."""
    with edge.work() as work:
        pair = known(work.db, person), known(work.db, data.other)
        merged = people.join(work.db, *pair, source="api", by=caller.name, now=work.now)
        work.publish(merged)
    return MergedOut(merged.merge if merged else None)


@delete("/merges/{merge_id:uuid}", status_code=204, sync_to_thread=True)
def unmerge(edge: GivenEdge, caller: GivenCaller, person: Who, merge_id: FromPath[UUID]) -> None:
    """Take a merge back: both are again exactly who they were, with what each did since."""
    with edge.work() as work:
        root = people.root(work.db, known(work.db, person))
        if merge_id not in {m.id for m in people.merges(work.db, root)}:
            raise NotFound("this person has no such merge")
        people.unjoin(work.db, merge_id, by=caller.name, now=work.now)


@get("/consents", sync_to_thread=True)
def read_consents(edge: GivenEdge, person: Who) -> ConsentsOut:
    """What the person allows, and the ledger of all their answers."""
    with edge.work() as work:
        return consents_out(work.db, people.root(work.db, known(work.db, person)))


@post("/consents", status_code=201, sync_to_thread=True)
def post_consent(edge: GivenEdge, person: Who, data: ConsentIn) -> ConsentsOut:
    """Add an answer to the ledger. Lines are only ever added."""
    with edge.work() as work:
        node = node_of(work.db, addressed(person))
        add_consent(work, node, data)
        return consents_out(work.db, people.root(work.db, node))


def routes() -> Sequence[ControllerRouterHandler]:
    """The people routes."""
    handlers = [
        read_person, erase_person, export_person, read_facets, read_facet, put_facet, delete_facet, merge, unmerge,
        read_consents, post_consent,
    ]  # fmt: skip
    return [
        Router(
            "/v1/people/{person:str}",
            route_handlers=handlers,
            guards=[server_key],
            tags=["People"],
            security=SERVER_KEY,
        )
    ]
