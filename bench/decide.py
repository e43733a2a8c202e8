"""How long one decision takes in process, and how that compares with the bare arithmetic it cannot do without.

    python bench/decide.py [--items 100000] [--people 1000000] [--decisions 5000] [--var /tmp/regulars-bench]

A synthetic shop: items in 500 categories with Zipf popularity, people with tastes; the model is learned once from
everybody's events (minutes) and kept in --var. Everybody asked has 50 events, a diet, two allergens, hidden items and a
category, and a guess; 200 candidates; rules of the shop run; variety and trying are on; every outcome gets its
reason. Once as it is, once with the order adjusted by trees.

Peers: the bare sparse row sum and top-k, by scipy (CSR row times matrix, argpartition) and by our own kernel. The
rounds interleave.
"""

import argparse
import gc
import multiprocessing as mp
import os
import platform
import resource
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
from scipy import sparse

from regulars import taste
from regulars.catalog.model import Item, Shelf
from regulars.choices import Acts, FacetDefinition, Many, built_in
from regulars.decide import Asked, Effect, ShopRule, World, decide, default_slots, warm
from regulars.decide.features import NAMES
from regulars.decide.ordering import TREES, Lessons, grow
from regulars.decide.reranking import Reranker
from regulars.kit.conditions import Operator, Test
from regulars.kit.ids import DecisionId, ItemId, PersonId
from regulars.people import Facet, History, Identity, IdentityKind, Log, Profile, Verb

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
DIETS, ALLERGENS = ("vegan", "vegetarian", "halal", "any"), ("milk", "gluten", "nuts", "fish", "soy")
SIZE, DEEP, EVENTS = 10, 200, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("items", 100_000), ("people", 1_000_000), ("decisions", 5_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--var", type=Path, default=Path("/tmp/regulars-bench"))
    asked = parser.parse_args()
    path = asked.var / f"decide-{asked.items}-{asked.people}.taste"
    if not path.exists():  # in a process of its own: its memory is not ours
        learner = mp.get_context("spawn").Process(target=learn, args=(asked.items, asked.people, path))
        learner.start()
        learner.join()
    model = taste.load(path)
    world, people = shop(asked.items, model), customers(asked.items, 500)
    taste.warm()
    warm()
    measure(world, shop(asked.items, model, orderer()), people, asked.decisions)


def orderer() -> Reranker:
    """As many trees as learning grows, of made-up answers: what they say costs the same whatever it is."""
    rng = np.random.default_rng(4)
    rows = rng.random((20_000, len(NAMES))).astype(np.float32)
    label = (rng.random(20_000) < 0.3 * rows[:, 0] + 0.3 * rows[:, 7]).astype(float)
    ones = np.ones(20_000)
    return Reranker(UUID(int=9), grow(Lessons(rows, label, ones, ones, np.full(2_000, 10)), seed=1)[0])


def learn(n_items: int, n_people: int, path: Path) -> None:
    """A model of people who mostly stay within their few categories."""
    rng = np.random.default_rng(1)
    each = 10
    total = n_people * each
    items = drawn(rng, n_items, rng.integers(0, 500, (n_people, 4))[:, rng.integers(0, 4, each)].reshape(-1))
    log = Log(
        np.repeat(np.arange(1, n_people + 1), each),
        items,
        rng.choice(np.array([Verb.VIEWED, Verb.BOUGHT], np.int8), total),
        SECONDS - np.sort(rng.integers(0, 86_400 * 90, (n_people, each)), axis=1).reshape(-1)[::-1].copy(),
    )
    began = time.perf_counter()
    model, report = taste.learn(log, taste.no_content(n_items + 1), now=NOW)
    path.parent.mkdir(parents=True, exist_ok=True)
    taste.save(model, path)
    print(f"learned {total:,} events in {time.perf_counter() - began:.0f} s: {report.parts}")


def drawn(rng: np.random.Generator, n_items: int, category: np.ndarray) -> np.ndarray:
    """One item of each of these categories, popular ones more often."""
    per = n_items // 500
    rank = np.minimum((per ** rng.random(len(category))).astype(np.int64), per) - 1
    return (1 + category + 500 * rank).astype(np.int32)


class Titles(Mapping[int, Item]):
    """Items made when first looked at, as the catalogue's shelf does."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.made: dict[int, Item] = {}

    def __getitem__(self, i: int) -> Item:
        if i not in self.made:
            if not 0 < i <= self.n:
                raise KeyError(i)
            self.made[i] = Item(external_id=f"i{i}", title={"en": f"Item {i}"}, price=Decimal(5), id=ItemId(i))
        return self.made[i]

    def __iter__(self):
        return iter(range(1, self.n + 1))

    def __len__(self) -> int:
        return self.n


def shop(n_items: int, model: taste.Model, reranker: Reranker | None = None) -> World:
    """The shelf, the facets, three rules of the shop."""
    rng, n = np.random.default_rng(2), n_items + 1
    ids = np.arange(n)
    category = ((ids - 1) % 500).astype(np.int32)
    has = {("kind", "product"): ids > 0}
    has |= {("category", f"c{c}"): category == c for c in range(500)}
    has |= {("diet", d): rng.random(n) < share for d, share in zip(DIETS, (0.4, 0.6, 0.5, 1), strict=True)}
    has |= {("allergens", a): rng.random(n) < 0.15 for a in ALLERGENS}
    shelf = Shelf(
        1, n, ids > 0, np.full(n, 5, np.float32), np.zeros(n, np.int16), ("product",), category,
        [(f"c{c}",) for c in range(500)], rng.uniform(SECONDS - 3e7, SECONDS, n), has, Titles(n_items),
        {f"i{i}": ItemId(i) for i in range(1, n)},
    )  # fmt: skip
    facets = [
        FacetDefinition("diet", Many.SEVERAL, Acts.REQUIRE, attribute="diet", guessed=True),
        FacetDefinition("allergens", Many.SEVERAL, Acts.EXCLUDE, attribute="allergens"),
    ]
    rules = [
        ShopRule(UUID(int=1), "ban", Effect.BAN, Test("category", Operator.IS, "c7")),
        ShopRule(UUID(int=2), "boost", Effect.BOOST, Test("category", Operator.IS, "c8"), factor=1.5),
        ShopRule(UUID(int=3), "pin", Effect.PIN, Test("category", Operator.IS, "c9"), position=5),
    ]
    return World(
        shelf, default_slots(), {f.name: f for f in facets} | built_in(), rules=rules, model=model, reranker=reranker
    )


def customers(n_items: int, most: int) -> list[Profile]:
    """People with 50 events, a diet, allergens, things hidden, and a guess."""
    rng = np.random.default_rng(3)
    return [customer(rng, n_items, i) for i in range(most)]


def customer(rng: np.random.Generator, n_items: int, i: int) -> Profile:
    """One of them."""
    items = drawn(rng, n_items, rng.choice(rng.integers(0, 500, 4), EVENTS))
    history = History(
        np.arange(EVENTS, 0, -1) + i * EVENTS, items,
        rng.choice(np.array([Verb.VIEWED, Verb.BOUGHT], np.int8), EVENTS), SECONDS - 3600.0 * np.arange(EVENTS),
    )  # fmt: skip
    stated = {
        "diet": [DIETS[i % 4]],
        "allergens": list(rng.choice(ALLERGENS, 2, replace=False)),
        "hidden_items": [f"i{j}" for j in rng.integers(1, n_items, 5)],
        "hidden_categories": [f"c{rng.integers(0, 500)}"],
    }
    facets = {(name, ""): Facet(name, stated=value, stated_at=NOW) for name, value in stated.items()}
    guess = Facet("favourite_categories", inferred=[f"c{(items[0] - 1) % 500}"], confidence=0.8)
    facets["favourite_categories", ""] = guess
    who = (Identity(IdentityKind.USER, str(i)),)
    return Profile(PersonId(i + 1), PersonId(i + 1), who, {}, facets, {}, history)


def measure(world: World, ordered: World, people: list[Profile], times: int) -> None:
    """Interleaved: each person once by each of the four."""
    model = world.model
    assert model is not None
    print(f"memory before scipy's copy of the model {memory():,.0f} MB")
    matrix, weights = blended(model)
    allowed = world.shelf.offerable
    runs: dict[str, Callable[[int], object]] = {
        "scipy row sum + top-k": lambda i: scipy_top(matrix, weights, people[i % len(people)].history),
        "our kernel, row sum + top-k": lambda i: taste.rank(
            model, people[i % len(people)].history, allowed, k=DEEP, now_seconds=float(SECONDS)
        ),
        "decide, everything on": lambda i: decided(world, people[i % len(people)], i),
        f"the same, order by {TREES} trees": lambda i: decided(ordered, people[i % len(people)], i),
    }
    for run in runs.values():
        for i in range(len(people)):
            run(i)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    gc.freeze()
    for i in range(times):
        for name, run in runs.items():
            began, cpu = time.perf_counter(), time.thread_time()
            run(i)
            spent[name].append((time.perf_counter() - began, time.thread_time() - cpu))
    tell(spent)


def decided(world: World, person: Profile, i: int) -> object:
    """One decision; its chance is i's."""
    return decide(Asked("home.for-you", person, size=SIZE), world, now=NOW, id=DecisionId(UUID(int=i + 1)))


def tell(spent: Mapping[str, list[tuple[float, float]]]) -> None:
    """The table and the ratios; on a busy machine the CPU's time says more than the clock's."""
    middle = {}
    for name, times in spent.items():
        (p50, cpu50), (p99, cpu99) = np.percentile(times, [50, 99], axis=0) * 1000
        middle[name] = cpu50
        print(f"{name:28} p50 {p50:6.3f} ms  p99 {p99:6.3f} ms   CPU p50 {cpu50:6.3f} ms  p99 {cpu99:6.3f} ms")
    scipy, ours, all_on, ordered = middle.values()
    print(f"decide / scipy {all_on / scipy:.2f}   decide / our bare kernel {all_on / ours:.2f}")
    print(f"with trees / without {ordered / all_on:.2f}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")


def memory() -> float:
    """Megabytes of this process at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def blended(model: taste.Model) -> tuple[sparse.csr_array, np.ndarray]:
    """All parts of the model as one scipy matrix, and what each verb counts."""
    blend, n = model.blend("home"), model.n
    total = sparse.csr_array((n, n), dtype=np.float32)
    for name in model.parts.names:
        part = model.parts[name]
        if blend.weights.get(name):
            one = sparse.csr_array((part.data, part.indices, part.indptr), shape=(n, n))
            total = total + one * np.float32(blend.weights[name])
    return total, model.verbs


def scipy_top(matrix: sparse.csr_array, verbs: np.ndarray, history: History) -> np.ndarray:
    """Row vector times matrix, then the best."""
    row = sparse.csr_array(
        (verbs[history.verbs], history.items, np.array([0, len(history.items)])), shape=(1, matrix.shape[0])
    )
    scores = (row @ matrix).toarray().ravel()
    best = np.argpartition(-scores, DEEP)[:DEEP]
    return best[np.argsort(-scores[best])]


if __name__ == "__main__":
    main()
