"""Sign-in with OpenID Connect (Core 1.0, code flow): state, nonce and PKCE (RFC 7636), by Authlib.

What talks to the provider (`oidc_begin`, `oidc_finish`) takes no `db`: a slow provider must hold no transaction.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from regulars.kit.errors import Forbidden, Unauthorized, Unavailable
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team.agents import fold_email
from regulars.team.model import SignedIn
from regulars.team.sessions import begin_session
from regulars.team.store import agents as agents_store
from regulars.team.store import invitations as store

FLOW_LASTS = timedelta(minutes=10)
ANSWER_SECONDS = 10
LEEWAY_SECONDS = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519"]  # never HS or none


@dataclass(frozen=True, slots=True)
class Provider:
    """Who vouches for agents, and as whom we ask.

    issuer        as its tokens say it: https://login.example
    redirect_uri  where it sends people back to
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in on its way. The browser goes to `url`, and keeps `state` in a cookie of its own."""

    url: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    next: str = ""


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the provider says it is. An e-mail address only when the provider has checked it."""

    issuer: str
    subject: str
    email: str | None


def oidc_begin(provider: Provider, *, next: str = "") -> Flow:
    """Where to send the browser. Raises Unavailable when the provider does not answer."""
    about = _about(provider)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    with _session(provider) as session:
        url, state = session.create_authorization_url(
            _endpoint(about, "authorization_endpoint"),
            state=secrets.token_urlsafe(32),
            code_verifier=verifier,
            nonce=nonce,
            response_type="code",
        )
    return Flow(url, state, nonce, verifier, next)


def oidc_keep(db: Db, flow: Flow, *, now: datetime) -> None:
    """Remember it until the browser comes back."""
    kept = (flow.nonce, flow.verifier, flow.next)
    store.add_flow(db, _hash(flow.state), kept, (now, now + FLOW_LASTS))


def oidc_take(db: Db, state: str, *, now: datetime) -> Flow:
    """The flow with that state, once. Raises Unauthorized."""
    found = store.take_flow(db, _hash(state), now)
    if found is None:
        raise Unauthorized("this sign-in is over or was used: begin again")
    nonce, verifier, next = found
    return Flow("", state, nonce, verifier, next)


def oidc_finish(provider: Provider, flow: Flow, code: str, *, now: datetime) -> Proven:
    """Change the code for a token and read it. Raises Unauthorized, Unavailable."""
    about = _about(provider)
    try:
        with _session(provider) as session:
            answer = session.fetch_token(
                _endpoint(about, "token_endpoint"),
                code=code,
                code_verifier=flow.verifier,
                grant_type="authorization_code",
                timeout=ANSWER_SECONDS,
            )
        keys = KeySet.import_key_set(_json(_endpoint(about, "jwks_uri")))  # type: ignore[arg-type]  # checked by it
        claims = jwt.decode(str(answer.get("id_token", "")), keys, algorithms=ALGORITHMS).claims
        _registry(provider, about, flow, now).validate(claims)
    except requests.RequestException as e:
        raise Unavailable("the sign-in provider does not answer: try again in a moment") from e
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as e:
        raise Unauthorized(f"the sign-in provider's answer is not valid ({e}): begin again") from e
    return _proven(provider, about, claims)


def oidc_sign_in(db: Db, proven: Proven, *, address: str, device: str, now: datetime) -> SignedIn:
    """Begin the session of whom the provider vouches for.

    The first time they are found by their checked e-mail address, from then on by the provider's name for them: an
    address that changes hands opens nothing. Whether a second factor is needed is the provider's to say.
    Raises Forbidden when they are no agent here.
    """
    known = store.of_subject(db, proven.issuer, proven.subject)
    if known is None and proven.email is not None:
        known = store.bind(db, fold_email(proven.email), proven.issuer, proven.subject)
    agent = agents_store.agent_by_id(db, known) if known else None
    if agent is None or agent.disabled_at:
        raise Forbidden("you are known to the sign-in provider, but no agent here: ask an administrator to invite you")
    return begin_session(db, agent, address=address, device=device, now=now)


def _registry(provider: Provider, about: Mapping[str, object], flow: Flow, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": str(about["issuer"])},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": flow.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _proven(provider: Provider, about: Mapping[str, object], claims: Mapping[str, object]) -> Proven:
    party, audience = claims.get("azp"), claims["aud"]
    if party not in (None, provider.client_id) or (isinstance(audience, list) and len(audience) > 1 and party is None):
        raise Unauthorized("the sign-in provider's token is for somebody else: begin again")
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
        raise Unauthorized("the sign-in provider names nobody: begin again")
    checked = isinstance(email, str) and claims.get("email_verified") is True
    return Proven(str(about["issuer"]), clean(subject), clean(str(email))[:300] if checked else None)


def _about(provider: Provider) -> Mapping[str, object]:
    """What the provider says of itself (OpenID Connect Discovery 1.0)."""
    about = _json(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if str(about.get("issuer", "")).rstrip("/") != provider.issuer.rstrip("/"):
        raise Unavailable(
            "the sign-in provider calls itself differently than REGULARS_OIDC_ISSUER does: put that right"
        )
    return about


def _json(url: str) -> Mapping[str, object]:
    try:
        answer = requests.get(url, timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        said = answer.json()
    except (requests.RequestException, ValueError) as e:
        raise Unavailable("the sign-in provider does not answer: try again in a moment") from e
    if not isinstance(said, dict):
        raise Unavailable("the sign-in provider's answer makes no sense: look at REGULARS_OIDC_ISSUER")
    return cast("dict[str, object]", said)


def _endpoint(about: Mapping[str, object], name: str) -> str:
    url = about.get(name)
    if not isinstance(url, str) or urlsplit(url).scheme not in ("https", "http"):
        raise Unavailable(f"the sign-in provider does not say its {name}")
    return url


def _session(provider: Provider) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope="openid email profile",
        redirect_uri=provider.redirect_uri,
        code_challenge_method="S256",
    )


def _hash(state: str) -> str:
    return sha256(b"oidc:" + state.encode("utf-8", "replace")).hexdigest()
