"""What the generated description of the API lacks: summaries in words, and the faults as they are really told."""

from collections.abc import Mapping, MutableMapping
from typing import TypeAlias, cast

Described: TypeAlias = MutableMapping[str, "Described | list[Described] | str | int | bool | None"]

FAULTS: Mapping[str, str] = {
    "400": "The body is not JSON, or breaks a limit of the Segment spec.",
    "401": "No key, an unknown key, or a person token that is not valid.",
    "403": "The key may not do this, or not from this origin.",
    "404": "There is no such thing.",
    "409": "Not in the state things are in.",
    "413": "More than is accepted at once.",
    "422": "It does not make sense; `fields` says where.",
    "429": "Too often; wait `Retry-After` seconds.",
    "503": "Not now; try again after `Retry-After` seconds. Nothing was half done.",
}

PROBLEM: Mapping[str, object] = {
    "type": "object",
    "description": "A fault, as problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Invalid input"]},
        "status": {"type": "integer", "examples": [422]},
        "detail": {"type": "string", "description": "What is wrong and what to do about it."},
        "code": {"type": "string", "description": "The kind of fault, for programs.", "examples": ["invalid"]},
        "message": {"type": "string", "description": "The same as `detail`, under the name Segment's libraries read."},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Place in the input → what is wrong there.",
        },
    },
}


def polish(document: Described) -> None:
    """Sum the operations of `document` up in words, and describe their faults."""
    components = cast("Described", document.setdefault("components", {}))
    cast("Described", components.setdefault("schemas", {}))["Problem"] = cast("Described", dict(PROBLEM))
    components["responses"] = {f"Fault{status}": _fault(text) for status, text in FAULTS.items()}
    for operations in cast("Mapping[str, Described]", document["paths"]).values():
        for operation in operations.values():
            if isinstance(operation, MutableMapping):
                _sum_up(operation)
                _tell_faults(operation)


def _fault(text: str) -> Described:
    schema: Described = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


def _sum_up(operation: Described) -> None:
    text = operation.get("description")
    if isinstance(text, str):
        first, _, _ = text.partition(". ")
        operation["summary"] = first.removesuffix(".").partition("\n")[0]


def _tell_faults(operation: Described) -> None:
    responses = cast("Described", operation.setdefault("responses", {}))
    for status in FAULTS:
        responses[status] = {"$ref": f"#/components/responses/Fault{status}"}
