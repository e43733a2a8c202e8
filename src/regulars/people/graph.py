"""Who is one person: pure rules over nodes, the merges between them and their identities.

A person is a connected component of nodes. Its root is its smallest node. Merges form a forest: joining what is
already one adds nothing, so undoing any merge parts exactly the two sides it joined.
"""

from collections.abc import Collection, Iterable

from regulars.kit.errors import Invalid
from regulars.kit.ids import PersonId
from regulars.people.model import Identity, IdentityKind

Edge = tuple[PersonId, PersonId]

MOST_IDENTITIES = 1000
"""A person with more names than this is a mistake or an attack: no more are joined."""


def whose(user_id: str | None, anonymous_id: str | None, *, proven: bool) -> Identity:
    """The identity an event is recorded for. Raises Invalid when neither id is there.

    A proven user id is that user. A user id that is only said does not count where there is a device to go by.
    """
    if user_id and proven:
        return Identity(IdentityKind.USER, user_id)
    if anonymous_id:
        return Identity(IdentityKind.ANONYMOUS, anonymous_id)
    if user_id:
        return Identity(IdentityKind.CLAIMED, user_id)
    raise Invalid("say who it was: userId or anonymousId", fields={"userId": "userId or anonymousId is needed"})


def roots(nodes: Collection[PersonId], edges: Iterable[Edge]) -> dict[PersonId, PersonId]:
    """The root of each of `nodes` when exactly `edges` join them."""
    parent = {n: n for n in nodes}

    def top(n: PersonId) -> PersonId:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for a, b in edges:
        low, high = sorted((top(a), top(b)))
        parent[high] = low
    return {n: top(n) for n in nodes}


def may_prove(device: Collection[Identity]) -> bool:
    """Whether a device may be joined with the user proven on it: not when it is another user's already."""
    return not any(i.kind is IdentityKind.USER for i in device)


def may_claim(device: Collection[Identity], claimed: Collection[Identity]) -> bool:
    """Whether a device may be joined with a user id only said on it: the first device to say it, saying it first."""
    taken = any(i.kind in (IdentityKind.USER, IdentityKind.CLAIMED) for i in device)
    return not taken and len(claimed) == 1
