"""Slots, and the pipeline that fills them: candidates − no's + chosen + rules → ranked → varied = decision."""

from regulars.decide.corrections import (
    Corrected,
    Correction,
    Receipt,
    again,
    correct,
    corrections,
    fact_json,
    undo_correction,
)
from regulars.decide.exposure import Exposure, Group, by_characteristic, exposure
from regulars.decide.forgetting import Without, without
from regulars.decide.forms import rule_from, rule_json, slot_from, slot_json
from regulars.decide.guessing import guesses, with_guesses
from regulars.decide.log import DecisionLog, as_json, because_json, find, recent
from regulars.decide.model import (
    Asked,
    Because,
    Chosen,
    Decision,
    Effect,
    Reason,
    ReasonKind,
    ShopRule,
    Slot,
    Source,
)
from regulars.decide.models import keep, models
from regulars.decide.pipeline import decide
from regulars.decide.rerankers import Judged, last_judged, learn_order
from regulars.decide.rules import delete_rule, rules, save_rule
from regulars.decide.slots import blocks, default_slots, delete_slot, save_slot, slots
from regulars.decide.warming import warm
from regulars.decide.words import ITEM_WORDS, PERSON_WORDS, ItemSubject, PersonSubject
from regulars.decide.world import World
from regulars.decide.worlds import Worlds, read_world

__all__ = [
    "ITEM_WORDS",
    "PERSON_WORDS",
    "Asked",
    "Because",
    "Chosen",
    "Corrected",
    "Correction",
    "Decision",
    "DecisionLog",
    "Effect",
    "Exposure",
    "Group",
    "ItemSubject",
    "Judged",
    "PersonSubject",
    "Reason",
    "ReasonKind",
    "Receipt",
    "ShopRule",
    "Slot",
    "Source",
    "Without",
    "World",
    "Worlds",
    "again",
    "as_json",
    "because_json",
    "blocks",
    "by_characteristic",
    "correct",
    "corrections",
    "decide",
    "default_slots",
    "delete_rule",
    "delete_slot",
    "exposure",
    "fact_json",
    "find",
    "guesses",
    "keep",
    "last_judged",
    "learn_order",
    "models",
    "read_world",
    "recent",
    "rule_from",
    "rule_json",
    "rules",
    "save_rule",
    "save_slot",
    "slot_from",
    "slot_json",
    "slots",
    "undo_correction",
    "warm",
    "with_guesses",
    "without",
]
