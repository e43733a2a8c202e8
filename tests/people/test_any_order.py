"""Whatever the order in which a person becomes known: the same person, the same history; and back again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars import people
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people import AliasCall, Consent, IdentifyCall, Identity, IdentityKind, Merged, Purpose
from regulars.store import Db
from tests.cast import NOW
from tests.people.people_cast import claimed, device, later, user, viewed

ONE_DATABASE = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
USERS = ("vera", "omar")


@dataclass(frozen=True)
class Said:
    """One call, as the edge would make it; devices and earlier ids are one user's only."""

    what: str  # prove | claim | alias | track
    who: str
    on: str = ""

    def do(self, db: Db, number: int) -> None:
        if self.what == "alias":
            people.alias(db, AliasCall(self.on, self.who, proven=True), now=NOW)
        elif self.what in ("prove", "claim"):
            people.identify(db, IdentifyCall(self.who, self.on, proven=self.what == "prove"), now=NOW)
        else:
            name = Identity(IdentityKind(self.on), self.who)
            node = people.resolve(db, [name], now=NOW)[name]
            people.record(db, [viewed(node, number, at=later(number))], now=NOW)
            people.state(db, node, f"facet-{number}", number, by="test", now=later(number))


CALLS = [
    call
    for who in USERS
    for call in (
        Said("prove", who, f"{who}-laptop"),
        Said("prove", who, f"{who}-phone"),
        Said("claim", who, f"{who}-phone"),
        Said("alias", who, f"{who}-laptop"),
        Said("alias", who, f"{who}-old"),
        Said("alias", f"{who}-old", who),
        Said("track", who, "user"),
        Said("track", who, "claimed"),
        Said("track", f"{who}-old", "user"),
        Said("track", f"{who}-laptop", "anonymous"),
        Said("track", f"{who}-phone", "anonymous"),
    )
]
NAMES = [
    name
    for who in USERS
    for name in (user(who), user(f"{who}-old"), claimed(who), device(f"{who}-laptop"), device(f"{who}-phone"))
]


About = tuple[set[Identity], list[int], dict[str, Json]]
"""Who else it is, what they did, what they chose."""


def told(db: Db, calls: Sequence[tuple[int, Said]]) -> dict[Identity, About]:
    """For every name: who else it is, what they did, what they chose; after `calls` on an empty database."""
    with taken_back(db):
        for number, call in calls:
            call.do(db, number)
        nodes = people.resolve(db, NAMES, now=NOW)
        return {name: about(db, nodes[name], nodes) for name in NAMES}


def about(db: Db, node: PersonId, nodes: dict[Identity, PersonId]) -> About:
    profile = people.profile_of(db, node)
    same = {name for name, other in nodes.items() if people.root(db, other) == profile.person}
    return same, profile.history.items.tolist(), {f.name: f.value for f in profile.facets.values()}


@ONE_DATABASE
@given(st.data())
def test_any_order_of_calls_gives_the_same_persons_and_histories(db: Db, data: st.DataObject):
    calls = list(enumerate(data.draw(st.lists(st.sampled_from(CALLS), max_size=10)), start=1))
    other = data.draw(st.permutations(calls))
    assert told(db, calls) == told(db, other)


@ONE_DATABASE
@given(st.lists(st.sampled_from(CALLS), max_size=10))
def test_no_person_is_ever_both_proven_and_claimed(db: Db, calls: list[Said]):
    for name, (same, _, _) in told(db, list(enumerate(calls, start=1))).items():
        kinds = {other.kind for other in same}
        assert not {IdentityKind.USER, IdentityKind.CLAIMED} <= kinds, name
        assert not {user("vera"), user("omar")} <= same


PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=6)


def five(db: Db) -> list[PersonId]:
    names = [device(f"device-{n}") for n in range(5)]
    found = people.resolve(db, names, now=NOW)
    for n, name in enumerate(names):
        node = found[name]
        people.record(db, [viewed(node, n + 1, at=later(n))], now=NOW)
        people.state(db, node, "hidden_items", [f"item-{n}"], by="test", now=later(n), gathers=True)
        people.deny(db, node, "diet", f"diet-{n}", by="test", now=later(n))
        people.consent(db, node, Consent(Purpose.EMAIL, n % 2 == 0, "v1", "en", "form", later(n)))
    return [found[name] for name in names]


def seen(db: Db, nodes: Sequence[PersonId]) -> list[object]:
    found: list[object] = []
    for node in nodes:
        p = people.profile_of(db, node)
        found.append((p.person, p.identities, p.facets, p.consents, p.history.items.tolist(), people.events(db, node)))
    return found


def join_all(db: Db, nodes: Sequence[PersonId], pairs: Sequence[tuple[int, int]]) -> list[Merged | None]:
    return [
        people.join(db, nodes[a], nodes[b], source="test", by="test", now=later(100 + n))
        for n, (a, b) in enumerate(pairs)
    ]


@ONE_DATABASE
@given(PAIRS, st.randoms())
def test_parting_every_merge_in_any_order_restores_everyone_exactly(
    db: Db, pairs: list[tuple[int, int]], random: Random
):
    with taken_back(db):
        nodes = five(db)
        before = seen(db, nodes)
        made = [m.merge for m in join_all(db, nodes, pairs) if m]
        for merge in random.sample(made, len(made)):
            people.unjoin(db, merge, by="test", now=later(200))
        assert seen(db, nodes) == before


@ONE_DATABASE
@given(PAIRS, st.data())
def test_parting_one_merge_leaves_what_the_others_alone_would_have_made(
    db: Db, pairs: list[tuple[int, int]], data: st.DataObject
):
    with taken_back(db):
        nodes = five(db)
        with taken_back(db):
            new = [m is not None for m in join_all(db, nodes, pairs)]
        pairs = [pair for pair, joins in zip(pairs, new, strict=True) if joins]
        if not pairs:
            return
        gone = data.draw(st.integers(0, len(pairs) - 1))
        with taken_back(db):
            join_all(db, nodes, [pair for n, pair in enumerate(pairs) if n != gone])
            without = seen(db, nodes)
        merged = join_all(db, nodes, pairs)[gone]
        assert merged
        people.unjoin(db, merged.merge, by="test", now=later(200))
        assert seen(db, nodes) == without


@contextmanager
def taken_back(db: Db) -> Iterator[None]:
    """What happens inside never happened."""
    inside = db.begin_nested()
    try:
        yield
    finally:
        inside.rollback()
