"""Who an event is recorded for, and who may be joined with whom: pure rules.

Proof is a server key or a signed token. A claim is a user id a browser only says: it never reaches a proven user,
and never a claimed id that another device said first. A person therefore holds proven users or one claim, never both.
"""

from regulars.kit.errors import Invalid
from regulars.people.graph import CLAIM, Graph
from regulars.people.model import Identity, IdentityKind, MergeRecord


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


PROOF = "proof"
"""Source of a merge: a device and the user proven on it."""

ALIAS = "alias"
"""Source of a merge: the company said that two ids are one person."""


def may_join(graph: Graph, asked: MergeRecord) -> bool:
    """Whether what was asked for without a person deciding may be done (`asked.a` is the device).

    A merge that was taken back stays taken back. Proof: not on a device that is another user's. Claim: only the first
    device to claim an id, claiming it first.
    """
    if graph.root(asked.a) == graph.root(asked.b) or graph.was_taken_back(asked.a, asked.b):
        return False
    device = {name.kind for name in graph.names(asked.a)}
    if asked.source == PROOF:
        return IdentityKind.USER not in device
    if asked.source == CLAIM:
        return device.isdisjoint((IdentityKind.USER, IdentityKind.CLAIMED)) and len(graph.names(asked.b)) == 1
    return True
