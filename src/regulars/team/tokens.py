"""Signed tokens (JWT, RFC 7519): who a visitor is, said by the company; whose page a link opens, said by us.

The algorithm is pinned and an end is required. Each use has its own secret, so that no token passes for another.
"""

import secrets as random
from collections.abc import Mapping
from datetime import datetime

import jwt

from regulars.kit.errors import Unauthorized
from regulars.store import Db
from regulars.team.store import keys as store

ALGORITHM = "HS256"
PERSON = "person_token"
ME = "me"
MY = "my"
"""Opens somebody's conversations only: such links stand in mails, which people pass on."""

LONGEST = 4_096


def secret(db: Db, name: str, *, now: datetime) -> str:
    """The secret called `name`, made when it is first asked for: 256 random bits as text."""
    return store.secret(db, name, random.token_urlsafe(32), now)


def rotate_secret(db: Db, name: str, *, now: datetime) -> str:
    """Replace the secret called `name`: every token signed with the old one is refused from then on."""
    return store.replace_secret(db, name, random.token_urlsafe(32), now)


def person_token(secret: str, user_id: str, *, expires: datetime) -> str:
    """What the company's server gives a signed-in visitor: {"sub": user_id, "exp": …}."""
    return jwt.encode({"sub": user_id, "exp": int(expires.timestamp())}, secret, ALGORITHM)


def user_of(secret: str, token: str, *, now: datetime) -> str:
    """The user id a person token proves. Raises Unauthorized when it is not ours, not whole, or over."""
    claims = _read(secret, token, now)
    user = claims.get("sub")
    if not isinstance(user, str) or not 1 <= len(user) <= 512 or "\x00" in user:
        raise Unauthorized('the person token names nobody: put the user id in its claim "sub"')
    return user


def me_token(secret: str, kind: str, value: str, *, expires: datetime) -> str:
    """A token that opens the page of the person known by (kind, value)."""
    return jwt.encode({"me": [kind, value], "exp": int(expires.timestamp())}, secret, ALGORITHM)


def me_of(secret: str, token: str, *, now: datetime) -> tuple[str, str]:
    """(kind, value) of the identity whose page `token` opens. Raises Unauthorized."""
    match _read(secret, token, now).get("me"):
        case [str(kind), str(value)]:
            return kind, value
    raise Unauthorized("this link opens nobody's page")


def _read(secret: str, token: str, now: datetime) -> Mapping[str, object]:
    # The library would look at its own clock: the end is compared with ours instead.
    options = {"require": ["exp"], "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    if len(token) > LONGEST:
        raise Unauthorized("the token is too long to be one of ours")
    try:
        plain = token.encode("utf-8", "replace")
        claims: dict[str, object] = jwt.decode(plain, secret, algorithms=[ALGORITHM], options=options)  # type: ignore[arg-type]
    except (jwt.InvalidTokenError, RecursionError) as e:  # the header is parsed before the signature is checked
        raise Unauthorized(f"the token is not valid ({e}): ask for a new one") from e
    expires, begins = claims["exp"], claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        raise Unauthorized('the token does not say until when it is valid: put seconds since 1970 in "exp"')
    if not begins <= now.timestamp() < expires:
        raise Unauthorized("the token is over: ask for a new one")
    return claims
