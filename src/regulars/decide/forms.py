"""Slots and rules of the shop as JSON, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from regulars.choices.model import Mode
from regulars.decide.model import Effect, ShopRule, Slot, Source
from regulars.decide.words import ITEM_WORDS, PERSON_WORDS
from regulars.kit.conditions import ALWAYS, Condition, Vocabulary, dump, parse
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.kit.shape import shaped
from regulars.taste import PLACES

MOST_SIZE = 100
MOST_EXPLORE = 0.3
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class _SlotForm:
    name: str
    title: dict[str, str] = field(default_factory=dict)
    source: Source = Source.TASTE
    items: object = None
    size: int = 6
    mode: Mode = Mode.CHOOSE_FOR_ME
    place: str = "home"
    explore: float = 0.05
    variety: float = 0.3
    without_bought_days: int = 0
    without_seen_days: int = 0
    page: str = ""
    position: int = 0


def slot_from(raw: Json) -> Slot:
    """A slot from JSON. Raises Invalid with the path of the fault."""
    form = shaped(raw, _SlotForm)
    _check(
        {
            "name": not 1 <= len(form.name) <= MOST_TEXT and f"should have 1 to {MOST_TEXT} characters",
            "title": _text_fault(form.title),
            "size": not 1 <= form.size <= MOST_SIZE and f"should be 1 to {MOST_SIZE}",
            "place": form.place not in PLACES and f"should be one of: {', '.join(PLACES)}",
            "explore": not 0 <= form.explore <= MOST_EXPLORE and f"should be 0 to {MOST_EXPLORE}",
            "variety": not 0 <= form.variety <= 1 and "should be 0 to 1",
            "without_bought_days": form.without_bought_days < 0 and "should not be negative",
            "without_seen_days": form.without_seen_days < 0 and "should not be negative",
        }
    )
    given = {name: getattr(form, name) for name in _SlotForm.__slots__ if name != "items"}
    return Slot(**given, items=_condition(cast(Json, form.items), "items", ITEM_WORDS))


def slot_json(slot: Slot) -> dict[str, Json]:
    """`slot` as `slot_from` reads it."""
    said: dict[str, Json] = {name: _plain(getattr(slot, name)) for name in Slot.__slots__ if name != "items"}
    return said | {"items": dump(slot.items)}


@dataclass(frozen=True, slots=True)
class _RuleForm:
    name: str
    effect: Effect
    items: object = None
    people: object = None
    slots: tuple[str, ...] = ()
    label: dict[str, str] = field(default_factory=dict)
    position: int = 1
    most: int = 1
    factor: float = 2.0
    starts: datetime | None = None
    ends: datetime | None = None


def rule_from(raw: Json, id: UUID) -> ShopRule:
    """A rule of the shop from JSON. Raises Invalid with the path of the fault."""
    form = shaped(raw, _RuleForm)
    zoned = all(t is None or t.tzinfo for t in (form.starts, form.ends))
    backwards = zoned and form.starts and form.ends and form.ends <= form.starts
    _check(
        {
            "name": not 1 <= len(form.name) <= MOST_TEXT and f"should have 1 to {MOST_TEXT} characters",
            "label": _text_fault(form.label),
            "position": not 1 <= form.position <= MOST_SIZE and f"should be 1 to {MOST_SIZE}",
            "most": not 1 <= form.most <= MOST_SIZE and f"should be 1 to {MOST_SIZE}",
            "factor": not 0 < form.factor <= 100 and "should be more than 0 and at most 100",
            "starts": not zoned and "needs a zone: e.g. 2026-11-20T12:00:00+00:00",
            "ends": backwards and "should be after it starts",
            "items": form.items is None and "is missing: say which items",
        }
    )
    given = {name: getattr(form, name) for name in _RuleForm.__slots__ if name not in ("items", "people")}
    people = _condition(cast(Json, form.people), "people", PERSON_WORDS)
    return ShopRule(id, **given, items=_condition(cast(Json, form.items), "items", ITEM_WORDS), people=people)


def rule_json(rule: ShopRule) -> dict[str, Json]:
    """`rule` as `rule_from` reads it, without its id."""
    names = (n for n in ShopRule.__slots__ if n not in ("id", "items", "people"))
    said: dict[str, Json] = {name: _plain(getattr(rule, name)) for name in names}
    return said | {"items": dump(rule.items), "people": dump(rule.people)}


def _condition(raw: Json, path: str, words: Vocabulary) -> Condition:
    return ALWAYS if raw is None else parse(raw, words, path=path)


def _plain(value: object) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value  # type: ignore[return-value]  # texts and numbers


def _text_fault(text: Mapping[str, str]) -> str | bool:
    return any(len(t) > MOST_TEXT for t in text.values()) and f"has a text over {MOST_TEXT} characters"


def _check(faults: Mapping[str, object]) -> None:
    wrong = {name: str(fault) for name, fault in faults.items() if fault}
    if wrong:
        raise Invalid("; ".join(f"{k} {v}" for k, v in wrong.items()), fields=wrong)
