"""Invitations: by rule or by hand, never twice in a visit, never after a no."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from regulars import team
from regulars.desk import chat
from regulars.desk.chat import Invitation, InvitationAnswer, InvitationId, InvitationRule, RuleId, Visitor, VisitorId
from regulars.desk.chat.inviting import rule_from, rule_json
from regulars.desk.model import ConversationId
from regulars.kit.conditions import And, Operator, Test
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.store import Db
from regulars.team import Agent, NewAgent, Role
from tests.cast import ANA, NOW

BASKET = InvitationRule(
    RuleId(UUID(int=7)),
    "Slow at the basket",
    And((Test("page", Operator.CONTAINS, "/basket"), Test("seconds_on_page", Operator.AT_LEAST, 30))),
    {"en": "Can we help?", "nl": "Kunnen we helpen?"},
)
HERE = Visitor(
    VisitorId(UUID(int=1)), None, "https://shop.example/basket", "Basket", "nl", 1, 3,
    NOW - timedelta(minutes=5), NOW - timedelta(seconds=40), NOW,
)  # fmt: skip


def asked(ago: timedelta, rule: RuleId | None = None, answer: InvitationAnswer | None = None) -> Invitation:
    return Invitation(InvitationId(uuid4()), HERE.id, "?", NOW - ago, rule, None, answer)


@pytest.mark.parametrize(
    ("visitor", "before", "invited"),
    [
        (HERE, [], True),
        (replace(HERE, url="https://shop.example/menu"), [], False),
        (replace(HERE, page_since=NOW), [], False),
        (replace(HERE, conversation=ConversationId(UUID(int=3))), [], False),  # in a chat already
        (HERE, [asked(timedelta(minutes=1))], False),  # in this visit, by an agent
        (HERE, [asked(timedelta(days=2), BASKET.id)], False),
        (HERE, [asked(timedelta(days=8), BASKET.id)], True),
        (HERE, [asked(timedelta(days=2), RuleId(UUID(int=8)))], True),  # another rule, earlier
        (HERE, [asked(timedelta(days=20), None, InvitationAnswer.DISMISSED)], False),
        (HERE, [asked(timedelta(days=31), None, InvitationAnswer.DISMISSED)], True),
    ],
)
def test_a_rule_invites_whom_it_fits_and_leaves_the_rest_alone(visitor, before, invited: bool):
    assert (chat.rule_that_fits([BASKET], visitor, before, now=NOW) is BASKET) is invited


def test_a_rule_that_is_off_invites_nobody():
    assert chat.rule_that_fits([replace(BASKET, active=False)], HERE, [], now=NOW) is None


def test_a_rule_is_kept_as_it_was_said(db: Db):
    chat.save_rule(db, BASKET, by="agent:mia@example.com", now=NOW)
    assert chat.rules(db) == [BASKET]
    chat.delete_rule(db, BASKET.id)
    assert chat.rules(db) == []
    with pytest.raises(NotFound):
        chat.delete_rule(db, BASKET.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"text": {}}, "text"),
        ({"text": {"en": "x" * 501}}, "text"),
        ({"every_days": 0}, "every_days"),
        ({"when": {"field": "age", "operator": "is", "value": 3}}, "when.field"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_the_field(change, field: str):
    with pytest.raises(Invalid) as refused:
        rule_from(BASKET.id, {**rule_json(BASKET), **change})
    assert field in refused.value.fields


def agent(db: Db, role: Role) -> Agent:
    return team.create_agent(db, NewAgent(ANA.email, ANA.name, role, ANA.password), now=NOW)


def test_an_agent_invites_a_visitor_who_is_there_and_hears_the_answer(db: Db):
    chat.save_visitors(db, [HERE], [], news=True, now=NOW)
    made = chat.invite(db, HERE.id, " Hello! ", by=agent(db, Role.AGENT), now=NOW)
    chat.answer(db, made.id, VisitorId(UUID(int=2)), InvitationAnswer.OPENED, now=NOW)  # not theirs
    assert [i.answer for i in chat.before(db, HERE.id, now=NOW + timedelta(seconds=1))] == [None]
    chat.answer(db, made.id, HERE.id, InvitationAnswer.DISMISSED, now=NOW)
    chat.answer(db, made.id, HERE.id, InvitationAnswer.OPENED, now=NOW)  # the first word counts
    answered = chat.before(db, HERE.id, now=NOW + timedelta(seconds=1))
    assert [(i.text, i.answer) for i in answered] == [("Hello!", InvitationAnswer.DISMISSED)]


def test_nobody_is_invited_who_left_or_by_who_only_looks(db: Db):
    with pytest.raises(NotFound):
        chat.invite(db, HERE.id, "Hello", by=agent(db, Role.AGENT), now=NOW)
    chat.save_visitors(db, [HERE], [], news=True, now=NOW)
    with pytest.raises(Invalid):
        chat.invite(db, HERE.id, " ", by=Agent(team.AgentId(uuid4()), "", "", Role.AGENT, "en", NOW), now=NOW)
    with pytest.raises(Forbidden):
        chat.invite(db, HERE.id, "Hello", by=Agent(team.AgentId(uuid4()), "", "", Role.VIEWER, "en", NOW), now=NOW)
