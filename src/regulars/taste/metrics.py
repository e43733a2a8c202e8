"""How good an answer is: recall, NDCG, hit rate, reciprocal rank, each at k; coverage and concentration of all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.taste.cases import Case
from regulars.taste.model import F64, I32

Recommend = Callable[[Case, int], I32]
"""The k best items for one case, best first."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over cases. recall: found / targets · ndcg: binary, ideal of min(k, targets) · hit: any found · mrr

    coverage  share of the items that were shown to anyone · gini  concentration of what was shown (0: all alike)
    novelty  mean −log2 of the shown items' share of interactions, nan when not asked for
    """

    k: int
    cases: int
    recall: float
    ndcg: float
    hit: float
    mrr: float
    coverage: float
    gini: float
    novelty: float = float("nan")

    def as_json(self) -> dict[str, float]:
        """Under the names people use."""
        k = self.k
        named = {f"recall@{k}": self.recall, f"ndcg@{k}": self.ndcg, f"hr@{k}": self.hit, f"mrr@{k}": self.mrr}
        named |= {"coverage": self.coverage, "gini": self.gini, "novelty": self.novelty, "cases": float(self.cases)}
        return {name: value for name, value in named.items() if value == value}  # noqa: PLR0124  leaves out nan


def measure(recommend: Recommend, cases: Iterable[Case], *, k: int, n: int, popularity: F64 | None = None) -> Figures:
    """Ask every case and compare. A case without targets is left out."""
    shown = np.zeros(n)
    gains = []
    for case in cases:
        if len(case.targets):
            items = recommend(case, k)
            shown[items] += 1
            gains.append(gain(items, case.targets, k))
    if not gains:
        return Figures(k, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    recall, ndcg, hit, mrr = (float(x) for x in np.mean(gains, axis=0))
    novelty = float("nan")
    if popularity is not None and shown.sum():
        share = np.maximum(popularity, 1e-12) / max(popularity.sum(), 1e-12)
        novelty = float(-(shown @ np.log2(share)) / shown.sum())
    return Figures(k, len(gains), recall, ndcg, hit, mrr, float((shown[1:] > 0).mean()), gini(shown[1:]), novelty)


def gain(items: I32, targets: I32, k: int) -> tuple[float, float, float, float]:
    """recall, ndcg, hit and reciprocal rank of one answer."""
    right = set(targets.tolist())
    places = [place for place, item in enumerate(items[:k].tolist()) if item in right]
    if not places:
        return 0.0, 0.0, 0.0, 0.0
    found = sum(DISCOUNT[place] for place in places)
    ideal = sum(DISCOUNT[: min(k, len(right))])
    return len(places) / len(right), found / ideal, 1.0, 1 / (places[0] + 1)


MOST_SUGGESTED = 1_000
"""So many suggestions count at most."""

DISCOUNT: Sequence[float] = (1 / np.log2(np.arange(2, MOST_SUGGESTED + 2))).tolist()


def gini(shown: F64) -> float:
    """0 when all were shown alike, 1 when only one was."""
    total = shown.sum()
    if not total:
        return 0.0
    order = np.sort(shown)
    ranks = np.arange(1, len(order) + 1)
    return float((2 * ranks - len(order) - 1) @ order / (len(order) * total))
