"""The global view of the model, for the analyst."""

import re
from uuid import UUID

import pytest
import sqlalchemy as sa

from regulars.decide import logged_store
from regulars.decide.logged_store import RerankerRow
from regulars.kit.clock import utc_now
from regulars.kit.json import Json
from regulars.store import Database
from tests.web.conftest import Client, Keys
from tests.web.pages.conftest import Desk, decided

ESTIMATE = {"value": 0.3, "low": 0.25, "high": 0.35, "effective": 900.0, "n": 1000}
REPORT: dict[str, Json] = {
    "decisions": 5000, "answers": 900, "logged": ESTIMATE, "refused": "it may bring no more answers",
    "orders": {"model": {"snips": ESTIMATE, "robust": ESTIMATE, "covered": 1.0},
               "learned": {"snips": ESTIMATE, "robust": ESTIMATE | {"low": None, "high": None}, "covered": 0.97}},
    "gain": {"value": 0.01, "low": -0.01, "high": 0.03, "effective": 800.0, "n": 1000},
    "told": {"score": 0.7, "price": 0.3}, "look": [1.0, 0.6],
}  # fmt: skip


def test_without_anything_every_part_says_what_it_waits_for(mia: Desk):
    page = mia.get("/admin/model").text
    for waits in ("No model serves", "Nothing was decided", "No order has been learned"):
        assert waits in page


def test_what_was_shown_stands_there(client: Client, shop: Keys, mia: Desk):
    decided(client, shop)
    client.app.state["edge"].decision_log.flush()
    page = mia.get("/admin/model").text
    assert "1 decision of the last 7 days" in page
    assert "Fairness of exposure" in page and 'class="bar-fill"' in page


def test_an_item_is_looked_up_by_its_name(shop: Keys, mia: Desk):
    assert "<h3>Falafel wrap</h3>" in mia.get("/admin/model", q="falafel").text
    assert "No item is called that" in mia.get("/admin/model", q="zzzz<script>").text


@pytest.mark.parametrize("language", ["en", "es", "nl"])
def test_estimates_of_orders_are_told_with_their_intervals(database: Database, mia: Desk, language: str):
    with database.begin() as db:
        db.execute(sa.text("update agents set language = :l"), {"l": language})
        logged_store.add(db, RerankerRow(UUID(int=3), {}, REPORT, utc_now(), None, "it may bring no more answers"))
    page = mia.get("/admin/model").text
    assert f'<html lang="{language}">' in page
    assert len(re.findall('class="interval"', page)) == 3
    assert "0.250 – 0.350" in page and "+0.0100" in page and "it may bring no more answers" in page


def test_the_policy_of_styles_holds(mia: Desk):
    assert " style=" not in mia.get("/admin/model", q="a").text
