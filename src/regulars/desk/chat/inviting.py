"""Inviting visitors to chat: by rule, or by an agent who sees them on the site."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from regulars.desk.chat import store
from regulars.desk.chat.model import (
    Invitation,
    InvitationAnswer,
    InvitationId,
    InvitationRule,
    RuleId,
    Visitor,
    VisitorId,
)
from regulars.desk.chat.settings import STANDING
from regulars.desk.chat.words import VISITOR_WORDS, OnSite
from regulars.kit.conditions import dump, holds, parse
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.kit.text import clean, pick
from regulars.store import Db
from regulars.store.live import tell
from regulars.team import Agent, Role

LONGEST = 500
LEFT_ALONE = timedelta(days=30)
"""Who dismissed an invitation is not asked again by a rule for so long."""
LOOK_BACK = timedelta(days=365)


def topic_of(visitor: VisitorId) -> str:
    """The live topic by which an invitation reaches the browser."""
    return f"visitor:{visitor}"


def rules(db: Db) -> list[InvitationRule]:
    """Every rule, in their order."""
    return [rule_from(id, raw) for id, raw in store.rules(db)]


def save_rule(db: Db, rule: InvitationRule, *, by: str, now: datetime) -> None:
    """Add `rule`, or replace the one of that id. Raises Invalid with the field."""
    raw = rule_json(rule)
    store.save_rule(db, rule_from(rule.id, raw).id, raw, by, now)
    tell(db, STANDING)


def delete_rule(db: Db, rule: RuleId) -> None:
    """Take a rule away. Raises NotFound."""
    if not store.delete_rule(db, rule):
        raise NotFound("there is no such rule: it may have been deleted")
    tell(db, STANDING)


def rule_that_fits(
    rules: Sequence[InvitationRule], visitor: Visitor, before: Sequence[Invitation], *, now: datetime
) -> InvitationRule | None:
    """The first rule that invites `visitor` now; nobody who is in a chat, was asked in this visit, or said no lately.

    before  how they were invited in the last year
    """
    no = any(i.answer is InvitationAnswer.DISMISSED and i.at > now - LEFT_ALONE for i in before)
    if no or visitor.conversation is not None or any(i.at >= visitor.since for i in before):
        return None
    for rule in rules:
        again = now - timedelta(days=rule.every_days)
        lately = any(i.rule == rule.id and i.at > again for i in before)
        if rule.active and not lately and holds(rule.when, OnSite(visitor, now)):
            return rule
    return None


def invite(db: Db, visitor: VisitorId, text: str, *, by: Agent, now: datetime) -> Invitation:
    """Ask a visitor who is on the site whether they want to chat. Raises Forbidden, NotFound, Invalid."""
    if not by.role.may(Role.AGENT):
        raise Forbidden("a viewer looks only: ask a manager for the role of an agent")
    if store.visitor(db, visitor) is None:
        raise NotFound("this visitor is not on the site any more")
    words = clean(text.strip())
    if not 1 <= len(words) <= LONGEST:
        raise Invalid(f"say something in 1 to {LONGEST} characters", fields={"text": f"1 to {LONGEST} characters"})
    made = Invitation(InvitationId(new_id()), visitor, words, now, agent=by.id)
    _send(db, made)
    return made


def invite_by_rule(db: Db, visitor: Visitor, rule: InvitationRule, *, now: datetime) -> Invitation:
    """Ask as `rule` says, in the visitor's language."""
    made = Invitation(InvitationId(new_id()), visitor.id, pick(rule.text, visitor.language), now, rule=rule.id)
    _send(db, made)
    return made


def invitation(db: Db, invitation: UUID) -> Invitation | None:
    """One of them."""
    return store.invitation(db, InvitationId(invitation))


def before(db: Db, visitor: VisitorId, *, now: datetime) -> list[Invitation]:
    """How this visitor was invited in the last year, the newest first."""
    return store.invitations(db, visitor, now - LOOK_BACK)


def answer(db: Db, invitation: UUID, visitor: VisitorId, answer: InvitationAnswer, *, now: datetime) -> None:
    """What the visitor made of it. Another's invitation is not theirs to answer: then nothing happens."""
    store.answer_invitation(db, (InvitationId(invitation), visitor), answer, now)


def rule_json(rule: InvitationRule) -> Mapping[str, Json]:
    """As it is kept."""
    return {
        "name": rule.name,
        "when": dump(rule.when),
        "text": dict(rule.text),
        "every_days": rule.every_days,
        "active": rule.active,
    }


def rule_from(id: RuleId, raw: Mapping[str, Json]) -> InvitationRule:
    """What `rule_json` wrote. Raises Invalid with the field."""
    name, days, text = clean(str(raw.get("name", "")).strip()), raw.get("every_days", 7), raw.get("text", {})
    if not 1 <= len(name) <= 100:
        raise Invalid("a rule needs a name of 1 to 100 characters", fields={"name": "1 to 100 characters"})
    if not isinstance(days, int) or not 1 <= days <= 365:
        raise Invalid("say after how many days, 1 to 365", fields={"every_days": "1 to 365"})
    said = {k: clean(str(t).strip()) for k, t in text.items() if str(t).strip()} if isinstance(text, Mapping) else {}
    if not said or any(len(t) > LONGEST for t in said.values()):
        words = f"say what the visitor reads, in 1 to {LONGEST} characters, in one language at least"
        raise Invalid(words, fields={"text": words})
    when = parse(raw.get("when", {"and": []}), VISITOR_WORDS, path="when")
    return InvitationRule(id, name, when, said, days, bool(raw.get("active", True)))


def _send(db: Db, made: Invitation) -> None:
    store.save_invitation(db, made)
    tell(db, topic_of(made.visitor), f"invite:{made.id}")
