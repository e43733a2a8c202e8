"""Two hops: what goes with what goes with it. The answer is again one sparse matrix, so reasons stay exact.

B + β · topk(B · B)    on the non-negative part: reaches items where neighbours are few
C + β · topk(B · C)    C by content: a new item is for those who like what goes with what is like it
"""

import numpy as np
from numba import njit

from regulars.taste.counting import _best, stack
from regulars.taste.model import Part
from regulars.taste.rp3 import scaled


def two_hops(part: Part, beta: float, *, keep: int, near: int = 30) -> Part:
    """`part` with β times its second step, the `keep` best of each row; steps go through a row's best `near`."""
    one = (part.indptr, part.indices, part.data)
    return scaled(stack(part.name, [_hop(one, one, np.float32(beta), (keep, near))]))


@njit(cache=True, nogil=True, fastmath=True)
def _hop(first, second, beta, limits):  # type: ignore[no-untyped-def]
    starts, between, weights = first
    indptr, indices, data = second
    keep, near = limits
    n = len(indptr) - 1
    total, seen = np.zeros(n, np.float32), np.zeros(n, np.bool_)
    touched = np.empty(n, np.int32)
    sizes = np.zeros(n, np.int64)
    out_items, out_data = np.empty(n * keep, np.int32), np.empty(n * keep, np.float32)
    filled = 0
    for i in range(n):
        m = 0
        for x in range(indptr[i], indptr[i + 1]):
            j = indices[x]
            if not seen[j]:
                seen[j], touched[m] = True, j
                m += 1
            total[j] += data[x]
        for x in range(starts[i], min(starts[i + 1], starts[i] + near)):
            j, w = between[x], beta * weights[x]
            if w > 0:
                for y in range(indptr[j], min(indptr[j + 1], indptr[j] + near)):
                    t = indices[y]
                    if data[y] > 0 and t != i:
                        if not seen[t]:
                            seen[t], touched[m] = True, t
                            m += 1
                        total[t] += w * data[y]
        for x in range(_best(total, touched, m, keep)):
            if total[touched[x]] != 0:
                out_items[filled], out_data[filled] = touched[x], total[touched[x]]
                filled += 1
                sizes[i] += 1
        for x in range(m):
            total[touched[x]], seen[touched[x]] = 0, False
    return sizes, out_items[:filled].copy(), out_data[:filled].copy()
