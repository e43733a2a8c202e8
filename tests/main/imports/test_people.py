"""Importing people."""

from datetime import timedelta
from pathlib import Path

import pytest

from regulars import people
from regulars.catalog.feeds import Format
from regulars.choices.definitions import define
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.choices.verbs import choose
from regulars.kit.errors import Invalid
from regulars.main.imports import Counts, Report, import_people
from regulars.people import Consent, Identity, IdentityKind, Profile, Purpose
from regulars.store import Database
from tests.cast import NOW, OMAR, VERA

FILE = """customer_id,city,age,facet:diet,facet:allergens,consent:email
vera,Utrecht,34,vegan,nuts|soy,yes
omar,Rotterdam,,,,no
,Nowhere,1,,,
mia,Delft,2,carnivore,,
ana,Sevilla,3,vegan,,perhaps
"""


@pytest.fixture
def shop(database: Database) -> Database:
    diets = (Value("vegan"), Value("halal"))
    with database.begin() as db:
        define(db, FacetDefinition("diet", Many.ONE, Acts.REQUIRE, values=diets, attribute="diet"), now=NOW)
        define(db, FacetDefinition("allergens", Many.SEVERAL, Acts.EXCLUDE, attribute="allergens"), now=NOW)
    return database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(FILE)
    return path


def run(path: Path, database: Database | None, **columns: str) -> Report:
    rejects = path.with_suffix(".rejects.csv")
    return import_people(path, columns, format=Format.CSV, database=database, rejects=rejects, now=NOW)


def profile(database: Database, user: str) -> Profile:
    with database.begin() as db:
        return people.profile(db, Identity(IdentityKind.USER, user))


def test_traits_choices_and_consents_come_in(shop: Database, file: Path):
    report = run(file, shop)
    assert (report.counts, report.rejected) == (Counts(new=2), 3)
    assert sorted(report.reasons) == [
        "consent:email should be yes or no", "diet should be one of: vegan, halal", "user_id is missing",
    ]  # fmt: skip
    vera, omar = profile(shop, VERA), profile(shop, OMAR)
    assert vera.traits == {"city": "Utrecht", "age": "34"}
    assert vera.facet("diet").stated == "vegan"
    assert vera.facet("allergens").stated == ["nuts", "soy"]
    assert (vera.consents, omar.consents) == ({Purpose.EMAIL: True}, {Purpose.EMAIL: False})


def test_a_rerun_changes_nothing(shop: Database, file: Path):
    run(file, shop)
    assert run(file, shop).counts == Counts(known=2)
    with shop.begin() as db:
        node = people.find(db, Identity(IdentityKind.USER, VERA))
        assert len(people.consents(db, node)) == 1
        assert len(people.changes(db, node)) == 2


def test_a_file_says_nothing_over_what_someone_chose_themselves(shop: Database, file: Path):
    run(file, shop)
    later = NOW + timedelta(days=1)
    with shop.begin() as db:
        node = people.find(db, Identity(IdentityKind.USER, VERA))
        choose(db, node, "diet", "halal", by="person", now=later)
        people.consent(db, node, Consent(Purpose.EMAIL, False, "v1", "en", "preferences", later))
    file.write_text(FILE.replace("Utrecht", "Amersfoort"))
    assert run(file, shop).counts == Counts(changed=1, known=1)
    vera = profile(shop, VERA)
    assert (vera.traits["city"], vera.facet("diet").stated, vera.consents) == (
        "Amersfoort", "halal", {Purpose.EMAIL: False},
    )  # fmt: skip


def test_a_file_may_change_what_a_file_said(shop: Database, file: Path):
    run(file, shop)
    file.write_text(FILE.replace("vegan,nuts|soy,yes", "halal,nuts|soy,no"))
    assert run(file, shop).counts == Counts(changed=1, known=1)
    vera = profile(shop, VERA)
    assert (vera.facet("diet").stated, vera.consents) == ("halal", {Purpose.EMAIL: False})


def test_a_dry_run_needs_no_database(file: Path):
    report = run(file, None)
    assert (report.counts.new, report.rejected) == (3, 2)  # whether a diet exists is not known without one


def test_someone_must_be_named(shop: Database, file: Path):
    file.write_text("name\nVera\n")
    with pytest.raises(Invalid, match="--map user_id=COLUMN"):
        run(file, shop)
    assert run(file, shop, user_id="name").counts == Counts(known=1)
