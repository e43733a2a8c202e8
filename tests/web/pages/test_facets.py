"""The company's facets on its page: defined, changed, taken away, by those who may."""

import pytest

from regulars import choices
from regulars.choices.model import Acts, Many
from regulars.store import Database
from regulars.web.pages.admin.facets import typed, values_of
from tests.cast import ANA, MIA
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, Page, signed_in

SPICE = {
    "name": "spice", "many": "one", "acts": "prefer", "attribute": "spice", "weight": "2", "kinds": "product",
    "label.en": "How hot", "label.nl": "Hoe heet", "values": "mild | Mild | Suave | Zacht\nhot | Hot",
    "per_slot": "1",
}  # fmt: skip


def held(database: Database) -> dict[str, choices.FacetDefinition]:
    with database.begin() as db:
        return choices.definitions(db)


def test_a_facet_is_defined_offered_changed_and_taken_away(client: Client, vera: Page, agents: None):
    mia = signed_in(client, MIA.email)
    mia.get("/admin/facets/new")
    assert "spice" in mia.post("/admin/facets", **SPICE).text
    made = held(vera.database)["spice"]
    assert (made.acts, made.many, made.weight, made.kinds) == (Acts.PREFER, Many.ONE, 2.0, ("product",))
    assert [(v.id, v.label) for v in made.values] == [
        ("mild", {"en": "Mild", "es": "Suave", "nl": "Zacht"}), ("hot", {"en": "Hot"}),
    ]  # fmt: skip
    assert "How hot" in vera.get("/me").text
    assert "mild | Mild | Suave | Zacht" in mia.get("/admin/facets/spice").text
    mia.post("/admin/facets", **(SPICE | {"label.en": "Spice"}))
    assert held(vera.database)["spice"].label["en"] == "Spice"
    mia.post("/admin/facets/spice/delete")
    assert "spice" not in held(vera.database)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Not A Name"), ("name", "language"), ("acts", "mode"), ("attribute", ""), ("weight", "-1"),
     ("weight", "much"), ("many", "flag")],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    client: Client, database: Database, agents: None, field: str, value: str
):
    before = held(database)
    mia = signed_in(client, MIA.email)
    mia.get("/admin/facets/new")
    answer = mia.post("/admin/facets", **(SPICE | {field: value}))
    assert answer.status_code == 422
    assert "How hot" in answer.text
    assert held(database) == before


def test_built_in_facets_are_not_for_changing(client: Client, database: Database, agents: None):
    mia = signed_in(client, MIA.email)
    mia.get("/admin/facets/new")
    assert mia.get("/admin/facets/language").status_code == 404
    assert mia.post("/admin/facets/language/delete").status_code == 422
    assert "language" in held(database)


def test_a_viewer_looks_only_and_somebody_unknown_not_even_that(client: Client, database: Database, agents: None):
    before = held(database)
    for path in ("/admin/facets/new", "/admin/facets/diet"):
        assert client.get(path, headers=HTML).url.path == "/sign-in"
    for path in ("/admin/facets", "/admin/facets/diet/delete"):
        assert client.post(path, data=SPICE, headers=HTML, follow_redirects=False).status_code in (303, 401)
    ana = signed_in(client, ANA.email)
    assert ana.get("/admin/facets/diet").status_code == 200
    ana.get("/admin")
    assert ana.post("/admin/facets", **SPICE).status_code == 403
    assert ana.post("/admin/facets/diet/delete").status_code == 403
    assert held(database) == before


def test_values_are_read_back_as_they_were_typed():
    text = "mild | Mild | Suave | Zacht\nhot | Hot\nplain"
    assert typed(tuple(values_of(text))) == text
    assert values_of(" | nothing\n\n") == []
