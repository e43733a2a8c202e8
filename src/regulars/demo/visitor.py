"""Who is at the site: language, sign-in and basket, from what the browser sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from litestar.di import NamedDependency

from regulars.demo.basket import Basket, read
from regulars.demo.config import DemoConfig
from regulars.demo.content import Content
from regulars.kit.text import LANGUAGES

LANGUAGE, SIGNED_IN, BASKET = "reading_table_language", "reading_table_guest", "reading_table_basket"
"""The site's own cookies. Each is set only when the visitor asks for what it is for."""

LASTS = timedelta(hours=12)
CAST: Mapping[str, str] = {"vera": "Vera", "omar": "Omar"}
_NAME = re.compile(r"[^\W\d_]{2,24}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visitor, as far as the site knows."""

    language: str
    user_id: str | None
    token: str | None
    basket: Basket

    @property
    def name(self) -> str:
        """How to greet them; '' when nobody is signed in."""
        if self.user_id is None:
            return ""
        return CAST.get(self.user_id) or self.user_id.removeprefix("guest-").capitalize()


GivenVisitor = NamedDependency[Visitor]
"""Whoever asked, for handlers."""


def visitor_of(
    config: DemoConfig, content: Content, cookies: Mapping[str, str], accepts: str, *, now: datetime
) -> Visitor:
    """The visitor these cookies and this Accept-Language header belong to."""
    token = cookies.get(SIGNED_IN)
    user = _user(config, token, now) if token else None
    chosen = cookies.get(LANGUAGE, "")
    return Visitor(
        language=chosen if chosen in LANGUAGES else preferred(accepts),
        user_id=user,
        token=token if user else None,
        basket=read(content, cookies.get(BASKET, "")),
    )


def preferred(accepts: str) -> str:
    """The first of our languages an Accept-Language header names (RFC 9110, by its weights), else English."""
    ranked = []
    for position, piece in enumerate(accepts.split(",")[:20]):
        tag, _, weight = piece.strip().partition(";q=")
        base = tag.split("-")[0].lower()
        if base in LANGUAGES:
            ranked.append((-_weight(weight), position, base))
    return min(ranked)[2] if ranked else "en"


def sign_in(config: DemoConfig, who: str, *, now: datetime) -> str | None:
    """A token for one of the cast, or for somebody new with this first name; None for a name that is none."""
    user = who if who in CAST else f"guest-{who.lower()}" if _NAME.fullmatch(who) else None
    claims = {"sub": user, "exp": int((now + LASTS).timestamp())}
    return jwt.encode(claims, config.person_secret, "HS256") if user else None


def _user(config: DemoConfig, token: str, now: datetime) -> str | None:
    try:
        claims = jwt.decode(token, config.person_secret, ["HS256"], options={"verify_exp": False, "require": ["exp"]})
    except jwt.InvalidTokenError:
        return None  # of another installation: they sign in again
    return str(claims["sub"]) if now.timestamp() < float(claims["exp"]) else None


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
