"""Someone says who they are: what that joins, and what it never may.

Proof is a server key or a signed token. A claim is a user id a browser only says: it never reaches a proven user,
and never a claimed id that another device said first. A person therefore holds proven users or one claim, never both.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from regulars.kit.errors import Conflict
from regulars.kit.ids import PersonId, new_id
from regulars.kit.json import Json
from regulars.people import graph, joins
from regulars.people.identities import resolve
from regulars.people.model import AliasCall, IdentifyCall, Identity, IdentityKind, MergeRecord
from regulars.people.store import merges, nodes
from regulars.people.traits import save_traits
from regulars.store import Db


def identify(db: Db, who: IdentifyCall, *, now: datetime) -> PersonId:
    """Keep the traits, join the device with the user where that is allowed; the node the call is recorded for.

    Raises Invalid when nobody is named, Conflict over 1,000 identities.
    """
    found = identify_all(db, [who], now=now)[0]
    if isinstance(found, Conflict):
        raise found
    return found


def alias(db: Db, who: AliasCall, *, now: datetime) -> PersonId:
    """Join an earlier id with a user id; the node the call is recorded for. Two users become one only by proof."""
    found = identify_all(db, [who], now=now)[0]
    if isinstance(found, Conflict):
        raise found
    return found


def identify_all(db: Db, calls: Sequence[IdentifyCall | AliasCall], *, now: datetime) -> list[PersonId | Conflict]:
    """All `calls` of a batch in their order; for each the node it is recorded for, or why it could not be joined.

    Names first, then joins, then traits: batches that run at the same time do not block each other for good.
    """
    links = [_link(db, call) for call in calls]
    known = resolve(db, {i for link in links for i in link.named}, now=now)
    roots = nodes.root_pairs(db, list(known.values()))
    told: dict[PersonId, dict[str, Json]] = {}
    out: list[PersonId | Conflict] = []
    for call, link in zip(calls, links, strict=True):
        node = known[link.recorded_for]
        try:
            for a, b in link.pairs:
                if roots[known[a]] != roots[known[b]]:
                    _join(db, link, MergeRecord(new_id(), known[a], known[b], link.source, link.by, now))
            out.append(node)
        except Conflict as e:
            out.append(e)
        if isinstance(call, IdentifyCall) and call.traits:
            told.setdefault(node, {}).update(call.traits)
    save_traits(db, told)
    return out


@dataclass(frozen=True, slots=True)
class _Link:
    """What a call names, which pairs it would join, under which policy."""

    recorded_for: Identity
    pairs: tuple[tuple[Identity, Identity], ...]
    policy: joins.Policy
    source: str
    by: str

    @property
    def named(self) -> set[Identity]:
        return {self.recorded_for}.union(*self.pairs)


def _link(db: Db, call: IdentifyCall | AliasCall) -> _Link:
    if isinstance(call, AliasCall):
        return _alias(db, call)
    node = graph.whose(call.user_id, call.anonymous_id, proven=call.proven)
    if not call.user_id or not call.anonymous_id:
        return _Link(node, (), _anyone, "", call.source)
    device = Identity(IdentityKind.ANONYMOUS, call.anonymous_id)
    if call.proven:
        return _Link(node, ((device, node),), _proof, "proof", call.source)
    return _Link(
        node, ((device, Identity(IdentityKind.CLAIMED, call.user_id)),), graph.may_claim, joins.CLAIM, call.source
    )


def _alias(db: Db, call: AliasCall) -> _Link:
    device = Identity(IdentityKind.ANONYMOUS, call.previous_id)
    if not call.proven:
        pair = device, Identity(IdentityKind.CLAIMED, call.user_id)
        return _Link(device, (pair,), graph.may_claim, joins.CLAIM, "alias")
    user = Identity(IdentityKind.USER, call.user_id)
    earlier = Identity(IdentityKind.USER, call.previous_id)
    known = nodes.select(db, [device, earlier])
    # a previous id never seen may turn out to be either: whichever comes, it is this person
    previous = [earlier] if earlier in known else [device] if device in known else [device, earlier]
    return _Link(user, tuple((p, user) for p in previous if p != user), _anyone, "alias", "alias")


def _join(db: Db, link: _Link, asked: MergeRecord) -> None:
    if not joins.allowed(db, link.policy, asked):
        return  # the usual end on a shared device: found out without the lock
    merges.lock(db)
    if nodes.root(db, asked.a) != nodes.root(db, asked.b) and joins.allowed(db, link.policy, asked):
        joins.join_over_claims(db, asked)


def _proof(device: Collection[Identity], _user: Collection[Identity]) -> bool:
    return graph.may_prove(device)


def _anyone(_a: Collection[Identity], _b: Collection[Identity]) -> bool:
    return True
