"""/v1/catalog: what can be offered."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

from litestar import Router, get, patch, post
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from regulars import catalog
from regulars.kit.errors import Invalid, NotFound
from regulars.web.auth import server_key
from regulars.web.catalog_forms import (
    ChangeIn,
    ChangesIn,
    ItemOut,
    ItemsIn,
    ItemsOut,
    PatchedOut,
    UpsertedOut,
)
from regulars.web.edge import GivenEdge
from regulars.web.openapi import SERVER_KEY

MOST_BODY_BYTES = 32_000_000


@post("/items", status_code=200, sync_to_thread=True)
def upsert_items(edge: GivenEdge, data: ItemsIn) -> UpsertedOut:
    """Put items in the catalogue: new ones are added, known ones replaced, unchanged ones left untouched."""
    with _named_as_sent(), edge.work() as work:
        done = catalog.upsert(work.db, [one.item() for one in data.items], now=work.now)
    return UpsertedOut(done.new, done.changed, done.same)


@patch("/items", status_code=200, sync_to_thread=True)
def patch_items(edge: GivenEdge, data: ChangesIn) -> PatchedOut:
    """Change availability and prices of many items; ids we do not have are told, not refused."""
    with _named_as_sent(), edge.work() as work:
        done = catalog.patch(work.db, [one.change(one.id) for one in data.items], now=work.now)
    return PatchedOut(done.changed, done.same, list(done.unknown))


@patch("/items/{item:path}", sync_to_thread=True)
def patch_item(edge: GivenEdge, item: FromPath[str], data: ChangeIn) -> ItemOut:
    """Change availability and price of one item."""
    item = item.removeprefix("/")
    with _named_as_sent(), edge.work() as work:
        if catalog.patch(work.db, [data.change(item)], now=work.now).unknown:
            raise NotFound(f"there is no item {item[:100]!r} in the catalogue")
        return ItemOut.of(catalog.get(work.db, item))


@get("/items/{item:path}", sync_to_thread=True)
def get_item(edge: GivenEdge, item: FromPath[str]) -> ItemOut:
    """One item, by your own id."""
    with edge.work() as work:
        return ItemOut.of(catalog.get(work.db, item.removeprefix("/")))


@get("/items", sync_to_thread=True)
def find_items(
    edge: GivenEdge,
    search: Annotated[str, QueryParameter(description="Words, or beginnings of words, of any language.")] = "",
    kind: Annotated[str | None, QueryParameter(description="Only items of this kind.")] = None,
    most: Annotated[int, QueryParameter(ge=1, le=200, description="How many.")] = 50,
    skip: Annotated[int, QueryParameter(ge=0, le=10_000, description="How many to leave out, for the next page.")] = 0,
) -> ItemsOut:
    """Items by their words; the newest without words."""
    with edge.work() as work:
        return ItemsOut([ItemOut.of(i) for i in catalog.search(work.db, search, kind=kind, most=most, skip=skip)])


def routes() -> Sequence[ControllerRouterHandler]:
    """The catalogue routes."""
    return [
        Router(
            "/v1/catalog",
            route_handlers=[upsert_items, patch_items, patch_item, get_item, find_items],
            guards=[server_key],
            request_max_body_size=MOST_BODY_BYTES,
            tags=["Catalogue"],
            security=SERVER_KEY,
        )
    ]


@contextmanager
def _named_as_sent() -> Iterator[None]:
    """Call the id of an item in a fault as the sender calls it."""
    try:
        yield
    except Invalid as e:
        fields = {place.replace("external_id", "id"): fault for place, fault in e.fields.items()}
        raise Invalid(e.detail.replace("external_id", "id"), fields=fields) from e
