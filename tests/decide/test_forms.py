"""Slots and rules as JSON: exact there and back, faults named."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.choices import Mode
from regulars.decide import (
    Effect,
    ShopRule,
    Slot,
    Source,
    default_slots,
    rule_from,
    rule_json,
    slot_from,
    slot_json,
)
from regulars.kit.conditions import And, Operator, Test
from regulars.kit.errors import Invalid
from tests.cast import NOW

ID = UUID(int=1)
CHEAP = Test("price", Operator.AT_MOST, 5)


@pytest.mark.parametrize("slot", default_slots().values(), ids=lambda s: s.name)
def test_a_slot_survives_its_json(slot):
    assert slot_from(msgspec.json.decode(msgspec.json.encode(slot_json(slot)))) == slot


@given(
    st.builds(
        Slot,
        st.text(min_size=1, max_size=20),
        st.dictionaries(st.sampled_from(["en", "es", "nl"]), st.text(max_size=20)),
        st.sampled_from(Source),
        st.just(And((CHEAP,))),
        st.integers(1, 100),
        st.sampled_from(Mode),
        st.just("home"),
        st.floats(0, 0.3),
        st.floats(0, 1),
    )
)
def test_any_slot_survives_its_json(slot):
    assert slot_from(msgspec.json.decode(msgspec.json.encode(slot_json(slot)))) == slot


def test_a_rule_survives_its_json():
    rule = ShopRule(
        ID,
        "Breakfast",
        Effect.BOOST,
        CHEAP,
        Test("hour", Operator.LESS_THAN, 11),
        ("home.for-you",),
        {"en": "Breakfast"},
        starts=NOW,
        ends=NOW + timedelta(days=1),
    )
    assert rule_from(msgspec.json.decode(msgspec.json.encode(rule_json(rule))), ID) == rule


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"size": 0}, "size"),
        ({"size": "6"}, "size"),
        ({"source": "magic"}, "source"),
        ({"place": "nowhere"}, "place"),
        ({"explore": 0.5}, "explore"),
        ({"variety": -1}, "variety"),
        ({"without_seen_days": -1}, "without_seen_days"),
        ({"items": {"and": [{"field": "price", "operator": "is", "value": "x"}]}}, "items.and[0].value"),
        ({"title": {"en": "x" * 201}}, "title"),
    ],
)
def test_a_slot_without_sense_is_refused(changes, field):
    with pytest.raises(Invalid) as fault:
        slot_from({"name": "home.x"} | changes)
    assert list(fault.value.fields) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"items": None}, "items"),
        ({"effect": "hide"}, "effect"),
        ({"factor": 0}, "factor"),
        ({"position": 0}, "position"),
        ({"starts": "2026-01-01T00:00:00"}, "starts"),
        ({"starts": "2026-01-02T00:00:00Z", "ends": "2026-01-01T00:00:00Z"}, "ends"),
        ({"people": {"field": "shoe_size", "operator": "known"}}, "people.field"),
    ],
)
def test_a_rule_without_sense_is_refused(changes, field):
    raw = {"name": "offer", "effect": "pin", "items": {"field": "item", "operator": "is", "value": "a"}}
    with pytest.raises(Invalid) as fault:
        rule_from(raw | changes, ID)
    assert list(fault.value.fields) == [field]
