"""Events: once each, in any state they come."""

import pytest
from msgspec.structs import replace

from regulars import people
from regulars.kit.errors import Invalid
from regulars.kit.ids import EventId, PersonId
from regulars.people import Event, EventType, Recorded, Verb
from regulars.store import Db
from tests.cast import NOW
from tests.people.people_cast import device, later, viewed


@pytest.fixture
def anon(db: Db) -> PersonId:
    return people.resolve(db, [device("anon")], now=NOW)[device("anon")]


def test_an_event_is_read_back_as_it_was_recorded(db: Db, anon: PersonId):
    event = Event(
        "m1",
        anon,
        EventType.PAGE,
        "Café ☕",
        later(0.25),
        Verb.READ,
        (),
        True,
        '{"é": [1.5, "☕"]}'.encode(),
        b'{"ip":"::1"}',
    )
    assert people.record(db, [event, viewed(anon, 3, 4, at=NOW, learn=False)], now=NOW) == Recorded(2, 0)
    newest, oldest = people.events(db, anon)
    assert (newest.message_id, newest.type, newest.name, newest.at) == ("m1", EventType.PAGE, "Café ☕", later(0.25))
    assert (newest.verb, newest.items, newest.learn) == (Verb.READ, (), True)
    assert (newest.properties, newest.context) == ({"é": [1.5, "☕"]}, {"ip": "::1"})
    assert (oldest.items, oldest.learn) == ((3, 4), False)


def test_the_same_message_counts_once_within_a_batch_and_across(db: Db, anon: PersonId):
    first = viewed(anon, 1, message="m1")
    assert people.record(db, [first, replace(first, name="again")], now=NOW) == Recorded(1, 1)
    assert people.record(db, [viewed(anon, 2, message="m2"), first], now=NOW) == Recorded(1, 1)
    assert len(people.events(db, anon)) == 2


def test_of_two_with_one_id_and_different_content_the_first_wins(db: Db, anon: PersonId):
    people.record(db, [viewed(anon, 1, message="m1"), viewed(anon, 2, message="m1")], now=NOW)
    people.record(db, [viewed(anon, 3, message="m1")], now=NOW)
    assert [e.items for e in people.events(db, anon)] == [(1,)]


def test_a_retry_after_the_fall_back_leaves_the_transaction_usable(db: Db, anon: PersonId):
    batch = [viewed(anon, n, message=f"m{n}") for n in range(1, 50)]
    people.record(db, batch[10:20], now=NOW)
    assert people.record(db, batch, now=NOW) == Recorded(39, 10)
    assert people.record(db, batch, now=NOW) == Recorded(0, 49)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb'{"a": "x\u0000y"}', {"a": "x\ufffdy"}),
        (rb'{"a": "\ud800"}', {"a": "\ufffd"}),
        (rb'{"a": "\ud83d\ude00"}', {"a": "😀"}),
        (rb'{"a": "\\u0000"}', {"a": r"\u0000"}),
        (b'{"a": "x\x00y"}', {"a": "xy"}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"a": 1e999999, "b": 1}', {"a": None, "b": 1}),
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_what_no_database_can_hold_is_cleaned(db: Db, anon: PersonId, sent: bytes, kept: object, known: bool):
    if known:
        people.record(db, [viewed(anon, 1, message="m1")], now=NOW)
    people.record(
        db, [viewed(anon, 1, message="m1"), viewed(anon, 2, message="m2", at=later(1), properties=sent)], now=NOW
    )
    assert people.events(db, anon)[0].properties == kept


def test_names_are_cleaned_too(db: Db, anon: PersonId):
    people.record(db, [replace(viewed(anon, 1, message="m\x00\ud800"), name="na\x00me")], now=NOW)
    (event,) = people.events(db, anon)
    assert (event.message_id, event.name) == ("m\ufffd\ufffd", "na�me")


@pytest.mark.parametrize("properties", [b"", b"{", b'{"a": 1e999999, "b": }', b"[" * 100_000])
def test_what_is_not_json_is_refused_by_its_message_id(db: Db, anon: PersonId, properties: bytes):
    with pytest.raises(Invalid) as refused:
        people.record(db, [viewed(anon, 1), viewed(anon, 1, message="bad", properties=properties)], now=NOW)
    assert "bad" in refused.value.fields
    assert people.record(db, [viewed(anon, 1)], now=NOW) == Recorded(1, 0)


@pytest.mark.parametrize("message", ["", "m" * 513])
def test_a_message_id_has_a_length(db: Db, anon: PersonId, message: str):
    with pytest.raises(Invalid):
        people.record(db, [replace(viewed(anon, 1), message_id=message)], now=NOW)


def test_a_megabyte_of_text_is_kept(db: Db, anon: PersonId):
    people.record(db, [viewed(anon, 1, properties=b'{"a": "' + b"x" * 1_000_000 + b'"}')], now=NOW)
    assert len(people.events(db, anon)[0].properties["a"]) == 1_000_000  # type: ignore[arg-type]


def test_an_enormous_order_counts_with_its_first_items(db: Db, anon: PersonId):
    people.record(db, [viewed(anon, *range(1, 2001))], now=NOW)
    assert people.events(db, anon)[0].items == tuple(range(1, 501))


def test_nothing_to_record_is_fine(db: Db):
    assert people.record(db, [], now=NOW) == Recorded(0, 0)


def test_pages_of_events_follow_each_other_without_gap_or_repeat(db: Db, anon: PersonId):
    people.record(db, [viewed(anon, n, at=later(n // 3)) for n in range(1, 11)], now=NOW)
    seen: list[int] = []
    before: EventId | None = None
    while page := people.events(db, anon, before=before, most=4):
        seen += [e.items[0] for e in page]
        before = page[-1].id
    assert seen == list(range(10, 0, -1))


def test_what_is_not_to_be_learned_from_leaves_the_history_and_the_log_but_not_the_list(db: Db, anon: PersonId):
    other = people.resolve(db, [device("other")], now=NOW)[device("other")]
    people.record(db, [viewed(anon, 1), viewed(anon, 2), viewed(other, 3)], now=NOW)
    ids = [e.id for e in people.events(db, anon)] + [e.id for e in people.events(db, other)]
    assert people.learn_from(db, anon, ids, False) == 2
    assert people.profile_of(db, anon).history.items.tolist() == []
    assert people.logs(db).items.tolist() == [3]
    assert len(people.events(db, anon)) == 2
    assert people.learn_from(db, anon, ids[:1], True) == 1
    assert people.profile_of(db, anon).history.items.tolist() == [2]
