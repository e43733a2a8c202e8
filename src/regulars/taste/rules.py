"""Directed rules: what comes after what, nearer counts more.

    B[i, j] = Σ_u  n_u^-p · exp(-(d − 1) / δ) [j is d steps after i]  +  γ · the same backwards,  / n_i^α / n_j^β

Ludewig, Jannach 2018: Evaluation of session-based recommendation algorithms (SR), arXiv 1803.09587, with both
directions and a discount of popular items.
"""

from dataclasses import dataclass

import numpy as np

from regulars.taste.counting import Counting, Inverted, count
from regulars.taste.histories import Histories
from regulars.taste.model import F32, Part
from regulars.taste.rp3 import scaled


@dataclass(frozen=True, slots=True)
class Rules:
    """δ in steps, window in steps, γ weight of backwards, α of rows, β of popular items, neighbours kept.

    people  a person's steps count 1 / length^people: who clicks on everything tells less
    """

    steps: float = 3.0
    window: int = 10
    backward: float = 0.3
    alpha: float = 0.5
    beta: float = 0.0
    people: float = 0.3
    keep: int = 50
    name: str = "next"

    def fit(self, histories: Histories, inverted: Inverted, *, threads: int = 1) -> Part:
        """The matrix, scaled like every part."""
        degree = np.maximum(np.diff(inverted.indptr), 1).astype(np.float64)
        table = self._table()
        how = Counting(
            person=(np.maximum(histories.length, 1).astype(np.float64) ** -self.people).astype(np.float32),
            strength=np.ones(len(histories.items), np.float32),
            forward=table,
            backward=(table * np.float32(self.backward))[: self.window if self.backward else 0],
            row=(degree**-self.alpha).astype(np.float32),
            column=(degree**-self.beta).astype(np.float32),
            keep=self.keep,
        )
        return scaled(count(histories, inverted, how, name=self.name, threads=threads))

    def _table(self) -> F32:
        distance = np.arange(self.window, dtype=np.float64)
        return np.exp(-distance / self.steps).astype(np.float32)
