"""What a person may choose, where each choice acts, and what a correction means."""

from regulars.choices.constraints import Constraints, Leaning, Refusal, constraints, guessed, is_personal, stated, texts
from regulars.choices.corrections import Made, Said
from regulars.choices.definitions import (
    Definitions,
    built_in,
    check,
    define,
    definition_from,
    definitions,
    remove,
)
from regulars.choices.menu import Menu
from regulars.choices.model import (
    Acts,
    CorrectionKind,
    FacetDefinition,
    Fact,
    Many,
    Mode,
    Says,
    Value,
)
from regulars.choices.validate import definition_of, validate
from regulars.choices.verbs import add, choose, clear, deny, gathers, held_facet, right, take, use

__all__ = [
    "Acts",
    "Constraints",
    "CorrectionKind",
    "Definitions",
    "FacetDefinition",
    "Fact",
    "Leaning",
    "Made",
    "Many",
    "Menu",
    "Mode",
    "Refusal",
    "Said",
    "Says",
    "Value",
    "add",
    "built_in",
    "check",
    "choose",
    "clear",
    "constraints",
    "define",
    "definition_from",
    "definition_of",
    "definitions",
    "deny",
    "gathers",
    "guessed",
    "held_facet",
    "is_personal",
    "remove",
    "right",
    "stated",
    "take",
    "texts",
    "use",
    "validate",
]
