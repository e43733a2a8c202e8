"""Joining and parting persons: both sides come back exactly."""

from uuid import UUID, uuid4

import pytest

from regulars import people
from regulars.kit.errors import Conflict, NotFound
from regulars.kit.ids import PersonId
from regulars.people import Consent, Guess, Merged, Profile, Purpose
from regulars.store import Db
from tests.cast import NOW
from tests.people.people_cast import device, later, viewed


@pytest.fixture
def abc(db: Db) -> list[PersonId]:
    """Three persons, each with a view, a facet, a refusal or consent, and a trait."""
    found = people.resolve(db, [device(n) for n in "abc"], now=NOW)
    nodes = [found[device(n)] for n in "abc"]
    for n, node in enumerate(nodes):
        people.record(db, [viewed(node, n + 1, at=later(n))], now=NOW)
        people.state(db, node, "diet", f"diet-{n}", by="test", now=later(n))
        people.state(db, node, "hidden_items", [f"item-{n}"], by="test", now=later(n), gathers=True)
        people.save_guesses(db, {node: [Guess("city", f"city-{n}", 0.5, ())]}, now=later(n))
        people.consent(db, node, Consent(Purpose.EMAIL, n != 1, "v1", "en", "form", later(n)))
        people.set_traits(db, node, {f"trait-{n}": n})
    return nodes


def join(db: Db, a: PersonId, b: PersonId, seconds: float = 100) -> UUID:
    merged = people.join(db, a, b, source="test", by="test", now=later(seconds))
    assert merged
    return merged.merge


def seen(db: Db, node: PersonId) -> object:
    """All that can be told of a person, comparable."""
    p: Profile = people.profile_of(db, node)
    history = [a.tolist() for a in (p.history.events, p.history.items, p.history.verbs, p.history.at)]
    listed = [e.id for e in people.events(db, node)]
    return p.person, p.identities, p.traits, p.facets, p.consents, history, listed, people.consents(db, node)


def test_joining_makes_one_of_two(db: Db, abc: list[PersonId]):
    a, b, _ = abc
    merged = people.join(db, b, a, source="test", by="test", now=later(100))
    assert merged == Merged(people.merges(db, a)[0].id, a, [a, b])
    assert people.nodes(db, b) == [a, b]
    found = people.profile_of(db, b)
    assert found.history.items.tolist() == [2, 1]
    assert found.facet("diet").value == "diet-1"
    assert found.traits == {"trait-0": 0, "trait-1": 1}


def test_joining_what_is_one_already_does_nothing(db: Db, abc: list[PersonId]):
    a, b, c = abc
    join(db, a, b)
    join(db, b, c)
    assert people.join(db, c, a, source="test", by="test", now=later(101)) is None
    assert people.join(db, a, a, source="test", by="test", now=later(101)) is None
    assert len(people.merges(db, a)) == 2


def test_parting_restores_both_sides_exactly(db: Db, abc: list[PersonId]):
    before = [seen(db, node) for node in abc]
    first, second = join(db, abc[0], abc[1]), join(db, abc[1], abc[2], 101)
    people.unjoin(db, second, by="test", now=later(102))
    people.unjoin(db, first, by="test", now=later(103))
    assert [seen(db, node) for node in abc] == before


def test_parting_the_middle_one_first_leaves_the_other_merge(db: Db, abc: list[PersonId]):
    a, b, c = abc
    alone = seen(db, a)
    first = join(db, a, b)
    join(db, b, c, 101)
    people.unjoin(db, first, by="test", now=later(102))
    assert seen(db, a) == alone
    assert people.nodes(db, c) == [b, c]
    assert people.profile_of(db, c).facet("diet").value == "diet-2"


def test_what_each_does_while_they_are_one_stays_with_whom_it_was_recorded_for(db: Db, abc: list[PersonId]):
    a, b, _ = abc
    merge = join(db, a, b)
    people.record(db, [viewed(a, 50, at=later(200))], now=NOW)
    people.state(db, b, "diet", "new", by="test", now=later(201))
    people.unjoin(db, merge, by="test", now=later(300))
    assert people.profile_of(db, a).history.items.tolist() == [50, 1]
    assert people.profile_of(db, a).facet("diet").value == "diet-0"
    assert people.profile_of(db, b).facet("diet").value == "new"


