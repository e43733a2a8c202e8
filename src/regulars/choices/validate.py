"""Does a value fit its facet?"""

from regulars.choices.definitions import Definitions
from regulars.choices.model import FacetDefinition, Many
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.json import Json
from regulars.kit.text import clean

MOST_VALUES = 10_000
MOST_TEXT = 512


def definition_of(definitions: Definitions, facet: str) -> FacetDefinition:
    """The definition of `facet`. Raises NotFound with the names there are."""
    if facet not in definitions:
        raise NotFound(f"there is no facet {facet[:80]!r}; there are: {', '.join(definitions)}")
    return definitions[facet]


def validate(definition: FacetDefinition, value: Json, *, scope: str = "") -> Json:
    """`value` as it is kept: cleaned, and a list without doubles. Raises Invalid with the facet's name as field."""
    if scope and not definition.per_slot:
        raise _fault(definition, f"is chosen for everywhere at once, not for {scope!r}")
    if len(scope) > MOST_TEXT:
        raise _fault(definition, "has a scope that is too long")
    if definition.many is Many.FLAG:
        if not isinstance(value, bool):
            raise _fault(definition, "should be true or false")
        return value
    if definition.many is Many.ONE:
        return _one(definition, value, definition.name)
    if not isinstance(value, list | tuple):
        raise _fault(definition, "should be a list")
    if len(value) > MOST_VALUES:
        raise _fault(definition, f"has more than {MOST_VALUES} values")
    return list(dict.fromkeys(_one(definition, v, f"{definition.name}[{i}]") for i, v in enumerate(value)))


def _one(definition: FacetDefinition, value: Json, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _fault(definition, "should be a text", path)
    if len(value) > MOST_TEXT:
        raise _fault(definition, f"is longer than {MOST_TEXT} characters", path)
    ids = [v.id for v in definition.values]
    if ids and value not in ids:
        raise _fault(definition, f"should be one of: {', '.join(ids[:50])}", path)
    return clean(value)


def _fault(definition: FacetDefinition, words: str, path: str = "") -> Invalid:
    path = path or definition.name
    return Invalid(f"{path} {words}", fields={path: words})
