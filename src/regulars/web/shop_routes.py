"""/v1/slots, /v1/rules, /v1/facet-definitions: how the company sets Regulars up."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import Body, FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from regulars import choices, decide, team
from regulars.choices import FacetDefinition
from regulars.decide import Effect, ShopRule, Slot
from regulars.kit.conditions import ALWAYS
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.web.auth import Caller, GivenCaller, server_key
from regulars.web.edge import GivenEdge, Work
from regulars.web.openapi import SERVER_KEY

Form = dict[str, object]
SlotIn = Annotated[
    Form,
    Body(
        description="title (language → text), source (taste, because_item, context_item, popular, newest), items "
        "(a condition), size, mode, place, explore, variety, without_bought_days, without_seen_days, page, position."
    ),
]
RuleIn = Annotated[
    Form,
    Body(
        description="name, effect (pin, boost, ban), items (a condition), people (a condition), slots, label "
        "(language → text), position, most, factor, starts, ends."
    ),
]
DefinitionIn = Annotated[
    Form,
    Body(
        description="many (one, several, flag, order), acts (require, exclude, prefer, nothing), attribute, values "
        "([{id, label}]), label, help, kinds, weight, per_slot, guessed."
    ),
]

SLOT_FIELDS = tuple(decide.slot_json(Slot("any")))
RULE_FIELDS = tuple(decide.rule_json(ShopRule(UUID(int=0), "any", Effect.PIN, ALWAYS)))
DEFINITION_FIELDS = tuple(field.name for field in fields(FacetDefinition))


@get("/slots", sync_to_thread=True)
def read_slots(edge: GivenEdge) -> dict[str, list[Form]]:
    """Every slot: the default ones and yours."""
    with edge.work() as work:
        return {"slots": [_form(decide.slot_json(slot)) for slot in decide.slots(work.db).values()]}


@get("/slots/{name:str}", sync_to_thread=True)
def read_slot(edge: GivenEdge, name: FromPath[str]) -> Form:
    """One slot."""
    with edge.work() as work:
        found = decide.slots(work.db).get(name)
    if found is None:
        raise NotFound(f"there is no slot {name[:100]!r}")
    return _form(decide.slot_json(found))


@put("/slots/{name:str}", sync_to_thread=True)
def put_slot(edge: GivenEdge, caller: GivenCaller, name: FromPath[str], data: SlotIn) -> Form:
    """Add a slot, or replace the one of this name. Counts for the next decision."""
    slot = decide.slot_from(_known(data, SLOT_FIELDS) | {"name": name})
    with edge.work() as work:
        decide.save_slot(work.db, slot, by=caller.name, now=work.now)
        _note(work, caller, "slot saved", {"slot": name})
    return _form(decide.slot_json(slot))


@delete("/slots/{name:str}", status_code=204, sync_to_thread=True)
def delete_slot(edge: GivenEdge, caller: GivenCaller, name: FromPath[str]) -> None:
    """Take your slot away; a default one is back as it was."""
    with edge.work() as work:
        decide.delete_slot(work.db, name)
        _note(work, caller, "slot deleted", {"slot": name})


@get("/rules", sync_to_thread=True)
def read_rules(edge: GivenEdge) -> dict[str, list[Form]]:
    """Every rule, those over and not begun too."""
    with edge.work() as work:
        return {"rules": [_rule(rule) for rule in decide.rules(work.db)]}


@get("/rules/{rule:uuid}", sync_to_thread=True)
def read_rule(edge: GivenEdge, rule: FromPath[UUID]) -> Form:
    """One rule."""
    with edge.work() as work:
        return _rule(_found(decide.rules(work.db), rule))


@post("/rules", status_code=201, sync_to_thread=True)
def post_rule(edge: GivenEdge, caller: GivenCaller, data: RuleIn) -> Form:
    """Add a rule of the shop. Counts for the next decision."""
    return _save(edge, caller, decide.rule_from(_known(data, RULE_FIELDS), new_id()))


@put("/rules/{rule:uuid}", sync_to_thread=True)
def put_rule(edge: GivenEdge, caller: GivenCaller, rule: FromPath[UUID], data: RuleIn) -> Form:
    """Replace a rule."""
    changed = decide.rule_from(_known({k: v for k, v in data.items() if k != "id"}, RULE_FIELDS), rule)
    with edge.work() as work:
        _found(decide.rules(work.db), rule)
    return _save(edge, caller, changed)


@delete("/rules/{rule:uuid}", status_code=204, sync_to_thread=True)
def delete_rule(edge: GivenEdge, caller: GivenCaller, rule: FromPath[UUID]) -> None:
    """Take a rule away."""
    with edge.work() as work:
        decide.delete_rule(work.db, rule)
        _note(work, caller, "rule deleted", {"rule": str(rule)})


@get("/facet-definitions", sync_to_thread=True)
def read_definitions(edge: GivenEdge) -> dict[str, list[Form]]:
    """Every facet people may choose: yours in their order, then the built-in ones."""
    with edge.work() as work:
        return {"facets": [_definition(d) for d in choices.definitions(work.db).values()]}


@get("/facet-definitions/{name:str}", sync_to_thread=True)
def read_definition(edge: GivenEdge, name: FromPath[str]) -> Form:
    """One facet's definition."""
    with edge.work() as work:
        return _definition(choices.definition_of(choices.definitions(work.db), name))


