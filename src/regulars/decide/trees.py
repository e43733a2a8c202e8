"""Boosted trees as arrays, read without the library that grew them: the request path needs a few comparisons only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.kit.json import Json

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Trees:
    """All nodes of all trees, one after the other. A leaf has feature -1 and its value in `threshold`.

    roots (t,) · feature, left, right (nodes,) int32 · threshold (nodes,) float64: left when the feature is at most that
    """

    roots: I32
    feature: I32
    threshold: F64
    left: I32
    right: I32

    def predict(self, rows: F32) -> F64:
        """(k,) the sum of the leaves each row of (k, features) falls into."""
        found: F64 = _predict((self.roots, self.feature, self.threshold, self.left, self.right), rows)
        return found

    def as_json(self) -> dict[str, Json]:
        """For the database."""
        return {name: getattr(self, name).tolist() for name in self.__slots__}


def trees_from(said: Mapping[str, Json]) -> Trees:
    """From the database."""
    kinds: dict[str, type] = {"threshold": np.float64}
    arrays: dict[str, Any] = {name: np.array(said[name], kinds.get(name, np.int32)) for name in Trees.__slots__}
    return Trees(**arrays)


def flat(dump: Mapping[str, object]) -> Trees:
    """From LightGBM's `dump_model()`."""
    nodes: list[tuple[int, float, int, int]] = []
    roots = [
        _grown(cast("Mapping[str, object]", tree["tree_structure"]), nodes)
        for tree in cast("list[Mapping[str, object]]", dump["tree_info"])
    ]
    columns = list(zip(*nodes, strict=True)) or [(), (), (), ()]
    feature, threshold, left, right = columns
    return Trees(
        np.array(roots, np.int32),
        np.array(feature, np.int32),
        np.array(threshold, np.float64),
        np.array(left, np.int32),
        np.array(right, np.int32),
    )


def _grown(node: Mapping[str, object], nodes: list[tuple[int, float, int, int]]) -> int:
    """Append `node` and what is below it; where it is."""
    at = len(nodes)
    if "split_feature" not in node:
        nodes.append((-1, float(cast("float", node["leaf_value"])), -1, -1))
        return at
    nodes.append((0, 0.0, 0, 0))
    left = _grown(cast("Mapping[str, object]", node["left_child"]), nodes)
    right = _grown(cast("Mapping[str, object]", node["right_child"]), nodes)
    nodes[at] = (int(cast("int", node["split_feature"])), float(cast("float", node["threshold"])), left, right)
    return at


@njit(cache=True, nogil=True)
def _predict(trees, rows):  # type: ignore[no-untyped-def]
    roots, feature, threshold, left, right = trees
    out = np.zeros(len(rows))
    for k in range(len(rows)):
        for root in roots:
            node = root
            while feature[node] >= 0:
                node = left[node] if rows[k, feature[node]] <= threshold[node] else right[node]
            out[k] += threshold[node]
    return out


def warm() -> None:
    """Compile, or read from numba's cache."""
    leaf = Trees(*(np.zeros(1, np.int32),) * 2, np.zeros(1), *(np.zeros(1, np.int32),) * 2)
    leaf.feature[0] = -1
    leaf.predict(np.zeros((1, 1), np.float32))
