"""The places of a page as the HTTP API takes and gives them."""

from typing import Annotated

from msgspec import Meta, Struct

from regulars.web.decide_forms import Context, DecisionOut, Size
from regulars.web.whom import PersonIn

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
