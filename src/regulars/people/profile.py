"""Everything a decision needs to know of a person, in one prepared round trip."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import numpy as np

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.people.model import History, Identity, IdentityKind, Profile
from regulars.people.resolution import resolve
from regulars.people.store import facets as facet_table
from regulars.people.store import profile as table
from regulars.people.store.arrays import array_of
from regulars.people.together import Tie, Together, Word, effective
from regulars.store import Db


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
    by_user_id = or_claimed and identity.kind is IdentityKind.USER
    how = table.BY_USER_ID if by_user_id else table.BY_IDENTITY
    return _decode(table.read(db, how, (identity.kind.value, clean(identity.value)), newest))


def profile_of(db: Db, node: PersonId, *, newest: int = 200) -> Profile:
    """The person that `node` belongs to; an empty profile when there is no such node."""
    held = node if 0 < node <= LARGEST_NODE else 0  # 0 is nobody's; PostgreSQL refuses what no bigint holds
    return _decode(table.read(db, table.BY_NODE, (held,), newest))


def _decode(row: Sequence[bytes | None]) -> Profile:
    node, root, named, nodes, facets, consents, ties, versions, *history = row
    counters = _versions(versions) if versions else {}
    if node is None or root is None:
        return Profile(None, None, (), {}, {}, {}, NOTHING, counters)
    names = _identities(named) if named else []
    people = _nodes(nodes) if nodes else []
    together = Together(_ties(ties)) if ties else ALONE
    return Profile(
        PersonId(int.from_bytes(root)),
        PersonId(int.from_bytes(node)),
        tuple(Identity(n.kind, n.value) for n in names),
        _traits(people, names),
        resolve(facet_table.DECODER.decode(facets), _guessed(people), together) if facets else {},
        {p: word.granted for p, word in effective(_words(consents), together).items()} if consents else {},
        _history(history),
        counters,
    )


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
