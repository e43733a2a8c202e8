"""Everything a decision needs to know of a person, in one prepared round trip."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
import numpy as np

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.people.model import Facet, History, Identity, IdentityKind, Profile, Purpose
from regulars.people.resolution import resolve
from regulars.people.store import facets as facet_table
from regulars.people.store import profile as table
from regulars.people.store.arrays import array_of
from regulars.people.together import Tie, Together, Word, effective
from regulars.store import Db, Question


class _Named(msgspec.Struct, array_like=True, gc=False):
    node: int
    kind: IdentityKind
    value: str


class _Node(msgspec.Struct, array_like=True, gc=False):
    id: int
    traits: dict[str, object]
    guessed_at: datetime | None


_identities = msgspec.json.Decoder(list[_Named]).decode
_nodes = msgspec.json.Decoder(list[_Node]).decode
_words = msgspec.json.Decoder(list[Word]).decode
_ties = msgspec.json.Decoder(list[Tie]).decode
_versions = msgspec.json.Decoder(dict[str, int]).decode

PEOPLE_REMEMBERED = 4_096
"""Of how many people what was read last is kept decoded: some kilobytes each."""

SECONDS_TO_2000 = 946_684_800
ALONE = Together()
NOTHING = History(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int8), np.empty(0, np.float64))

LARGEST_NODE = 2**63 - 1


def profile(db: Db, identity: Identity | None, *, newest: int = 200, or_claimed: bool = False) -> Profile:
    """The person known as `identity`; an empty profile (person None) for nobody or somebody unknown.

    newest      how many of the latest interactions to read
    or_claimed  a user id that was never proven may be one that was claimed: for lookups by the company
    """
    if identity is None:
        return Profile(None, None, (), {}, {}, {}, NOTHING, table.versions(db))
    return answered(table.read(db, asking(identity, newest=newest, or_claimed=or_claimed)))


def profile_of(db: Db, node: PersonId, *, newest: int = 200) -> Profile:
    """The person that `node` belongs to; an empty profile when there is no such node."""
    held = node if 0 < node <= LARGEST_NODE else 0  # 0 is nobody's; PostgreSQL refuses what no bigint holds
    return answered(table.read(db, table.question(table.BY_NODE, (held,), newest)))


def asking(identity: Identity | None, *, newest: int = 200, or_claimed: bool = False) -> Question:
    """The question whose row is the `profile` of `identity`, for those who ask without waiting (store.Questions)."""
    if identity is None:
        return table.question(table.BY_NODE, (0,), newest)  # nobody's: the counters alone
    by_user_id = or_claimed and identity.kind is IdentityKind.USER
    how = table.BY_USER_ID if by_user_id else table.BY_IDENTITY
    return table.question(how, (identity.kind.value, clean(identity.value)), newest)


def answered(row: Sequence[bytes | None]) -> Profile:
    """The profile that the row of `asking` is."""
    node, root, named, nodes, facets, consents, ties, versions, *history = row
    counters = _counters(versions) if versions else {}
    if node is None or root is None:
        return Profile(None, None, (), {}, {}, {}, NOTHING, counters)
    said = _said(named, nodes, facets, consents, ties)
    return Profile(PersonId(int.from_bytes(root)), PersonId(int.from_bytes(node)), *said, _history(history), counters)


_Said = tuple[
    tuple[Identity, ...], Mapping[str, Json], Mapping[tuple[str, str], Facet], Mapping[Purpose, bool]
]  # fmt: skip
"""Identities, traits, facets and consents: shared between profiles, so never written to."""


@lru_cache(maxsize=PEOPLE_REMEMBERED)
def _said(
    named: bytes | None, nodes: bytes | None, facets: bytes | None, consents: bytes | None, ties: bytes | None
) -> _Said:  # fmt: skip
    """What these bytes say. The same bytes say the same: a page asks for several slots, a visitor for several pages."""
    names = _identities(named) if named else []
    people = _nodes(nodes) if nodes else []
    together = Together(_ties(ties)) if ties else ALONE
    return (
        tuple(Identity(n.kind, n.value) for n in names),
        _traits(people, names),
        resolve(facet_table.DECODER.decode(facets), _guessed(people), together) if facets else {},
        {p: word.granted for p, word in effective(_words(consents), together).items()} if consents else {},
    )


@lru_cache(maxsize=16)
def _counters(versions: bytes) -> Mapping[str, int]:
    return _versions(versions)


def _traits(people: Sequence[_Node], names: Sequence[_Named]) -> dict[str, Json]:
    """The traits of all nodes; those of a proven user overrule."""
    if len(people) == 1:
        return people[0].traits  # type: ignore[return-value]  # decoded JSON
    proven = {n.node for n in names if n.kind is IdentityKind.USER}
    out: dict[str, object] = {}
    for node in sorted(people, key=lambda p: (p.id in proven, p.id)):
        out |= node.traits
    return out  # type: ignore[return-value]  # decoded JSON


def _guessed(people: Sequence[_Node]) -> dict[int, datetime]:
    return {p.id: p.guessed_at for p in people if p.guessed_at}


def _history(columns: Sequence[bytes | None]) -> History:
    events, items, verbs, at = columns
    if events is None or items is None or verbs is None or at is None:
        return NOTHING
    return History(
        array_of(events, ">i8"),
        array_of(items, ">i4").astype(np.int32),
        array_of(verbs, ">i2").astype(np.int8),
        array_of(at, ">i8") / 1e6 + SECONDS_TO_2000,
    )
