"""Seeing everything, and being forgotten entirely."""

import json
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from regulars import people
from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.people import Consent, Evidence, Guess, IdentifyCall, PersonErased, Purpose
from regulars.store import Db
from tests.cast import NOW, OMAR, VERA
from tests.people.people_cast import device, later, user, viewed

SECRET = "zzsecretzz"
"""Part of everything Vera ever said, so that any trace of her is found by it."""


@pytest.fixture
def vera(db: Db) -> PersonId:
    """Vera, on two devices, with something in every table."""
    device_name, user_id = f"laptop-{SECRET}", f"{VERA}-{SECRET}"
    people.identify(db, IdentifyCall(user_id, device_name, proven=True, traits={"name": SECRET}), now=NOW)
    node, laptop = people.find(db, user(user_id)), people.find(db, device(device_name))
    people.record(
        db,
        [viewed(n, 1, properties=json.dumps({"q": SECRET}).encode(), message=f"{SECRET}{n}") for n in (node, laptop)],
        now=NOW,
    )
    people.state(db, laptop, "hidden_items", [SECRET], by=SECRET, now=NOW, gathers=True)
    people.state(db, node, "hidden_items", [SECRET, "x"], by=SECRET, now=NOW, gathers=True)
    people.deny(db, node, "diet", SECRET, by=SECRET, now=NOW)
    people.save_guesses(db, {node: [Guess("city", SECRET, 0.5, (Evidence("trait", SECRET, 1.0),))]}, now=NOW)
    people.consent(db, laptop, Consent(Purpose.EMAIL, False, SECRET, "en", "form", NOW))
    decided(db, node)
    return node


def decided(db: Db, node: PersonId) -> None:
    """A decision and a correction, as the rooms above keep them."""
    said = json.dumps([SECRET])
    decision = insert(db, "decisions", person_id=node, context=said)
    insert(db, "corrections", person_id=node, receipt=said, decision_id=decision)


def insert(db: Db, table: str, **known: object) -> UUID:
    """A row with an id, what is `known`, and anything at all in the other columns that need something."""
    row: dict[str, object] = {"id": uuid4()}
    for column in sa.inspect(db).get_columns(table):
        if not column["nullable"] and column["default"] is None:
            row.setdefault(column["name"], ANYTHING[str(column["type"])])
    row |= known
    values = ", ".join(f":{name}" for name in row)
    db.execute(sa.text(f"insert into {table} ({', '.join(row)}) values ({values})"), row)
    return row["id"]  # type: ignore[return-value]  # set above


ANYTHING = {
    "TEXT": "", "TIMESTAMP": NOW, "BOOLEAN": True, "INTEGER": 1, "BIGINT": 1, "SMALLINT": 1, "UUID": uuid4(),
    "ARRAY": "{}", "JSONB": "{}",
}  # fmt: skip


def rows_with(db: Db, wanted: set[PersonId], text: str) -> dict[str, int]:
    """Tables that hold `text` anywhere, or one of `wanted` in a column that names a person."""
    found: dict[str, int] = {}
    for table in sa.inspect(db).get_table_names():
        for row in db.execute(sa.text(f'select * from "{table}"')).mappings():
            named = any(row.get(c) in wanted for c in ("person_id", "a_id", "b_id", "root_id")) or (
                table == "persons" and row["id"] in wanted
            )
            if named or text in repr(dict(row)):
                found[table] = found.get(table, 0) + 1
    return found


def test_erasing_leaves_nothing_in_any_table(db: Db, vera: PersonId):
    nodes = people.nodes(db, vera)
    assert len(rows_with(db, set(nodes), SECRET)) == 9
    erased = people.erase(db, people.root(db, vera))
    assert rows_with(db, set(nodes), SECRET) == {}
    assert isinstance(erased, PersonErased)
    assert (erased.nodes, erased.counts["events"], erased.counts["identities"]) == (nodes, 2, 2)
    assert {erased.counts[t] for t in ("decisions", "corrections", "consents", "merges")} == {1}


def test_erasing_one_leaves_everybody_else_as_they_were(db: Db, vera: PersonId):
    omar = people.resolve(db, [user(OMAR)], now=NOW)[user(OMAR)]
    people.record(db, [viewed(omar, 1)], now=NOW)
    people.state(db, omar, "diet", "none", by=OMAR, now=NOW)
    decided(db, omar)
    before = people.export(db, omar), people.profile_of(db, omar)
    people.erase(db, vera)
    assert people.export(db, omar) == before[0]
    assert people.profile_of(db, omar).facets == before[1].facets


def test_nothing_of_who_is_erased_stays_with_whom_they_were_once_one(db: Db, vera: PersonId):
    """A shared device that was parted from Vera: it stays, without a word or number of hers."""
    tablet = people.resolve(db, [device("tablet")], now=NOW)[device("tablet")]
    merged = people.join(db, tablet, vera, source="test", by="test", now=later(1))
    assert merged
    people.state(db, tablet, "hidden_items", ["kept"], by="test", now=later(2), gathers=True)
    people.unjoin(db, merged.merge, by="test", now=later(3))
    nodes = set(people.nodes(db, vera))
    people.erase(db, vera)
    assert rows_with(db, nodes, SECRET) == {}
    assert people.profile_of(db, tablet).facet("hidden_items").value == ["kept"]
    assert people.allowed(db, tablet) == {}


def test_who_comes_back_after_being_erased_is_somebody_new(db: Db, vera: PersonId):
    people.erase(db, vera)
    again = people.resolve(db, [user(f"{VERA}-{SECRET}")], now=later(1))
    assert set(again.values()).isdisjoint({vera})
    with pytest.raises(NotFound):
        people.erase(db, vera)
    with pytest.raises(NotFound):
        people.export(db, vera)


def test_the_export_is_json_and_holds_all_of_it(db: Db, vera: PersonId):
    told = people.export(db, vera)
    text = json.dumps(told)
    assert {k: len(v) for k, v in told.items()} == {  # type: ignore[arg-type]  # all lists
        "identities": 2, "traits": 1, "facets": 4, "facet_changes": 3, "consents": 1, "merges": 1, "events": 2,
    }  # fmt: skip
    assert text.count(SECRET) > 10
