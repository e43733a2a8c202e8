"""Several processes at once: every connection is one, whatever process holds it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import sqlalchemy as sa

from regulars import people
from regulars.kit.errors import Conflict, NotFound
from regulars.people import IdentifyCall, IdentityKind, Recorded
from regulars.store import Database, Db
from tests.cast import NOW, OMAR, VERA
from tests.people.people_cast import device, later, user, viewed

WORKERS = 6


def at_once(database: Database, *works: Callable[[Db], object]) -> list[object]:
    """Each of `works` in a transaction and thread of its own, started together; what they return or raise."""
    start = Barrier(len(works))

    def run(work: Callable[[Db], object]) -> object:
        start.wait()
        try:
            with database.begin() as db:
                return work(db)
        except (Conflict, NotFound) as fault:
            return fault

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def assert_roots_are_right(db: Db) -> None:
    """Every root is what the active merges make it."""
    nodes = list(db.execute(sa.text("select id from persons order by id")).scalars())
    edges = db.execute(sa.text("select a_id, b_id from merges where undone_at is null")).all()
    expected = {n: n for n in nodes}
    for a, b in edges:
        low, high = sorted((expected[a], expected[b]))
        assert low != high, "a merge that joined nothing"
        expected = {n: low if r == high else r for n, r in expected.items()}
    assert {row.id: row.root_id for row in db.execute(sa.text("select id, root_id from persons"))} == expected


def test_the_same_new_people_get_one_node_each(database: Database):
    names = [device(f"device-{n}") for n in range(300)]

    def resolve(seed: int) -> Callable[[Db], object]:
        return lambda db: people.resolve(db, Random(seed).sample(names, 300), now=NOW)

    first, *others = at_once(database, *(resolve(n) for n in range(WORKERS)))
    assert all(found == first for found in others)
    with database.begin() as db:
        assert db.execute(sa.text("select count(*) from persons")).scalar_one() == 300


def test_joins_and_partings_from_everywhere_leave_every_root_right(database: Database):
    with database.begin() as db:
        nodes = list(people.resolve(db, [device(f"device-{n}") for n in range(12)], now=NOW).values())

    def stir(seed: int) -> Callable[[Db], object]:
        random = Random(seed)

        def work(db: Db) -> None:
            for _ in range(3):
                a, b = random.sample(nodes, 2)
                people.join(db, a, b, source="test", by="test", now=NOW)
            active = [m.id for m in people.merges(db, random.choice(nodes)) if m.undone_at is None]
            if active:
                people.unjoin(db, random.choice(active), by="test", now=later(1))

        return work

    for turn in range(6):
        at_once(database, *(stir(turn * WORKERS + n) for n in range(WORKERS)))
        with database.begin() as db:
            assert_roots_are_right(db)


def test_two_who_sign_in_on_one_device_at_once_stay_two_persons(database: Database):
    for turn in range(8):
        calls = [IdentifyCall(who, f"tablet-{turn}", proven=True) for who in (VERA, OMAR, "ana")]
        at_once(database, *(lambda db, c=call: people.identify(db, c, now=NOW) for call in calls))
        with database.begin() as db:
            owners = [
                i
                for i in people.identities(db, people.find(db, device(f"tablet-{turn}")))
                if i.kind is IdentityKind.USER
            ]
            assert len(owners) == 1
            assert_roots_are_right(db)


def test_batches_full_of_the_same_people_all_get_through(database: Database):
    def batch(seed: int) -> Callable[[Db], object]:
        who = [(VERA, "laptop"), (VERA, "phone"), (OMAR, "phone-o"), ("ana", "desk"), ("bram", "bike")]
        calls = [
            IdentifyCall(name, on, proven=True, traits={"seed": seed})
            for name, on in Random(seed).sample(who, len(who))
        ]

        def work(db: Db) -> object:
            answers = people.identify_all(db, calls, now=NOW)
            return people.record(db, [viewed(n, 1) for n in answers if isinstance(n, int)], now=NOW)

        return work

    for turn in range(5):
        found = at_once(database, *(batch(turn * WORKERS + n) for n in range(WORKERS)))
        assert found == [Recorded(5, 0)] * WORKERS


def test_the_same_batch_sent_twice_at_once_counts_once(database: Database):
    with database.begin() as db:
        node = people.resolve(db, [user(VERA)], now=NOW)[user(VERA)]
    for turn in range(5):
        batch = [viewed(node, n, message=f"{turn}-{n}") for n in range(1, 101)]
        sent: Sequence[Sequence[people.Event]] = [batch, batch[::-1], batch[50:] + batch[:50]]
        found = at_once(database, *(lambda db, b=b: people.record(db, b, now=NOW) for b in sent))
        assert sum(r.new for r in found) == 100  # type: ignore[attr-defined]
    with database.begin() as db:
        assert db.execute(sa.text("select count(*) from events")).scalar_one() == 500


def test_who_writes_while_being_erased_leaves_nothing_behind(database: Database):
    def write(db: Db) -> object:
        node = people.resolve(db, [user(VERA)], now=NOW)[user(VERA)]
        return people.record(db, [viewed(node, 1)], now=NOW)

    def forget(db: Db) -> object:
        return people.erase(db, people.find(db, user(VERA)))

    for _ in range(6):
        at_once(database, write, write, forget, write, forget, write)
        with database.begin() as db:
            orphans = "select count(*) from events where person_id not in (select id from persons)"
            assert db.execute(sa.text(orphans)).scalar_one() == 0


def test_one_thing_stated_from_everywhere_is_the_last_word_of_one_of_them(database: Database):
    with database.begin() as db:
        node = people.resolve(db, [user(VERA)], now=NOW)[user(VERA)]
    works = [lambda db, n=n: people.state(db, node, "diet", n, by="test", now=NOW) for n in range(1, WORKERS + 1)]
    at_once(database, *works)
    with database.begin() as db:
        changes = people.changes(db, node)
        assert len(changes) == WORKERS
        assert len({c.before["stated"] for c in changes}) == WORKERS  # each saw the one before it
        assert people.profile_of(db, node).facet("diet").value in range(1, WORKERS + 1)
