"""Turns templates into answers: prices, labels and texts in the visitor's language, a strict policy on every page."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import jinja2
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from litestar import Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect

from regulars.demo.config import DemoConfig
from regulars.demo.content import Content, texts
from regulars.demo.visitor import Visitor
from regulars.kit.text import LANGUAGES, pick

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Vary": "Cookie, Accept-Language",
}
OWN_NAMES: Mapping[str, str] = {"en": "English", "es": "Español", "nl": "Nederlands"}


class Pages:
    """The site's templates with everything they may say."""

    def __init__(self, config: DemoConfig, content: Content) -> None:
        self.config = config
        self.content = content
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(
        self, template: str, visitor: Visitor, path: str, *, status: int = 200, more: Mapping[str, object] | None = None
    ) -> Response[str]:
        """`template` for `visitor`; `path` is where a switch of language comes back to."""
        html = self._templates.get_template(template).render(
            {
                "visitor": visitor,
                "path": path,
                "lang": visitor.language,
                "languages": {code: OWN_NAMES[code] for code in LANGUAGES},
                "t": texts(visitor.language),
                "say": lambda group, id: self.content.say(group, id, visitor.language),
                "text": lambda localised: pick(localised, visitor.language),
                "money": lambda amount: money(amount, visitor.language),
                "day": lambda date: format_date(date, "long", locale=visitor.language),
                "moment": lambda at: format_datetime(at, "medium", locale=visitor.language),
                "write_key": self.config.write_key,
                "asset": asset,
                "names_of": lambda line: ", ".join(pick(p.title, visitor.language) for p in line.parts),
                **(more or {}),
            }
        )
        return Response(html, media_type="text/html; charset=utf-8", status_code=status, headers=HEADERS)


GivenPages = NamedDependency[Pages]
"""The site's pages, for handlers."""


def money(amount: Decimal, language: str, currency: str = "EUR") -> str:
    """An amount as people of this language write it."""
    return format_currency(amount, currency, locale=language)


@lru_cache
def asset(file: str) -> str:
    """The address of one of the site's own files; changes with its content, so that it may be kept for long."""
    return f"/shop/{file}?{hashlib.sha256((HERE / 'static' / file).read_bytes()).hexdigest()[:10]}"


def back_to(path: str, cookies: list[Cookie] | None = None) -> Redirect:
    """Send the browser to a page of this site; anywhere else becomes the first page."""
    safe = path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
    return Redirect(safe, status_code=303, cookies=cookies or [], headers={"Cache-Control": "no-store"})


def own_cookie(config: DemoConfig, name: str, value: str, *, lasts_seconds: int | None) -> Cookie:
    """A cookie of the site itself, out of reach of scripts; an empty value removes it."""
    return Cookie(
        key=name,
        value=value,
        max_age=lasts_seconds if value else 0,
        httponly=True,
        samesite="lax",
        secure=config.secure,
        path="/",
    )
