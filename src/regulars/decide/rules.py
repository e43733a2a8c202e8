"""The rules of the shop: what the company pins, boosts and bans."""

from datetime import datetime
from uuid import UUID

from regulars.decide import store
from regulars.decide.forms import rule_from, rule_json
from regulars.decide.model import ShopRule
from regulars.kit.errors import NotFound
from regulars.store import Db, bump


def rules(db: Db) -> list[ShopRule]:
    """Every rule, those over and not begun too, in their order."""
    return [rule_from(raw, rule) for rule, raw in store.rules(db)]


def save_rule(db: Db, rule: ShopRule, *, by: str, now: datetime, order: int = 0) -> None:
    """Add `rule`, or replace the one of that id. Counts for the next decision. Raises Invalid.

    order  among rules that pin to the same position: lower comes first
    """
    raw = rule_json(rule)
    rule_from(raw, rule.id)
    store.save_rule(db, rule.id, raw, position=order, by=by, now=now)
    bump(db, "slots")


def delete_rule(db: Db, rule: UUID) -> None:
    """Take a rule away. Raises NotFound."""
    if not store.delete_rule(db, rule):
        raise NotFound(f"there is no rule {rule}")
    bump(db, "slots")
