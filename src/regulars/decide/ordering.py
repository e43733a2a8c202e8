"""Learning an order from answers: LambdaMART (Burges 2010) with inverse propensity weights (arXiv 1608.04468)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.decide.features import NAMES
from regulars.decide.outcomes import Outcome
from regulars.decide.pools import Head
from regulars.decide.replay import Guess, support
from regulars.decide.trees import Trees, flat
from regulars.kit.errors import Unavailable

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
HEAVIEST = 20.0
"""No answer counts more than this many times one at the first place: what is tried is rare, and would speak alone."""
BINS = 10
TREES = 100


@dataclass(frozen=True, slots=True)
class Lessons:
    """Everything shown in a guessed place, decision after decision.

    rows (m, features) · label (m,) 0–3 · weight (m,) · look (m,) how likely its place is looked at
    sizes (decisions,) how many rows each has
    """

    rows: F32
    label: F64
    weight: F64
    look: F64
    sizes: NDArray[np.int64]


def lessons(found: Sequence[Outcome], look: F64) -> Lessons:
    """What these decisions teach. What was tried from outside the candidates is left out: nothing is known of it."""
    rows, label, weight, looked, sizes = [], [], [], [], []
    for one in found:
        at = {int(item): k for k, item in enumerate(one.head.items)}
        chance = support(one, look)
        here = [place for place in one.head.places if int(one.items[place]) in at]
        for place in here:
            item = int(one.items[place])
            rows.append(one.head.features[at[item]])
            label.append(one.answers[place])
            weight.append(min(HEAVIEST, 1 / max(chance[item], 1e-9)))
            looked.append(look[place])
        sizes.append(len(here))
    return Lessons(
        np.array(rows, np.float32).reshape(-1, len(NAMES)),
        np.array(label),
        np.array(weight),
        np.array(looked),
        np.array(sizes, np.int64),
    )


def grow(given: Lessons, *, seed: int, threads: int = 1) -> tuple[Trees, dict[str, float]]:
    """Trees that put what was answered first, and how much each feature told (shares of the gain).

    Raises Unavailable where the system lacks what LightGBM stands on.
    """
    lightgbm = _lightgbm()
    data = lightgbm.Dataset(
        given.rows, given.label, weight=given.weight, group=given.sizes[given.sizes > 0], params={"verbosity": -1}
    )
    how: dict[str, Any] = {
        "objective": "lambdarank",
        "learning_rate": 0.05,
        "num_leaves": 15,
        "min_data_in_leaf": max(20, min(200, len(given.rows) // 100)),
        "lambda_l2": 10.0,
        "lambdarank_truncation_level": 20,
        "use_missing": False,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "num_threads": threads,
        "verbosity": -1,
    }
    grown = lightgbm.train(how, data, num_boost_round=TREES)
    told = grown.feature_importance("gain")
    shares = told / max(float(told.sum()), 1e-12)
    return flat(grown.dump_model()), dict(zip(NAMES, shares.tolist(), strict=True))


def _lightgbm() -> Any:
    try:
        import lightgbm  # noqa: PLC0415  a second to import; only learning needs it
    except OSError as e:  # its wheel brings no OpenMP
        raise Unavailable(f"an order is learned with the library libgomp: install libgomp1 ({e})") from e
    return lightgbm


def answering(given: Lessons, trees: Trees) -> Guess:
    """How likely a candidate is answered when looked at: by bins of what the trees say, with few answers drawn in."""
    said = trees.predict(given.rows)
    answers = given.label > 0
    edges = np.unique(np.quantile(said, np.linspace(0, 1, BINS + 1)[1:-1])) if len(said) else np.zeros(0)
    bins = np.searchsorted(edges, said)
    mean = answers.sum() / max(float(given.look.sum()), 1.0)
    good = np.bincount(bins, answers, len(edges) + 1) + 10 * mean
    chance = np.minimum(good / (np.bincount(bins, given.look, len(edges) + 1) + 10), 1.0)

    def guess(head: Head) -> F64:
        found: F64 = chance[np.searchsorted(edges, trees.predict(head.features))]
        return found

    return guess
