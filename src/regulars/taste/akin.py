"""Things of a kind: likeness of what items say about themselves, for every item that says something.

    B[i, j] = cosine(i, j) · (people of j + 1)^p      over the items nearest to i by cosine

Beside `content`, which helps items few people touched, this one tells of all items what behaviour cannot yet.
"""

from dataclasses import dataclass

import numpy as np

from regulars.taste.content import nearest, pairs
from regulars.taste.model import F32, Content, Part
from regulars.taste.rp3 import scaled


@dataclass(frozen=True, slots=True)
class Akin:
    """p: how much the well known comes first; how many are near by cosine; how many of them are kept."""

    popular: float = 0.3
    near: int = 300
    keep: int = 100
    name: str = "akin"

    def fit(self, content: Content, counts: F32, weights: F32) -> Part:
        """The matrix, scaled like every part."""
        asked = np.flatnonzero((np.diff(content.indptr) > 0) & (counts > 0)).astype(np.int32)
        sizes, near, cosine = nearest(content, weights, asked, self.near)
        value = (cosine * (counts[near] + 1.0) ** self.popular).astype(np.float32)
        return scaled(pairs(self.name, content.n, (np.repeat(asked, sizes), near, value), keep=self.keep))
