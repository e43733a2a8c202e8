"""Putting an outcome right: facts, receipts, undo, and nobody else's business."""

from datetime import timedelta
from uuid import uuid4

import pytest

from regulars import choices, people
from regulars.choices import CorrectionKind, Says
from regulars.decide import (
    Asked,
    Correction,
    correct,
    corrections,
    decide,
    read_world,
    save_slot,
    undo_correction,
)
from regulars.decide.log import write
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import DecisionId, ItemId
from regulars.people import Guess, Verb
from tests.cast import MALLORY, NOW, VERA
from tests.decide.counter import did, read, someone, stock, teach
from tests.decide.shop import slot

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def shop(db, tmp_path):
    ids = stock(db)
    teach(db, tmp_path)
    save_slot(db, slot(explore=0.0), by="mia", now=NOW)
    return ids


@pytest.fixture
def vera(db, shop):
    node = someone(db, VERA)
    did(db, node, Verb.BOUGHT, shop["falafel-wrap"], message="1")
    did(db, node, Verb.VIEWED, shop["beef-burger"], message="2")
    return node


@pytest.fixture
def world(db, vera):
    return read_world(db, NOW)


def ask(db, node, world, size=4):
    decision = decide(Asked("home.for-you", read(db, node), size=size), world, now=NOW)
    write(db, [decision])
    return decision


def say(db, node, world, decision, kind, place=0, facet=None):
    item = decision.items[place].item
    return correct(db, Correction(decision.id, item, kind, facet), read(db, node), world, by=VERA, now=LATER)


def stated(db, node):
    return {(f.name, f.scope): (f.stated, f.denied, f.used) for f in people.facets(db, people.root(db, node))}


def test_not_for_me_removes_the_item_for_good_and_says_what_came(db, vera, world):
    before = ask(db, vera, world)
    made = say(db, vera, world, before, CorrectionKind.NOT_FOR_ME)
    after = ask(db, vera, world)
    gone = before.items[0].item
    assert gone in made.receipt.removed
    assert made.receipt.added == tuple(c.item for c in after.items if c.item not in {b.item for b in before.items})
    assert gone not in {c.item for c in ask(db, vera, world, size=16).items}
    assert made.receipt.facts[0].facet == "hidden_items"


def test_less_like_this_hides_it_and_its_like_go_down(db, vera, world):
    made = say(db, vera, world, ask(db, vera, world), CorrectionKind.LESS_LIKE_THIS)
    assert [f.facet for f in made.receipt.facts] == ["hidden_items", "less_like"]
    assert choices.held_facet(db, vera, "less_like").stated


def test_on_the_page_of_an_item_it_is_put_right_with_a_receipt_too(db, vera, shop, world):
    context = {"item": "oat-latte"}
    before = decide(Asked("item.next", read(db, vera), context, size=4), world, now=NOW)
    write(db, [before])
    place, event = next((i, b.event) for i, c in enumerate(before.items) for b in c.reason.because if b.event)
    made = say(db, vera, world, before, CorrectionKind.DO_NOT_LEARN, place)
    assert [int(event)] == [e for f in made.receipt.facts for e in f.value][:1]
    gone = say(db, vera, world, before, CorrectionKind.NOT_FOR_ME)
    assert before.items[0].item in gone.receipt.removed
    after = decide(Asked("item.next", read(db, vera), context, size=4), world, now=NOW)
    assert event not in {b.event for c in after.items for b in c.reason.because}
    only_page = next(i for i, c in enumerate(after.items) if not any(b.event for b in c.reason.because))
    write(db, [after])
    with pytest.raises(Invalid, match="nothing you did"):
        say(db, vera, world, after, CorrectionKind.DO_NOT_LEARN, only_page)


def test_wrong_about_me_denies_the_guess_that_acted(db, vera, world):
    people.save_guesses(db, {vera: [Guess("diet", ["vegan"], 0.9, ())]}, now=NOW)
    decision = ask(db, vera, world, size=16)
    place = next(i for i, c in enumerate(decision.items) if any(b.guess for b in c.reason.because))
    made = say(db, vera, world, decision, CorrectionKind.WRONG_ABOUT_ME, place)
    assert made.receipt.facts[0].says is Says.DENIED
    assert choices.held_facet(db, vera, "diet").denied == ("vegan",)
    assert not any(b.guess for c in ask(db, vera, world, size=16).items for b in c.reason.because)


def test_wrong_about_me_may_name_the_guess(db, vera, world):
    people.save_guesses(db, {vera: [Guess("city", "Utrecht", 0.9, ())]}, now=NOW)
    say(db, vera, world, ask(db, vera, world), CorrectionKind.WRONG_ABOUT_ME, facet="city")
    assert choices.held_facet(db, vera, "city").denied == ("Utrecht",)
    with pytest.raises(Invalid, match="nothing is guessed"):
        say(db, vera, world, ask(db, vera, world), CorrectionKind.WRONG_ABOUT_ME, facet="region")


