"""Whom a call is about, and whether the caller may act for them."""

from typing import Annotated

from msgspec import Meta, Struct

from regulars import people
from regulars.kit.clock import utc_now
from regulars.kit.errors import Forbidden, Invalid, Unauthorized
from regulars.kit.ids import PersonId
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.web.auth import Caller, proven_user
from regulars.web.edge import Edge

PROVEN = frozenset({IdentityKind.USER, IdentityKind.EMAIL})
"""Identities nobody has by only saying so: what somebody wrote to us opens for these alone."""

Name = Annotated[str, Meta(min_length=1, max_length=512)]


class PersonIn(Struct, rename={"user_id": "userId", "anonymous_id": "anonymousId"}):
    """A person: by user id, by anonymous id, or nobody in particular."""

    user_id: Annotated[Name | None, Meta(description="Your own id of someone signed in.", examples=["vera"])] = None
    anonymous_id: Annotated[Name | None, Meta(description="The random id of a browser.", examples=["a1b2c3"])] = None


def whom(edge: Edge, caller: Caller, person: PersonIn | None, token: object = None) -> Identity | None:
    """The identity a call is about; None for nobody in particular.

    A server key may name anybody. With a write key a user id counts with a person token of that very user; a visitor
    that only says it is taken for its anonymous id. Raises Unauthorized without a proof, Forbidden with another's.
    """
    user, anonymous = (person.user_id, person.anonymous_id) if person else (None, None)
    if caller.is_server:
        return _named(user, anonymous)
    proven = proven_user(edge, caller, token)
    if user is not None and proven is not None and proven != user:
        raise Forbidden("the person token proves another user id than the one asked for")
    if user is not None and proven is None and anonymous is None:
        raise Unauthorized("a user id needs a person token: a JWT signed by your server with your company's secret")
    return _named(proven, anonymous or caller.anonymous)


def visitor(edge: Edge, caller: Caller) -> Identity:
    """The visitor itself: the user of the person token, else the anonymous id of the header. Raises Unauthorized."""
    found = whom(edge, caller, None) or (_named(None, caller.anonymous) if caller.is_server else None)
    if found is None:
        raise Unauthorized("say who you are: the header X-Regulars-Anonymous, or a person token in X-Regulars-Person")
    return found


def node_of(db: Db, identity: Identity) -> PersonId:
    """Where what is said about `identity` is written; someone not known yet is made."""
    return people.resolve(db, [identity], now=utc_now())[identity]


def addressed(text: str) -> Identity:
    """The identity of an address: a user id, or "anonymous:ID", "claimed:ID", "user:ID"."""
    kind, colon, value = text.partition(":")
    if colon and kind in ("anonymous", "claimed", "user"):
        return _checked(IdentityKind(kind), value)
    return _checked(IdentityKind.USER, text)


def known(db: Db, text: str) -> PersonId:
    """The node of an address. A user id is looked up as proven, else as claimed. Raises NotFound."""
    identity = addressed(text)
    if identity.kind is IdentityKind.USER:
        return people.find_user(db, identity.value)
    return people.find(db, identity)


def _named(user: str | None, anonymous: str | None) -> Identity | None:
    if user is not None:
        return _checked(IdentityKind.USER, user)
    return _checked(IdentityKind.ANONYMOUS, anonymous) if anonymous is not None else None


def _checked(kind: IdentityKind, value: str) -> Identity:
    if not 1 <= len(value) <= 512 or "\x00" in value:
        raise Invalid("an id of a person has 1 to 512 characters and no NUL", fields={"person": "is no id"})
    return Identity(kind, value)
