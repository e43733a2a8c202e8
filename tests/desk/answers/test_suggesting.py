"""Suggested answers: from what, for whom, why, and what they learn."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from regulars import choices, desk, people
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.decide import ReasonKind
from regulars.desk import ConversationId, NewReply, Status
from regulars.desk import help as centre
from regulars.desk.answers.learning import answered
from regulars.desk.answers.model import Kind, Scope, Suggestions
from regulars.desk.answers.suggesting import any_of, suggest, without_name
from regulars.desk.change import set_status
from regulars.desk.help import HelpText, NewPage
from regulars.desk.write import write
from regulars.kit.errors import NotFound
from regulars.kit.ids import DecisionId
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.team import Agent, DepartmentId
from tests.cast import NOW
from tests.desk.answers.conftest import House, saved
from tests.desk.desk_cast import OMAR, VERA, later, mail

ASK = "Hello, I paid twice by card. Can I have a refund for my order?"
SURE = DecisionId(UUID(int=3))  # a decision in which nothing is tried out


def asked(
    db: Db, key: str, text: str = ASK, *, department: DepartmentId | None = None, **more: object
) -> ConversationId:
    """A conversation that began with this question."""
    arrival = mail(key, text, department=department, language="en", **more)  # type: ignore[arg-type]
    return desk.receive(db, [arrival], now=NOW)[0].conversation


def refs(found: Suggestions, kind: Kind = Kind.READY) -> list[str]:
    """What was suggested of a kind, best first."""
    return [s.ref for s in found.items if s.kind is kind]


def suggested(db: Db, conversation: ConversationId, by: Agent, **more: object) -> Suggestions:
    """What is suggested, with nothing tried out."""
    return suggest(db, conversation, by=by, now=NOW, id=DecisionId(UUID(int=len(more) + SURE.int)), **more)  # type: ignore[arg-type]


def solved(db: Db, house: House, key: str, answer: str, *, department: DepartmentId | None = None) -> ConversationId:
    """A conversation that was answered and solved."""
    talk = asked(db, key, "My refund for a card payment, when does it come?", sender=OMAR, department=department)
    write(db, talk, NewReply(answer), by=house.mia, now=NOW)
    set_status(db, talk, Status.SOLVED, by=house.mia, now=NOW)
    return talk


def test_answers_are_suggested_by_their_words_stemmed(db: Db, house: House):
    right = saved(db, house.ana, "We sent the refunds to your cards.", title="Refund sent")
    saved(db, house.ana, "We open at seven.", title="Opening hours")
    found = suggested(db, asked(db, "a"), house.ana)
    assert refs(found) == [str(right.id)]
    (one,) = found.items
    assert one.reason.kind is ReasonKind.BECAUSE and "refund" in one.reason.text and one.propensity == 1


def test_help_pages_are_suggested_with_their_address(db: Db, house: House):
    texts = {"en": HelpText("Refunds", "How long a refund takes.", "Three days.")}
    page = centre.save_draft(db, NewPage("refunds", texts), by=house.mia, now=NOW)
    talk = asked(db, "a")
    assert suggested(db, talk, house.ana).items == ()  # a draft is for nobody
    centre.publish(db, page.id, by=house.mia, now=NOW)
    (one,) = suggest(db, talk, by=house.ana, now=NOW).items
    assert (one.kind, one.url, one.text) == (Kind.HELP, "/help/refunds?lang=en", "How long a refund takes.")


def test_past_answers_are_suggested_without_the_name_of_whom_they_were_for(db: Db, house: House):
    solved(db, house, "past", "Hello Omar,\n\nThe refund takes three days.")
    (one,) = suggested(db, asked(db, "a", sender=VERA), house.ana).items
    assert (one.kind, one.text) == (Kind.PAST, "The refund takes three days.")
    assert one.number is not None


def test_mail_of_another_department_is_in_nobodys_suggestion_who_may_not_see_it(db: Db, house: House):
    solved(db, house, "past", "The refund takes three days: secret of the kitchen.", department=house.catering)
    talk = asked(db, "a", sender=VERA)
    assert suggested(db, talk, house.ana).items == ()
    assert len(suggest(db, talk, by=house.bram, now=NOW).items) == 1
    assert len(suggest(db, talk, by=house.mia, now=NOW).items) == 1


def test_nobodys_personal_answer_is_suggested_to_another(db: Db, house: House):
    mine = saved(db, house.ana, "Your refund is on its way.")
    team = saved(db, house.bram, "Your refund is on its way.", scope=Scope.TEAM, department=house.catering)
    talk = asked(db, "a")
    assert refs(suggested(db, talk, house.ana)) == [str(mine.id)]
    assert refs(suggest(db, talk, by=house.bram, now=NOW)) == [str(team.id)]


def test_what_a_colleague_used_of_their_own_is_not_suggested_to_others(db: Db, house: House):
    mine = saved(db, house.ana, "Your refund is on its way.")
    first = asked(db, "a")
    suggested(db, first, house.ana)
    answered(db, first, house.ana.id, [f"ready:{mine.id}"], now=NOW)
    assert suggest(db, asked(db, "b"), by=house.bram, now=NOW).items == ()


def test_another_departments_conversation_has_no_suggestions_for_others(db: Db, house: House):
    talk = asked(db, "a", department=house.catering)
    with pytest.raises(NotFound):
        suggest(db, talk, by=house.ana, now=NOW)


def test_what_agents_used_for_such_questions_is_suggested_although_its_words_differ(db: Db, house: House):
    odd = saved(db, house.mia, "Leave it to us!", title="Money back", scope=Scope.GLOBAL)
    first = asked(db, "a")
    suggested(db, first, house.ana)
    answered(db, first, house.ana.id, [f"ready:{odd.id}"], now=NOW)  # found by "/"
    (one,) = suggest(db, asked(db, "b"), by=house.bram, now=NOW).items
    assert (one.ref, one.reason.kind) == (str(odd.id), ReasonKind.POPULAR)


def test_what_is_shown_and_never_used_sinks_below_what_is(db: Db, house: House):
    good = saved(db, house.mia, "About your refund to a card.", title="B", scope=Scope.GLOBAL)
    bad = saved(db, house.mia, "About your refund to a card.", title="A", scope=Scope.GLOBAL)
    for n in range(12):
        talk = asked(db, f"t{n}", f"refund card {n} words{n} other{n} more{n} again{n}")
        suggest(db, talk, by=house.ana, now=NOW)
        answered(db, talk, house.ana.id, [f"ready:{good.id}"], now=NOW)
    found = refs(suggest(db, asked(db, "last"), by=house.ana, now=NOW))
    assert found == [str(good.id), str(bad.id)]
    tallies = db.execute(sa.text("select ref, shown, used from answer_tallies order by used"))
    assert [tuple(t) for t in tallies] == [(str(bad.id), 12, 0), (str(good.id), 12, 12)]


def test_an_answer_counts_once_it_is_given_and_only_the_newest_list_of_it(db: Db, house: House):
    saved(db, house.ana, "Your refund is on its way.")
    talk = asked(db, "a")
    suggest(db, talk, by=house.ana, now=NOW)
    suggest(db, talk, by=house.ana, now=later(minutes=1))
    assert db.execute(sa.text("select count(*) from answer_tallies")).scalar_one() == 0
    answered(db, talk, house.ana.id, now=later(minutes=2))
    answered(db, talk, house.ana.id, now=later(minutes=3))
    assert db.execute(sa.text("select shown, used from answer_tallies")).one() == (1, 0)


def test_what_the_customer_chose_counts_a_little(db: Db, house: House):
    diet = FacetDefinition("diet", Many.ONE, acts=Acts.REQUIRE, values=(Value("vegan"),), attribute="diet")
    choices.define(db, diet, now=NOW)
    vera = people.resolve(db, [Identity(IdentityKind.USER, "vera")], now=NOW)[Identity(IdentityKind.USER, "vera")]
    choices.choose(db, vera, "diet", "vegan", by="person", now=NOW)
    plain = saved(db, house.ana, "All our soups and their broth.", title="Soup")
    fitting = saved(db, house.ana, "All our soups: the vegan ones.", title="Soup")
    found = suggested(db, asked(db, "a", "Which soup do you have?", sender=VERA), house.ana)
    assert refs(found) == [str(fitting.id), str(plain.id)]
    assert "vegan" in found.items[0].reason.text


@pytest.mark.parametrize("text", ["", "   ", "'", "\\", "& | ! ( ) :*", "the of and", "𝕏 \u0007", "x" * 6_000])
def test_any_text_can_be_asked(db: Db, house: House, text: str):
    saved(db, house.ana, "Your refund is on its way.")
    talk = asked(db, "a", text, subject="")
    assert suggest(db, talk, by=house.ana, now=NOW).items == ()


def test_what_everybody_writes_finds_nothing(db: Db, house: House):
    saved(db, house.ana, "Thank you, dear customer! Kind regards", title="Thanks")
    talk = asked(db, "a", "Dear team, thank you so much! Kind regards", subject="Thanks")
    assert suggested(db, talk, house.ana).items == ()


def test_every_list_is_written_down_with_its_reasons(db: Db, house: House):
    mine = saved(db, house.ana, "Your refund is on its way.")
    found = suggested(db, asked(db, "a"), house.ana)
    row = db.execute(sa.text("select id, agent_id, shown, candidates from answer_suggestions")).one()
    assert (row.id, row.agent_id, row.candidates) == (found.id, house.ana.id, 1)
    assert [(s["key"], s["propensity"]) for s in row.shown] == [(f"ready:{mine.id}", 1.0)]


@pytest.mark.parametrize("key", ["", "ready:x", "ready:", "past:1; drop", "help:../x", "what:1", "past:" + "9" * 40])
def test_what_is_no_key_is_not_counted(db: Db, house: House, key: str):
    answered(db, asked(db, "a"), house.ana.id, [key], now=NOW)


@pytest.mark.parametrize(
    ("text", "customer", "left"),
    [
        ("Hello Omar,\nAll is well.", "Omar Said", "All is well."),
        ("Hola Ómar:\n\nTodo bien.", "Omar", "Todo bien."),
        ("All is well.\nThanks", "Omar", "All is well.\nThanks"),
        ("Hello Omar", "Omar", "Hello Omar"),
        ("Hello\nThere", "", "Hello\nThere"),
    ],
)
def test_the_line_that_greets_another_is_left_out(text: str, customer: str, left: str):
    assert without_name(text, customer) == left


def test_words_cannot_break_out_of_the_search(db: Db):
    odd = any_of(["it's", "a\\b", "x | y", "' | 'z"])
    assert db.execute(sa.text("select numnode(cast(:q as tsquery))"), {"q": odd}).scalar_one() == 7