@put("/facet-definitions/{name:str}", sync_to_thread=True)
def put_definition(
    edge: GivenEdge,
    caller: GivenCaller,
    name: FromPath[str],
    data: DefinitionIn,
    position: Annotated[int, QueryParameter(ge=0, le=10_000, description="Its place among yours.")] = 0,
) -> Form:
    """Add a facet of yours, or replace the one of this name."""
    definition = choices.definition_from(_known(data, DEFINITION_FIELDS) | {"name": name})
    with edge.work() as work:
        choices.define(work.db, definition, now=work.now, position=position)
        _note(work, caller, "facet saved", {"facet": name})
    return _definition(definition)


@delete("/facet-definitions/{name:str}", status_code=204, sync_to_thread=True)
def delete_definition(edge: GivenEdge, caller: GivenCaller, name: FromPath[str]) -> None:
    """Take a facet of yours away. What people stated stays with them, and acts again when it comes back."""
    with edge.work() as work:
        choices.remove(work.db, name)
        _note(work, caller, "facet deleted", {"facet": name})


def routes() -> Sequence[ControllerRouterHandler]:
    """The set-up routes."""
    handlers = [
        read_slots, read_slot, put_slot, delete_slot, read_rules, read_rule, post_rule, put_rule, delete_rule,
        read_definitions, read_definition, put_definition, delete_definition,
    ]  # fmt: skip
    tags = ["Slots, rules and facets"]
    return [Router("/v1", route_handlers=handlers, guards=[server_key], tags=tags, security=SERVER_KEY)]


def _save(edge: GivenEdge, caller: Caller, rule: ShopRule) -> Form:
    with edge.work() as work:
        decide.save_rule(work.db, rule, by=caller.name, now=work.now)
        _note(work, caller, "rule saved", {"rule": str(rule.id), "name": rule.name})
    return _rule(rule)


def _found(rules: Sequence[ShopRule], wanted: UUID) -> ShopRule:
    found = next((rule for rule in rules if rule.id == wanted), None)
    if found is None:
        raise NotFound(f"there is no rule {wanted}")
    return found


def _rule(rule: ShopRule) -> Form:
    return {"id": str(rule.id), **_form(decide.rule_json(rule))}


def _definition(definition: FacetDefinition) -> Form:
    made: Form = msgspec.to_builtins(asdict(definition))
    return made


def _note(work: Work, caller: Caller, did: str, what: dict[str, Json]) -> None:
    team.audit(work.db, caller.name, did, what, now=work.now)


def _form(raw: object) -> Form:
    if not isinstance(raw, dict):
        raise Invalid("this is not an object")
    return raw


def _known(said: Form, names: Collection[str]) -> dict[str, Json]:
    """What was said, when all of it has a meaning. Raises Invalid for a name that has none: it may be a slip."""
    strange = [name[:80] for name in said if name not in names]
    if strange:
        words = f"is unknown; known are {', '.join(names)}"
        raise Invalid(f"{strange[0]} {words}", fields=dict.fromkeys(strange[:20], "is unknown"))
    return said  # type: ignore[return-value]  # came from JSON
