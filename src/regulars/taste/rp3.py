"""RP3β: a three-step random walk over people with a discount of popular items.

    B[i, j] = Σ_u p_iu^row · p_uj^α / deg(j)^β,  p_iu = 1 / deg(i), p_uj = 1 / deg(u)

Paudel, Christoffel, Newell, Bernstein 2017: Updatable, accurate, diverse, and scalable recommendations for
interactive applications, doi 10.1145/2955101.
"""

from dataclasses import dataclass

import numpy as np

from regulars.taste.counting import Counting, Inverted, count
from regulars.taste.histories import Histories
from regulars.taste.model import F32, Part


@dataclass(frozen=True, slots=True)
class Rp3:
    """α of people, `row` of the item itself, β of popular items, neighbours kept, whether kinds of events count."""

    alpha: float = 0.7
    row: float = 0.5
    beta: float = 0.25
    keep: int = 100
    strengths: bool = False
    name: str = "together"

    def fit(self, histories: Histories, inverted: Inverted, *, threads: int = 1) -> Part:
        """The matrix; the mean of its rows' sums is 1, so that parts can be blended."""
        degree = np.maximum(np.diff(inverted.indptr), 1).astype(np.float64)
        length = np.maximum(histories.length, 1).astype(np.float64)
        table = np.ones(max(int(length.max(initial=1)), 1), np.float32)
        how = Counting(
            person=(length**-self.alpha).astype(np.float32),
            strength=histories.strength if self.strengths else np.ones(len(histories.items), np.float32),
            forward=table,
            backward=table,
            row=(degree**-self.row).astype(np.float32),
            column=(degree**-self.beta).astype(np.float32),
            keep=self.keep,
        )
        return scaled(count(histories, inverted, how, name=self.name, threads=threads))


def scaled(part: Part) -> Part:
    """`part` so that the mean of its non-empty rows' sums of sizes is 1."""
    total, rows = float(np.abs(part.data).sum(dtype=np.float64)), int((np.diff(part.indptr) > 0).sum())
    if not total:
        return part
    data: F32 = (part.data * np.float32(rows / total)).astype(np.float32)
    return Part(part.name, part.indptr, part.indices, data)
