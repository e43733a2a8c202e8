"""How people are named on the command line."""

from regulars import people
from regulars.kit.errors import NotFound
from regulars.people import Identity, IdentityKind
from regulars.store import Db


def identity_of(db: Db, name: str) -> Identity:
    """`user id`, or `anonymous:ID`. Raises NotFound where there is nobody of that name."""
    kind, colon, rest = name.partition(":")
    if colon and kind == "anonymous":
        who = Identity(IdentityKind.ANONYMOUS, rest)
        people.find(db, who)
        return who
    for kind_of in (IdentityKind.USER, IdentityKind.CLAIMED):
        who = Identity(kind_of, name)
        try:
            people.find(db, who)
        except NotFound:
            continue
        return who
    raise NotFound(f"there is no person {name!r}: give a user id, or anonymous:ID")
