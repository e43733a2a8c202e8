"""What items say about themselves: for items that few or no people have touched yet.

Terms are the folded words of title and summary in every language, and each attribute and category as one term,
hashed (Weinberger et al. 2009, arXiv 0902.2206) and weighted TF-IDF; nearest by cosine. What an item gets from
its content fades as people touch it: × κ / (κ + people).
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.catalog.model import Item, NewItem
from regulars.kit.json import Json
from regulars.kit.text import fold
from regulars.taste.counting import _best, stack
from regulars.taste.model import F32, I32, I64, Content, Part
from regulars.taste.rp3 import scaled

BUCKETS = 1 << 18
WORD = re.compile(r"[^\W_]{2,}")


def content_of(items: Mapping[int, Item], n: int) -> Content:
    """The terms of `items`, indexed by ItemId; an id without an item has none."""
    rows = [_terms(items[i]) if i in items else Counter() for i in range(n)]
    sizes = np.fromiter((len(r) for r in rows), np.int64, n)
    terms = np.fromiter((t for r in rows for t in sorted(r)), np.uint32)
    counts = np.fromiter((r[t] for r in rows for t in sorted(r)), np.float32)
    return Content(np.r_[0, np.cumsum(sizes)].astype(np.int64), terms, counts)


def no_content(n: int) -> Content:
    """Content of items of which nothing is known."""
    return Content(np.zeros(n + 1, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.float32))


def _terms(item: NewItem) -> Counter[int]:
    found: Counter[int] = Counter()
    for weight, texts in ((2, item.title), (1, item.summary)):
        for word in {w for text in texts.values() for w in WORD.findall(fold(text))}:
            found[_bucket(word)] += weight
    for name, value in item.attributes.items():
        for one in _values(value):
            found[_bucket(f"{name}={fold(one)}")] += 2
    for step in item.category:
        found[_bucket(f"category={fold(step)}")] += 2
    found[_bucket(f"kind={item.kind}")] += 1
    return found


def _values(value: Json) -> Iterator[str]:
    if isinstance(value, str | bool):
        yield str(value)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _values(one)


def _bucket(term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % BUCKETS


def idf(content: Content) -> F32:
    """(BUCKETS,) what each term weighs: ln(1 + items / items with the term); unknown terms weigh the most."""
    seen = np.bincount(content.terms, minlength=BUCKETS)
    described = max(int((np.diff(content.indptr) > 0).sum()), 1)
    return np.log1p(described / np.maximum(seen, 1)).astype(np.float32)


def weighted(content: Content, weights: F32) -> F32:
    """TF-IDF of each entry, rows of length 1."""
    values = np.sqrt(content.counts) * weights[content.terms]
    rows = np.repeat(np.arange(content.n), np.diff(content.indptr))
    norm = np.sqrt(np.bincount(rows, values.astype(np.float64) ** 2, minlength=content.n))
    return (values / np.maximum(norm, 1e-9)[rows]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Described:
    """Likeness of content, for items with few people (κ) and towards them."""

    few: float = 5.0
    near: int = 30
    keep: int = 150
    name: str = "content"

    def fit(self, content: Content, counts: F32, weights: F32) -> Part:
        """The matrix: every pair of a cold item and one of its nearest, both ways."""
        cold = (self.few / (self.few + counts)).astype(np.float32)
        asked = np.flatnonzero((cold > 0.1) & (np.diff(content.indptr) > 0)).astype(np.int32)
        return scaled(self.pairs(content, counts, weights, asked))

    def pairs(self, content: Content, counts: F32, weights: F32, asked: I32) -> Part:
        """The pairs of the items `asked` with those nearest to them, not scaled yet."""
        cold = (self.few / (self.few + counts)).astype(np.float32)
        sizes, near, cosine = nearest(content, weights, asked, self.near)
        source = np.repeat(asked, sizes)
        value = cosine * cold[source]
        both = np.r_[near, source], np.r_[source, near], np.r_[value, value]
        return pairs(self.name, content.n, both, keep=self.keep)


def stack_content(first: Content, more: Content) -> Content:
    """The items of `more` behind those of `first`."""
    indptr = np.r_[first.indptr, more.indptr[1:] + first.indptr[-1]].astype(np.int64)
    return Content(indptr, np.r_[first.terms, more.terms], np.r_[first.counts, more.counts])


def nearest(content: Content, weights: F32, asked: I32, k: int) -> tuple[I64, I32, F32]:
    """The k items nearest to each of `asked` by cosine: (how many each, items, cosines), best first."""
    values = weighted(content, weights)
    order = np.argsort(content.terms, kind="stable")
    rows = np.repeat(np.arange(content.n, dtype=np.int32), np.diff(content.indptr))
    known, starts = np.unique(content.terms[order], return_index=True)
    ends = np.r_[starts[1:], len(order)].astype(np.int64)
    place = np.searchsorted(known, content.terms).astype(np.int64)
    common = max(50, content.n // 4)  # a term that most items have tells nothing and costs most
    return _nearest(asked, (content.indptr, place, values), (starts, ends, rows[order], values[order]), (k, common))  # type: ignore[no-any-return]


@njit(cache=True, nogil=True, fastmath=True)
def _nearest(asked, own, lists, limits):  # type: ignore[no-untyped-def]
    indptr, place, values = own
    starts, ends, items, weights = lists
    k, common = limits
    n = len(indptr) - 1
    total, touched = np.zeros(n, np.float32), np.empty(n, np.int32)
    sizes = np.zeros(len(asked), np.int64)
    near, cosine = np.empty(len(asked) * k, np.int32), np.empty(len(asked) * k, np.float32)
    filled = 0
    for a in range(len(asked)):
        m = 0
        for e in range(indptr[asked[a]], indptr[asked[a] + 1]):
            p = place[e]
            if ends[p] - starts[p] > common:
                continue
            for x in range(starts[p], ends[p]):
                j = items[x]
                if total[j] == 0:
                    touched[m] = j
                    m += 1
                total[j] += values[e] * weights[x]
        total[asked[a]] = 0
        for x in range(_best(total, touched, m, k)):
            if total[touched[x]] > 0:
                near[filled], cosine[filled] = touched[x], total[touched[x]]
                filled += 1
                sizes[a] += 1
        for x in range(m):
            total[touched[x]] = 0
    return sizes, near[:filled].copy(), cosine[:filled].copy()


def pairs(name: str, n: int, entries: tuple[I32, I32, F32], *, keep: int) -> Part:
    """A matrix from pairs: the greater value where one comes twice, the best `keep` of a row, best first."""
    rows, columns, values = entries
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    _, first = np.unique(rows.astype(np.int64) * n + columns, return_index=True)
    kept = np.sort(first)
    rows, columns, values = rows[kept], columns[kept], values[kept]
    starts = np.searchsorted(rows, np.arange(n + 1))
    kept = np.arange(len(rows)) - starts[rows] < keep
    sizes = np.bincount(rows[kept], minlength=n).astype(np.int64)
    return stack(name, [(sizes, columns[kept].astype(np.int32), values[kept].astype(np.float32))])
