"""From a template and values to an answer: one environment a language, one set of headers a kind of page."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.response import Redirect

from regulars import __version__
from regulars.kit.i18n import speaker
from regulars.kit.text import LANGUAGES
from regulars.web.pages import formats

HERE = Path(__file__).parent
STATIC = HERE.parent / "static"

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' https: http: data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""Content security policy of our pages (CSP level 3): nothing inline, nothing from elsewhere but pictures of items."""


@lru_cache
def environment(language: str) -> Environment:
    """The templates, speaking `language`."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(speaker(language), newstyle=True)  # type: ignore[attr-defined]  # of ext.i18n
    made.filters.update(formats.filters(language))
    made.filters.update(said=partial(_said, language), pairs=_pairs)
    made.globals.update(asset=asset, language=language, languages=LANGUAGES, version=__version__)
    return made


def html(template: str, language: str, values: Mapping[str, object]) -> str:
    """`template` with `values`, in `language` (English for one we do not speak)."""
    return environment(spoken(language)).get_template(template).render(values)


def page(
    template: str,
    language: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    policy: Mapping[str, str] | None = None,
) -> Response[str]:
    """A page. It is never stored by caches and never tells other sites where it was."""
    return Response(
        html(template, language, values),
        status_code=status,
        media_type=MediaType.HTML,
        headers=headers(policy) | {"Content-Language": spoken(language)},
    )


def go(to: str) -> Redirect:
    """Answer a form: look at `to` with GET."""
    return Redirect(to, status_code=303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def headers(policy: Mapping[str, str] | None = None) -> dict[str, str]:
    """What every page of ours sends, with changes to the content security policy."""
    rules = POLICY | dict(policy or {})
    return {
        "Content-Security-Policy": "; ".join(f"{k} {v}" for k, v in rules.items()),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


def spoken(language: str) -> str:
    """`language` when we speak it ("nl-BE" → nl), else English."""
    base = language.split("-", maxsplit=1)[0].lower()
    return base if base in LANGUAGES else "en"


def preferred(accept_language: str) -> str:
    """The language of ours a browser would like best (RFC 9110, 12.5.4)."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        base = tag.split("-", maxsplit=1)[0].lower()
        if base in LANGUAGES:
            wanted.append((_weight(weight), base))
    return max(wanted, key=lambda w: w[0])[1] if wanted else "en"


def asset(path: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it."""
    return f"/static/{path}?v={_mark(path)}"


def _said(language: str, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Value and translated label, for a select."""
    _ = speaker(language).gettext
    return [(str(value), _(label)) for value, label in labels.items()]


def _pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


@lru_cache
def _mark(path: str) -> str:
    return sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
