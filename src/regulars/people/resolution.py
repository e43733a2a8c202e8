"""One facet out of the rows of all nodes of a person: pure.

Newer stated beats older (a cleared one is newest too), what was said to be wrong adds up, the newest "use" or "don't
use" counts. A gathering facet (hidden items, allergens: a list of no's) keeps what each side said before they were
one, until they say otherwise. Guesses are those of the node guessed for last.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from typing import cast

import msgspec

from regulars.kit.json import Json
from regulars.people.model import Evidence, Facet
from regulars.people.together import Together

NEVER = datetime.min.replace(tzinfo=UTC)


class FacetRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one node holds of one facet; a JSON array on its way from the database. evidence: [what, ref, share]."""

    node: int
    name: str
    scope: str
    stated: object = None
    stated_at: datetime | None = None
    stated_by: str | None = None
    gathers: bool = False
    denied: tuple[object, ...] = ()
    used: bool = True
    used_at: datetime | None = None
    inferred: object = None
    confidence: float | None = None
    evidence: tuple[tuple[str, str, float], ...] | None = None
    inferred_at: datetime | None = None


def resolve(
    rows: Iterable[FacetRow], guessed: Mapping[int, datetime], together: Together
) -> dict[tuple[str, str], Facet]:
    """The facets of a person by (name, scope).

    guessed   when each node was last guessed for; absent = never
    together  since when the nodes are one person
    """
    speaks = max(guessed, key=lambda n: (guessed[n], n), default=None)
    groups: dict[tuple[str, str], list[FacetRow]] = {}
    for row in rows:
        groups.setdefault((row.name, row.scope), []).append(row)
    return {key: _facet(group, speaks, together) for key, group in groups.items()}


def _facet(rows: Sequence[FacetRow], speaks: int | None, together: Together) -> Facet:
    guess = next((r for r in rows if r.node == speaks and r.inferred_at), None)
    said = use = rows[0]
    stated, denied = cast(Json, said.stated), cast(tuple[Json, ...], said.denied)
    if len(rows) > 1:
        said = max(rows, key=lambda r: (r.stated_at or NEVER, r.node))
        use = max(rows, key=lambda r: (r.used_at or NEVER, r.node))
        stated = _stated(said, rows, together)
        denied = _union(r.denied for r in sorted(rows, key=attrgetter("node")))
    fact = (said.name, said.scope, stated, said.stated_at, said.stated_by, denied, use.used)
    if guess is None:
        return Facet(*fact)
    evidence = tuple(Evidence(*e) for e in guess.evidence or ())
    return Facet(*fact, cast(Json, guess.inferred), guess.confidence or 0.0, evidence, guess.inferred_at)


def _stated(newest: FacetRow, rows: Sequence[FacetRow], together: Together) -> Json:
    """The newest value; of a gathering facet, all lists that nothing newer replaced, the newest first."""
    if not any(r.gathers for r in rows):
        return cast(Json, newest.stated)
    said = sorted(((r.stated_at, r.node, r.stated) for r in rows if r.stated_at), key=itemgetter(0, 1), reverse=True)
    lists = [
        value
        for at, node, value in said
        if isinstance(value, list | tuple) and not any(together.replaced((node, at), (n, t)) for t, n, _ in said)
    ]
    return list(_union(lists)) or None


def _union(lists: Iterable[Sequence[object]]) -> tuple[Json, ...]:
    seen: list[Json] = []
    for values in lists:
        seen.extend(cast(Json, v) for v in values if v not in seen)
    return tuple(seen)