def test_do_not_learn_forgets_the_events_behind_it(db, vera, world):
    decision = ask(db, vera, world)
    say(db, vera, world, decision, CorrectionKind.DO_NOT_LEARN)
    forgotten = {b.event for b in decision.items[0].reason.because}
    left = set(read(db, vera).history.events.tolist())
    assert forgotten
    assert not forgotten & left


def test_more_like_this_counts_as_something_they_did(db, vera, world):
    decision = ask(db, vera, world)
    say(db, vera, world, decision, CorrectionKind.MORE_LIKE_THIS)
    history = read(db, vera).history
    assert (history.verbs[0], history.items[0]) == (Verb.MORE, decision.items[0].item)


@pytest.mark.parametrize("kind", list(CorrectionKind))
def test_undo_gives_back_exactly_what_was(db, vera, world, kind):
    people.save_guesses(db, {vera: [Guess("diet", ["vegan"], 0.9, ())]}, now=NOW)
    choices.choose(db, vera, "hidden_items", ["cola"], by=VERA, now=NOW)
    decision = ask(db, vera, world)
    before, events = stated(db, vera), set(read(db, vera).history.events.tolist())
    made = say(db, vera, world, decision, kind)
    undo_correction(db, made.id, read(db, vera), by=VERA, now=LATER)
    after = {k: v for k, v in stated(db, vera).items() if v != (None, (), True) or k in before}
    assert after == before
    assert set(read(db, vera).history.events.tolist()) == events
    assert [c.item for c in ask(db, vera, world).items] == [c.item for c in decision.items]
    with pytest.raises(Conflict):
        undo_correction(db, made.id, read(db, vera), by=VERA, now=LATER)


def test_undoing_an_older_correction_keeps_the_newer_one(db, vera, world):
    decision = ask(db, vera, world)
    first = say(db, vera, world, decision, CorrectionKind.NOT_FOR_ME, 0)
    say(db, vera, world, decision, CorrectionKind.NOT_FOR_ME, 1)
    undo_correction(db, first.id, read(db, vera), by=VERA, now=LATER)
    second = world.shelf.items[decision.items[1].item].external_id
    assert choices.held_facet(db, vera, "hidden_items").stated == [second]


def test_saying_it_twice_changes_nothing_more(db, vera, world):
    decision = ask(db, vera, world)
    say(db, vera, world, decision, CorrectionKind.NOT_FOR_ME)
    again = say(db, vera, world, decision, CorrectionKind.NOT_FOR_ME)
    undo_correction(db, again.id, read(db, vera), by=VERA, now=LATER)
    assert choices.held_facet(db, vera, "hidden_items").stated  # the first one stands


def test_an_item_that_was_not_there_cannot_be_corrected(db, vera, world):
    decision = ask(db, vera, world)
    with pytest.raises(Invalid, match="not in that decision"):
        correct(
            db,
            Correction(decision.id, ItemId(9999), CorrectionKind.NOT_FOR_ME),
            read(db, vera),
            world,
            by=VERA,
            now=LATER,
        )


def test_somebody_elses_decision_is_not_there(db, vera, world, monkeypatch):
    decision = ask(db, vera, world)
    mallory = someone(db, MALLORY)
    with pytest.raises(NotFound):
        say(db, mallory, world, decision, CorrectionKind.NOT_FOR_ME)
    made = say(db, vera, world, decision, CorrectionKind.NOT_FOR_ME)
    with pytest.raises(NotFound):
        undo_correction(db, made.id, read(db, mallory), by=MALLORY, now=LATER)


def test_a_decision_that_never_was_is_not_found(db, vera, world):
    with pytest.raises(NotFound):
        correct(
            db,
            Correction(DecisionId(uuid4()), ItemId(1), CorrectionKind.NOT_FOR_ME),
            read(db, vera),
            world,
            by=VERA,
            now=LATER,
        )


def test_corrections_are_kept_with_their_receipts(db, vera, world):
    made = say(db, vera, world, ask(db, vera, world), CorrectionKind.NOT_FOR_ME)
    assert corrections(db, people.nodes(db, people.root(db, vera))) == [made]
    undo_correction(db, made.id, read(db, vera), by=VERA, now=LATER)
    assert corrections(db, [vera])[0].undone_at == LATER


def test_after_signing_in_a_decision_made_before_can_be_corrected(db, vera, world, shop):
    from regulars.people import Identity, IdentityKind

    phone = Identity(IdentityKind.ANONYMOUS, "phone")
    node = people.resolve(db, [phone], now=NOW)[phone]
    did(db, node, Verb.VIEWED, shop["falafel-wrap"], message="3")
    decision = ask(db, node, world)
    people.join(db, node, vera, source="sign-in", by="test", now=NOW)
    say(db, vera, world, decision, CorrectionKind.NOT_FOR_ME)
    assert decision.items[0].item not in {c.item for c in ask(db, vera, world, size=16).items}
