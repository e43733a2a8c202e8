"""Other libraries, on the same questions: implicit and LensKit, when they are installed.

Each is given what it is best at, with settings its own documentation or the literature recommends: the best of a small
grid on the very questions ours is tuned by.
"""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from regulars.kit.errors import Invalid
from regulars.people.model import Log
from regulars.taste.cases import Case, sample
from regulars.taste.layouts import Benchmark, trial_of
from regulars.taste.metrics import Recommend, measure
from regulars.taste.model import I32

TUNED = 2_000
"""Questions of the tuning part a peer's grid is judged by."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A model of another library: its name and how it is fitted to a log."""

    name: str
    fit: Callable[[Benchmark], Recommend]


def peers(names: Sequence[str]) -> list[Peer]:
    """The peers called `names` ("implicit", "lenskit"). Raises Invalid with how to install one that is missing."""
    found = []
    for name in names:
        if name not in MODELS:
            raise Invalid(f"unknown peer {name!r}: choose from {', '.join(MODELS)}")
        if importlib.util.find_spec(name) is None:
            raise Invalid(f"{name} is not installed: pip install 'regulars[bench]'")
        found += [Peer(f"{name} {kind}", _best(grid)) for kind, grid in MODELS[name].items()]
    return found


Fit = Callable[[Log, int, bool], Recommend]
"""From a log, the number of items and whether repeats are allowed, to a recommender."""


def _best(grid: Sequence[Fit]) -> Callable[[Benchmark], Recommend]:
    def fit(given: Benchmark) -> Recommend:
        chosen = grid[0]
        if len(grid) > 1:
            trial = trial_of(given)
            questions = sample(trial.cases.get("home", ()), TUNED)
            scores = [_score(one(trial.train, given.n, given.repeats), questions, given.n) for one in grid]
            chosen = grid[int(np.argmax(scores))]
        return chosen(given.log, given.n, given.repeats)

    return fit


def _score(recommend: Recommend, questions: Sequence[Case], n: int) -> float:
    found = measure(recommend, questions, k=20, n=n)
    return found.ndcg + found.recall


def _matrix(log: Log, n: int) -> "tuple[object, np.typing.NDArray[np.int64]]":
    """People × items, ones; and the person of each row."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  only where peers are compared

    people, rows = np.unique(log.people, return_inverse=True)
    made = csr_matrix((np.ones(len(rows), np.float32), (rows, log.items)), shape=(len(people), n))
    made.data[:] = 1
    return made, people


def _implicit(make: Callable[[], object], *, folds_in: bool) -> Fit:
    """A model of implicit. An unseen person's history is given with the question."""

    def fit(log: Log, n: int, repeats: bool) -> Recommend:
        from scipy.sparse import csr_matrix  # noqa: PLC0415

        matrix, _ = _matrix(log, n)
        model = make()
        model.fit(matrix, show_progress=False)  # type: ignore[attr-defined]

        def recommend(case: Case, k: int) -> I32:
            items = np.unique(case.history.items)
            row = csr_matrix((np.ones(len(items), np.float32), (np.zeros(len(items), int), items)), shape=(1, n))
            found, scores = model.recommend(  # type: ignore[attr-defined]
                0, row, N=k, filter_already_liked_items=not repeats, recalculate_user=folds_in
            )
            return np.asarray(found[(found > 0) & np.isfinite(scores) & (scores > -1e30)], np.int32)

        return recommend

    return fit


def _als(factors: int, regularization: float, alpha: float) -> Fit:
    def make() -> object:
        from implicit.als import AlternatingLeastSquares  # noqa: PLC0415

        return AlternatingLeastSquares(
            factors=factors, regularization=regularization, alpha=alpha, iterations=15, num_threads=1, random_state=0
        )

    return _implicit(make, folds_in=True)


def _nearest(kind: str, neighbours: int) -> Fit:
    def make() -> object:
        from implicit import nearest_neighbours  # noqa: PLC0415

        return getattr(nearest_neighbours, kind)(K=neighbours, num_threads=1)

    return _implicit(make, folds_in=False)


def _lenskit(make: Callable[[], object]) -> Fit:
    """A scorer of LensKit in its own pipeline; histories are given with the question."""

    def fit(log: Log, _n: int, repeats: bool) -> Recommend:
        import pandas as pd  # type: ignore[import-untyped]  # noqa: PLC0415
        from lenskit.data import ItemList, from_interactions_df  # noqa: PLC0415
        from lenskit.pipeline import topn_pipeline  # noqa: PLC0415

        frame = pd.DataFrame({"user_id": log.people, "item_id": log.items}).drop_duplicates()
        pipe = topn_pipeline(make(), n=100)
        pipe.train(from_interactions_df(frame))
        every = np.unique(log.items)  # what it never saw makes its ItemKNN panic

        def recommend(case: Case, k: int) -> I32:
            query = _query(np.intersect1d(case.history.items, every))
            allowed = every if repeats else np.setdiff1d(every, case.history.items)
            ranked = pipe.run("recommender", query=query, n=k, items=ItemList(item_ids=allowed))
            return np.asarray(ranked.ids(), np.int32)[:k]

        return recommend

    return fit


def _query(items: I32) -> object:
    from lenskit.data import ItemList, RecQuery  # noqa: PLC0415

    return RecQuery(user_items=ItemList(item_ids=items))


def _item_knn(neighbours: int) -> Fit:
    def make() -> object:
        from lenskit.knn import ItemKNNScorer  # noqa: PLC0415

        return ItemKNNScorer(max_nbrs=neighbours, feedback="implicit")

    return _lenskit(make)


def _lenskit_als(size: int) -> Fit:
    def make() -> object:
        from lenskit.als import ImplicitMFScorer  # noqa: PLC0415

        return ImplicitMFScorer(embedding_size=size, epochs=15)

    return _lenskit(make)


MODELS: dict[str, dict[str, Sequence[Fit]]] = {
    "implicit": {
        "ALS": list(chain([_als(128, 0.05, 10.0)], [_als(256, 0.1, 20.0), _als(64, 0.05, 5.0)])),
        "BM25": [_nearest("BM25Recommender", 50), _nearest("BM25Recommender", 200)],
        "cosine": [_nearest("CosineRecommender", 50), _nearest("CosineRecommender", 200)],
        "TF-IDF": [_nearest("TFIDFRecommender", 50), _nearest("TFIDFRecommender", 200)],
    },
    "lenskit": {"ItemKNN": [_item_knn(20), _item_knn(100)], "ImplicitMF": [_lenskit_als(64)]},
}