def test_guesses_made_of_both_histories_go_when_they_part(db: Db, abc: list[PersonId]):
    a, b, _ = abc
    merge = join(db, a, b)
    people.save_guesses(db, {a: [Guess("city", "both", 0.9, ())]}, now=later(200))
    assert people.profile_of(db, b).facet("city").inferred == "both"
    people.unjoin(db, merge, by="test", now=later(300))
    assert people.profile_of(db, a).facet("city").inferred is None
    assert people.profile_of(db, b).facet("city").inferred == "city-1"


def test_the_strictest_consent_wins_and_is_void_when_they_part(db: Db, abc: list[PersonId]):
    a, b, _ = abc  # a says yes, b says no
    merge = join(db, a, b)
    assert people.profile_of(db, a).consents == {Purpose.EMAIL: False}
    people.unjoin(db, merge, by="test", now=later(101))
    assert people.profile_of(db, a).consents == {Purpose.EMAIL: True}
    assert people.profile_of(db, b).consents == {Purpose.EMAIL: False}


def test_the_refusal_wins_also_when_the_consent_is_newer(db: Db, abc: list[PersonId]):
    _, b, c = abc  # b says no, then c says yes
    merge = join(db, b, c)
    assert people.allowed(db, c) == people.profile_of(db, c).consents == {Purpose.EMAIL: False}
    first, newest, _ = people.consents(db, c)
    assert (first.granted, first.source, first.wording) == (False, "merge", "v1")
    assert newest.granted
    people.unjoin(db, merge, by="test", now=later(101))
    assert [line.granted for line in people.consents(db, c)] == [True]


def test_they_may_say_otherwise_once_they_are_one(db: Db, abc: list[PersonId]):
    a, b, _ = abc
    join(db, a, b)
    people.consent(db, b, Consent(Purpose.EMAIL, True, "v2", "en", "form", later(200)))
    assert people.allowed(db, a) == {Purpose.EMAIL: True}


def test_a_refusal_carried_on_through_a_second_merge_leaves_with_the_one_who_said_it(db: Db, abc: list[PersonId]):
    a, b, c = abc
    first = join(db, a, b)
    join(db, a, c, 101)
    assert people.allowed(db, c) == {Purpose.EMAIL: False}
    people.unjoin(db, first, by="test", now=later(102))
    assert people.allowed(db, a) == people.allowed(db, c) == {Purpose.EMAIL: True}
    assert people.allowed(db, b) == {Purpose.EMAIL: False}


def test_who_refused_personalisation_on_either_side_is_not_learned_from(db: Db, abc: list[PersonId]):
    a, b, c = abc
    people.consent(db, b, Consent(Purpose.PERSONALISATION, False, "v1", "en", "form", NOW))
    assert people.logs(db).items.tolist() == [1, 3]
    merge = join(db, a, b)
    assert people.logs(db).items.tolist() == [3]
    people.unjoin(db, merge, by="test", now=later(101))
    people.consent(db, b, Consent(Purpose.PERSONALISATION, True, "v1", "en", "form", later(102)))
    log = people.logs(db)
    assert (log.people.tolist(), log.items.tolist()) == ([a, b, c], [1, 2, 3])


def test_a_merge_is_undone_once(db: Db, abc: list[PersonId]):
    merge = join(db, abc[0], abc[1])
    people.unjoin(db, merge, by="Ana", now=later(101))
    with pytest.raises(Conflict, match="by Ana"):
        people.unjoin(db, merge, by="Ana", now=later(102))
    (record,) = people.merges(db, abc[0])
    assert (record.undone_at, record.undone_by) == (later(101), "Ana")


def test_what_was_parted_may_be_joined_again_on_purpose(db: Db, abc: list[PersonId]):
    a, b, _ = abc
    people.unjoin(db, join(db, a, b), by="test", now=later(101))
    join(db, a, b, 102)
    assert people.nodes(db, a) == [a, b]


def test_nobody_joins_or_parts_what_is_not_there(db: Db, abc: list[PersonId]):
    with pytest.raises(NotFound):
        people.join(db, abc[0], PersonId(0), source="test", by="test", now=NOW)
    with pytest.raises(NotFound):
        people.unjoin(db, uuid4(), by="test", now=NOW)
    with pytest.raises(NotFound):
        people.root(db, PersonId(0))
