"""Someone says who they are: devices and users that turn out to be one person are joined, as far as policy allows."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from regulars.kit.errors import Conflict
from regulars.kit.ids import PersonId, new_id
from regulars.kit.json import Json
from regulars.people.graph import CLAIM
from regulars.people.identities import known, resolve
from regulars.people.joins import join_where_allowed
from regulars.people.model import AliasCall, IdentifyCall, Identity, IdentityKind, MergeRecord
from regulars.people.policy import ALIAS, PROOF, whose
from regulars.people.store.nodes import root_pairs
from regulars.people.traits import save_traits
from regulars.store import Db

LONGEST_EMAIL = 320


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
    """All `calls` of a batch in their order; for each the node it is recorded for, or why it could not be done.

    Names first, then joins, then traits, each in few statements: batches that run at the same time do not block each
    other for good. A refused join (a shared device, a claim that came second) is no Conflict: it just joins nothing.
    """
    before = _known_before(db, calls)
    links = [_link(call, before) for call in calls]
    nodes = resolve(db, {name for link in links for name in link.named}, now=now)
    asked = [
        (n, MergeRecord(new_id(), nodes[a], nodes[b], link.source, link.by, now))
        for n, link in enumerate(links)
        for a, b in link.pairs
    ]
    conflicts = _join(db, asked)
    told: dict[PersonId, dict[str, Json]] = {}
    for call, link in zip(calls, links, strict=True):
        if isinstance(call, IdentifyCall) and call.traits:
            told.setdefault(nodes[link.recorded_for], {}).update(call.traits)
    full = save_traits(db, told)
    return [_answer(nodes[link.recorded_for], conflicts.get(n), full) for n, link in enumerate(links)]


def email_of(traits: Mapping[str, Json]) -> str:
    """The e-mail address among the traits, folded as identities are; "" when there is none."""
    said = traits.get("email")
    address = said.strip().casefold() if isinstance(said, str) else ""
    return address if "@" in address and len(address) <= LONGEST_EMAIL and "\x00" not in address else ""


@dataclass(frozen=True, slots=True)
class _Link:
    """Whom a call is recorded for, and which pairs it would join, the device first."""

    recorded_for: Identity
    pairs: tuple[tuple[Identity, Identity], ...] = ()
    source: str = ""
    by: str = ""

    @property
    def named(self) -> set[Identity]:
        return {self.recorded_for}.union(*self.pairs)


def _link(call: IdentifyCall | AliasCall, known: Container[Identity]) -> _Link:
    if isinstance(call, AliasCall):
        return _alias(call, known)
    node = whose(call.user_id, call.anonymous_id, proven=call.proven)
    if not call.user_id:
        return _Link(node)
    device = Identity(IdentityKind.ANONYMOUS, call.anonymous_id) if call.anonymous_id else None
    if call.proven:
        address = Identity(IdentityKind.EMAIL, call.email) if call.email else None
        return _Link(node, tuple((name, node) for name in (device, address) if name), PROOF, call.source)
    if device is None:
        return _Link(node)
    return _Link(node, ((device, Identity(IdentityKind.CLAIMED, call.user_id)),), CLAIM, call.source)


def _alias(call: AliasCall, known: Container[Identity]) -> _Link:
    device = Identity(IdentityKind.ANONYMOUS, call.previous_id)
    if not call.proven:
        return _Link(device, ((device, Identity(IdentityKind.CLAIMED, call.user_id)),), CLAIM, ALIAS)
    user = Identity(IdentityKind.USER, call.user_id)
    earlier = Identity(IdentityKind.USER, call.previous_id)
    # a previous id never seen may turn out to be either: whichever comes, it is this person
    previous = [earlier] if earlier in known else [device] if device in known else [device, earlier]
    return _Link(user, tuple((p, user) for p in previous if p != user), ALIAS, ALIAS)


def _known_before(db: Db, calls: Sequence[IdentifyCall | AliasCall]) -> Container[Identity]:
    previous = {call.previous_id for call in calls if isinstance(call, AliasCall) and call.proven}
    return known(db, [Identity(k, p) for p in previous for k in (IdentityKind.USER, IdentityKind.ANONYMOUS)])


def _join(db: Db, asked: Sequence[tuple[int, MergeRecord]]) -> dict[int, Conflict]:
    """What would join something new, in order; the Conflicts by number of the call."""
    roots = root_pairs(db, sorted({node for _, merge in asked for node in (merge.a, merge.b)})) if asked else {}
    open_ = [(n, merge) for n, merge in asked if roots[merge.a] != roots[merge.b]]
    answers = join_where_allowed(db, [merge for _, merge in open_]) if open_ else []
    return {n: conflict for (n, _), conflict in zip(open_, answers, strict=True) if conflict}


def _answer(node: PersonId, conflict: Conflict | None, full: Container[PersonId]) -> PersonId | Conflict:
    if node in full:
        return Conflict("this person has as many traits as can be kept: take some away first")
    return conflict or node
