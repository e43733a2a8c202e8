"""The one read every decision makes, and the one learning makes."""

import numpy as np
import pytest

from regulars import people
from regulars.kit.ids import PersonId
from regulars.people import Consent, IdentifyCall, Profile, Purpose, Verb
from regulars.store import Db, bump
from tests.cast import ANON, NOW, VERA
from tests.people.people_cast import device, later, user, viewed


@pytest.fixture
def anon(db: Db) -> PersonId:
    return people.resolve(db, [device(ANON)], now=NOW)[device(ANON)]


def empty(profile: Profile) -> bool:
    held = profile.identities, profile.traits, profile.facets, profile.consents, profile.history.items.tolist()
    return profile.person is None and profile.node is None and not any(held)


def test_nobody_in_particular_has_an_empty_profile_with_the_counters(db: Db):
    bump(db, "catalog")
    for profile in (
        people.profile(db, None),
        people.profile(db, device("unknown")),
        people.profile_of(db, PersonId(0)),
    ):
        assert empty(profile)
        assert profile.versions["catalog"] >= 1


def test_a_first_time_visitor_is_somebody_after_one_event(db: Db, anon: PersonId):
    people.record(db, [viewed(anon, 7)], now=NOW)
    profile = people.profile(db, device(ANON))
    assert (profile.person, profile.node, profile.identities) == (anon, anon, (device(ANON),))
    assert profile.history.items.tolist() == [7]


def test_the_history_is_newest_first_over_all_nodes_one_entry_an_item(db: Db, anon: PersonId):
    vera = people.identify(db, IdentifyCall(VERA, ANON, proven=True), now=NOW)
    batch = [viewed(anon, 1, 2, at=later(0.5)), viewed(vera, 3, at=later(2)), viewed(anon, 4, at=later(1))]
    people.record(db, batch, now=NOW)
    history = people.profile(db, user(VERA)).history
    assert history.items.tolist() == [3, 4, 1, 2]
    assert (history.at - NOW.timestamp()).tolist() == [2, 1, 0.5, 0.5]
    assert set(history.verbs.tolist()) == {int(Verb.VIEWED)}
    assert history.events[2] == history.events[3]
    assert [a.dtype for a in (history.events, history.items, history.verbs, history.at)] == [
        np.int64, np.int32, np.int8, np.float64,
    ]  # fmt: skip


def test_only_the_newest_are_read(db: Db, anon: PersonId):
    people.record(db, [viewed(anon, n, n, n, at=later(n)) for n in range(1, 101)], now=NOW)
    assert people.profile(db, device(ANON), newest=4).history.items.tolist() == [100, 100, 100, 99]
    assert len(people.profile(db, device(ANON)).history.items) == 200


def test_events_without_items_are_no_history(db: Db, anon: PersonId):
    people.record(db, [viewed(anon)], now=NOW)
    assert people.profile(db, device(ANON)).history.items.tolist() == []
    assert people.logs(db).items.tolist() == []


def test_the_latest_word_per_purpose_counts(db: Db, anon: PersonId):
    for seconds, granted in ((2, False), (1, True)):
        people.consent(db, anon, Consent(Purpose.EMAIL, granted, "v1", "en", "form", later(seconds)))
    assert people.profile(db, device(ANON)).consents == {Purpose.EMAIL: False}
    assert [c.granted for c in people.consents(db, anon)] == [False, True]


def test_the_profile_of_any_node_is_the_same_but_for_the_node(db: Db, anon: PersonId):
    vera = people.identify(db, IdentifyCall(VERA, ANON, proven=True), now=NOW)
    people.state(db, anon, "diet", "vegan", by="test", now=NOW)
    by_device, by_user = people.profile(db, device(ANON)), people.profile_of(db, vera)
    assert (by_device.node, by_user.node) == (anon, vera)
    assert by_device.facets == by_user.facets
    assert by_device.identities == by_user.identities


def test_the_log_is_sorted_by_person_then_time_with_where_it_happened(db: Db, anon: PersonId):
    other = people.resolve(db, [device("other")], now=NOW)[device("other")]
    vera = people.identify(db, IdentifyCall(VERA, ANON, proven=True), now=NOW)
    nl = b'{"locale": "nl-NL", "location": {"city": "Utrecht"}, "device": {"type": "mobile"}}'
    batch = [
        viewed(vera, 5, at=later(9)), viewed(other, 9, at=later(3)),
        viewed(anon, 2, 1, at=later(1), context=nl), viewed(anon, 3, at=later(1), context=b'{"locale": "en"}'),
    ]  # fmt: skip
    people.record(db, batch, now=NOW)
    log = people.logs(db)
    assert log.people.tolist() == [anon] * 4 + [other]
    assert log.items.tolist() == [2, 1, 3, 5, 9]
    assert (log.at - int(NOW.timestamp())).tolist() == [1, 1, 1, 9, 3]
    assert {name: [m.values[c] if c >= 0 else None for c in m.codes] for name, m in log.marks.items()} == {
        "city": ["Utrecht", "Utrecht", None, None, None],
        "language": ["nl", "nl", "en", None, None],
        "device": ["mobile", "mobile", None, None, None],
    }
    assert people.logs(db, marks=False).marks == {}


def test_the_log_of_nobody_is_empty(db: Db):
    log = people.logs(db)
    assert [len(a) for a in (log.people, log.items, log.verbs, log.at)] == [0] * 4
