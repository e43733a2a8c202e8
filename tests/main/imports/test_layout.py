"""Which column says what."""

from pathlib import Path

import pytest

from regulars.kit.errors import Invalid, NotFound
from regulars.main.imports.layout import (
    BUILT_IN,
    ONLINE_RETAIL,
    Layout,
    choose_layout,
    item_columns,
    person_columns,
    save,
)


def test_columns_and_constants_are_told_apart(tmp_path: Path):
    made = choose_layout(None, ["item=sku", "currency==EUR", "event==Product Viewed", "context.a.b=c"], saved=tmp_path)
    assert made == Layout({"item": "sku", "context.a.b": "c"}, {"currency": "EUR", "event": "Product Viewed"})


def test_what_is_said_now_changes_a_named_mapping(tmp_path: Path):
    made = choose_layout("online-retail", ["currency=Money", "order==none"], saved=tmp_path, timezone="Europe/Paris")
    assert made.columns == {**{k: v for k, v in ONLINE_RETAIL.columns.items() if k != "order"}, "currency": "Money"}
    assert (made.constants, made.timezone, made.reads) == ({"order": "none"}, "Europe/Paris", "online-retail")


def test_a_mapping_is_kept_for_the_next_time(tmp_path: Path):
    made = Layout({"item": "sku"}, {"verb": "viewed"}, "Europe/Madrid", "%d/%m/%Y")
    save(made, "our-clicks", saved=tmp_path / "mappings")
    assert choose_layout("our-clicks", [], saved=tmp_path / "mappings") == made


@pytest.mark.parametrize("name", ["", "../etc", "Upper", "a b", "online-retail", "x" * 65, "a.json"])
def test_a_mapping_needs_a_name_that_can_be_a_files(tmp_path: Path, name: str):
    with pytest.raises(Invalid, match="cannot be called"):
        save(Layout(), name, saved=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("item", "field=column"),
        ("item=", "field=column"),
        ("colour=c", "no field 'colour'"),
        ("context.=c", "no field"),
    ],
)
def test_a_mapping_of_no_sense_is_told(tmp_path: Path, said: str, words: str):
    with pytest.raises(Invalid, match=words):
        choose_layout(None, [said], saved=tmp_path)


def test_an_unknown_mapping_names_those_there_are(tmp_path: Path):
    save(Layout(), "mine", saved=tmp_path)
    with pytest.raises(NotFound, match="online-retail, segment, mine"):
        choose_layout("theirs", [], saved=tmp_path)


def test_a_spoiled_mapping_is_told(tmp_path: Path):
    (tmp_path / "mine.json").write_text('{"columns": 3}')
    with pytest.raises(Invalid, match="--save-map"):
        choose_layout("mine", [], saved=tmp_path)


def test_a_time_zone_must_exist():
    assert str(BUILT_IN["online-retail"].zone) == "Europe/London"
    for wrong in ("Europe/Atlantis", "../etc/passwd", ""):
        with pytest.raises(Invalid, match="no time zone"):
            _ = Layout(timezone=wrong).zone


def test_catalogue_and_people_have_fields_of_their_own():
    assert item_columns(["external_id=sku", "title.nl=naam"]) == {"external_id": "sku", "title.nl": "naam"}
    assert person_columns(["user_id=id", "facet:diet=d"]) == {"user_id": "id", "facet:diet": "d"}
    for wrong in ("sku=external_id", "title"):
        with pytest.raises(Invalid, match="field=column"):
            item_columns([wrong])
    with pytest.raises(Invalid, match="consent:"):
        person_columns(["diet=d"])
