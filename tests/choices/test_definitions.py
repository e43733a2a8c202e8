"""Facet definitions: built in, and the company's."""

from dataclasses import replace

import pytest

from regulars import choices
from regulars.choices import Acts, FacetDefinition, Many, Value
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.json import Json
from regulars.kit.text import LANGUAGES
from tests.cast import NOW

DIET = FacetDefinition(
    "diet", Many.SEVERAL, Acts.REQUIRE, {"en": "Diet"}, values=(Value("vegan", {"nl": "veganistisch"}),),
    attribute="diet", kinds=("product",), guessed=True,
)  # fmt: skip


def version(db) -> int:
    from sqlalchemy import text

    return int(db.execute(text("select value from versions where name = 'facets'")).scalar_one())


def test_the_built_in_facets_are_labelled_in_every_language():
    for definition in choices.built_in().values():
        assert all(definition.label[code] and definition.help[code] for code in LANGUAGES), definition.name
        for value in definition.values:
            assert all(value.label[code] for code in LANGUAGES), (definition.name, value.id)


def test_a_definition_of_the_company_comes_back_as_it_was_given(db):
    before = version(db)
    choices.define(db, DIET, now=NOW)
    assert choices.definitions(db)["diet"] == DIET
    assert "language" in choices.definitions(db)
    assert version(db) == before + 1


def test_definitions_stand_in_their_order(db):
    for position, name in enumerate(("topics", "brands", "diet")):
        choices.define(db, replace(DIET, name=name), now=NOW, position=position)
    assert list(choices.definitions(db))[:3] == ["topics", "brands", "diet"]


def test_a_definition_taken_away_is_gone(db):
    choices.define(db, DIET, now=NOW)
    choices.remove(db, "diet")
    assert "diet" not in choices.definitions(db)
    with pytest.raises(NotFound):
        choices.remove(db, "diet")
    with pytest.raises(Invalid):
        choices.remove(db, "language")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Diet!"}, "name"),
        ({"name": "language"}, "name"),
        ({"acts": Acts.PAUSE}, "acts"),
        ({"attribute": ""}, "attribute"),
        ({"weight": 0.0}, "weight"),
        ({"weight": float("nan")}, "weight"),
        ({"values": (Value("a"), Value("a"))}, "values"),
        ({"values": (Value(""),)}, "values"),
        ({"many": Many.FLAG}, "many"),
    ],
)
def test_a_definition_without_sense_is_refused(db, changes, field):
    with pytest.raises(Invalid) as fault:
        choices.define(db, replace(DIET, **changes), now=NOW)
    assert field in fault.value.fields


def test_a_definition_reads_from_json():
    raw: dict[str, Json] = {
        "name": "brands",
        "many": "several",
        "acts": "prefer",
        "attribute": "brand",
        "values": [{"id": "acme"}],
    }
    assert choices.definition_from(raw).values == (Value("acme"),)
    with pytest.raises(Invalid) as fault:
        choices.definition_from({**raw, "values": [{"id": 3}]})
    assert list(fault.value.fields) == ["values[0].id"]
