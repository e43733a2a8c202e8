"""The calls whose bodies are read by hand, as OpenAPI describes them."""

from collections.abc import Mapping
from typing import cast

import msgspec

from regulars.web.decide_forms import DecideIn, DecisionOut
from regulars.web.openapi_polish import Described

REF = "#/components/schemas/{name}"

OBJECT: Mapping[str, object] = {"type": "object", "additionalProperties": True}
IDS: Mapping[str, object] = {
    "userId": {"type": ["string", "integer", "null"], "description": "Your own id of someone signed in."},
    "anonymousId": {"type": ["string", "integer", "null"], "description": "The random id of a browser or app."},
}
COMMON: Mapping[str, object] = {
    "messageId": {"type": ["string", "null"], "maxLength": 500, "description": "The same id counts once."},
    "timestamp": {"type": ["string", "number", "null"], "description": "When it happened, by the sender's clock."},
    "sentAt": {"type": ["string", "number", "null"], "description": "When it was sent, by the same clock."},
    "context": {
        **OBJECT,
        "description": "What surrounds it: page, locale, userAgent, location; consent.categoryPreferences and gpc say "
        "whether it may be learned from; personToken proves the userId.",
    },
    "writeKey": {"type": "string", "description": "The key, where a browser cannot send headers (sendBeacon)."},
    "personToken": {"type": "string", "description": "Proves the userId when the key is a write key."},
}
PROPERTIES: Mapping[str, object] = {
    **OBJECT,
    "description": "product_id, products, price … as Segment's specs have it.",
}
TRAITS: Mapping[str, object] = {**OBJECT, "description": "What is known of them: city, language, plan …"}
NAME: Mapping[str, object] = {"type": ["string", "null"], "description": "What the page is called."}

OWN: Mapping[str, tuple[Mapping[str, object], tuple[str, ...], Mapping[str, object]]] = {
    "identify": ({"traits": TRAITS}, (), {"userId": "vera", "anonymousId": "a1b2c3", "traits": {"city": "Utrecht"}}),
    "track": (
        {"event": {"type": "string", "minLength": 1, "maxLength": 1000}, "properties": PROPERTIES},
        ("event",),
        {"event": "Product Viewed", "anonymousId": "a1b2c3", "properties": {"product_id": "s-12"}},
    ),
    "page": ({"name": NAME, "properties": PROPERTIES}, (), {"name": "Home", "anonymousId": "a1b2c3"}),
    "screen": ({"name": NAME, "properties": PROPERTIES}, (), {"name": "Home", "anonymousId": "a1b2c3"}),
    "group": ({"groupId": {"type": ["string", "null"]}, "traits": TRAITS}, (), {"groupId": "club", "userId": "vera"}),
    "alias": (
        {"previousId": {"type": ["string", "integer"]}},
        ("previousId", "userId"),
        {"previousId": "a1b2c3", "userId": "vera"},
    ),
}  # fmt: skip

TAKEN: Mapping[str, object] = {
    "type": "object",
    "required": ["success"],
    "properties": {
        "success": {"const": True},
        "rejected": {
            "type": "array",
            "description": "The events of a batch that could not be taken; all others were.",
            "items": {
                "type": "object",
                "required": ["index", "detail"],
                "properties": {"index": {"type": "integer"}, "detail": {"type": "string"}},
            },
        },
    },
}

SECURITY: list[dict[str, list[str]]] = [{"serverKey": []}, {"writeKey": []}, {"bearerKey": []}, {}]


def describe_decide(document: Described) -> None:
    """Add the body and the answer of the decide call to `document`."""
    (asked, decided), components = msgspec.json.schema_components(
        (DecideIn, DecisionOut), schema_hook=lambda _: {"description": "Anything."}, ref_template=REF
    )  # the hook: what may be anything
    schemas = cast("dict[str, object]", cast("Described", document["components"])["schemas"])
    schemas.update({name: schema for name, schema in components.items() if name not in schemas})
    operation = cast("dict[str, object]", cast("Mapping[str, Described]", document["paths"])["/v1/decide"]["post"])
    operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": asked}}}
    answer = {"description": "What was decided.", "content": {"application/json": {"schema": decided}}}
    cast("dict[str, object]", operation["responses"])["200"] = answer


def describe_events(document: Described) -> None:
    """Add bodies, answers and keys to the event calls of `document`."""
    components = cast("Described", document["components"])
    schemas = cast("dict[str, object]", components["schemas"])
    schemas["EventTaken"] = TAKEN
    for type_, (own, required, example) in OWN.items():
        all_of_it: dict[str, object] = {**IDS, **own, **COMMON}
        schemas[f"{type_.title()}Call"] = {
            "type": "object",
            "properties": all_of_it,
            "required": list(required),
            "examples": [example],
        }
        _describe(document, type_)
    said: dict[str, object] = {"type": {"enum": list(OWN)}, **IDS, **COMMON}
    any_call = {"type": "object", "properties": said, "required": ["type"]}
    schemas["BatchCall"] = {
        "type": "object",
        "required": ["batch"],
        "properties": {
            "batch": {"type": "array", "maxItems": 2500, "items": any_call},
            "sentAt": COMMON["sentAt"],
            "context": COMMON["context"],
            "writeKey": COMMON["writeKey"],
        },
        "examples": [{"batch": [{"type": "track", **OWN["track"][2]}]}],
    }
    _describe(document, "batch")


def _describe(document: Described, type_: str) -> None:
    operation = cast("dict[str, object]", cast("Mapping[str, Described]", document["paths"])[f"/v1/{type_}"]["post"])
    schema = {"$ref": f"#/components/schemas/{type_.title()}Call"}
    operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation["security"] = SECURITY
    taken = {"application/json": {"schema": {"$ref": "#/components/schemas/EventTaken"}}}
    cast("dict[str, object]", operation["responses"])["200"] = {"description": "Durable.", "content": taken}
