"""The public help centre: /help. Found by search engines, read without script, in three languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from regulars import people, team
from regulars.desk import help as centre
from regulars.desk.help import Moved, Reading, Words
from regulars.kit import markdown
from regulars.kit.errors import NotFound, Unauthorized
from regulars.kit.ids import PersonId
from regulars.kit.text import LANGUAGES
from regulars.people import Identity, IdentityKind
from regulars.team.tokens import ME
from regulars.web.auth import Connection, address_of
from regulars.web.edge import Edge, GivenEdge, Work
from regulars.web.pages import render
from regulars.web.pages.desk import from_here
from regulars.web.pages.forms import AnyRequest, GivenForm

LASTS_SECONDS = 60
VISITORS = "help_visitors"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language."""

    language: str
    url: str


@get("/help", sync_to_thread=True)
def help_page(request: AnyRequest, edge: GivenEdge, lang: FromQuery[str] = "", q: FromQuery[str] = "") -> Response[str]:
    """All pages by category, or those that were looked for."""
    language = _language(request, lang)
    asked = q.strip()[:500]
    with edge.work() as work:
        pages = centre.entries(work.db, language)
        found = centre.search(work.db, asked, language) if asked else []
    groups = [(category, list(each)) for category, each in groupby(pages, key=lambda e: e.category)]
    values = {
        "groups": groups, "query": asked, "found": [(e, _marked(e.snippet)) for e in found],
        "canonical": _url(edge, "", language), "alternates": _alternates(edge, "", LANGUAGES),
        "index": bool(pages) and not asked, "description": "",
    }  # fmt: skip
    return _shown(edge, "help/index.html", language, values)


@get("/help/sitemap.xml", sync_to_thread=True)
def sitemap(edge: GivenEdge) -> Response[str]:
    """Every page in every language it has, for search engines."""
    with edge.work() as work:
        pages = centre.entries(work.db, "en")
    urls = [
        f"<url><loc>{_xml(_url(edge, e.slug, code))}</loc><lastmod>{e.updated_at:%Y-%m-%d}</lastmod>"
        + "".join(_alternate_xml(a) for a in _alternates(edge, e.slug, e.languages))
        + "</url>"
        for e in pages
        for code in e.languages
    ]
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{SITEMAP}" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    )
    headers = {"Cache-Control": f"public, max-age={LASTS_SECONDS}", "X-Content-Type-Options": "nosniff"}
    return Response(f"{head}\n" + "\n".join(urls) + "\n</urlset>\n", media_type="application/xml", headers=headers)


@get("/help/{slug:str}", sync_to_thread=True)
def help_text(
    request: AnyRequest, edge: GivenEdge, slug: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str] | Redirect:
    """One page. A former address leads to the new one."""
    language = _language(request, lang)
    with edge.work() as work:
        found = centre.read(work.db, slug, language)
        if isinstance(found, Moved):
            return Redirect(_path(found.slug, lang), status_code=301)
        near = [e for e in centre.entries(work.db, language) if e.category == found.category and e.id != found.id]
    values = {
        "page": found,
        "body": markdown.to_html(found.text.body),
        "beside": near[:6],
        "said": request.query_params.get("said", ""),
        "token": request.query_params.get("t", "")[:4_096],
        "canonical": _url(edge, found.slug, found.language),
        "alternates": _alternates(edge, found.slug, found.languages),
        "index": True,
        "description": found.text.summary,
    }
    return _shown(edge, "help/page.html", language, values)


@post("/help/{slug:str}/feedback", sync_to_thread=True)
def say_helped(request: AnyRequest, edge: GivenEdge, slug: FromPath[str], form: GivenForm) -> Response[None]:
    """Whether it helped: counted once a visitor; in the history of somebody we know."""
    from_here(request)
    address = address_of(cast("Connection", request), edge.settings.trusted_proxies)
    edge.brake.spend(address)
    language = _language(request, form.one("lang"))
    helped = form.one("helped") == "yes"
    visitor = centre.visitor(edge.keyring.secret(VISITORS), address, request.headers.get("user-agent", ""))
    with edge.work() as work:
        page = _reading(work, slug, language)
        known = _known(work, edge, form.one("t"))
        words = Words(helped, form.one("words"), page.language, work.now)
        centre.helped(work.db, page.id, visitor if known is None else f"person:{known}", words, node=known)
    kept = {"lang": form.one("lang")[:10], "said": "yes" if helped else "no", "t": form.one("t")[:4_096]}
    answer = render.go(f"/help/{page.slug}?{urlencode({k: v for k, v in kept.items() if v})}#helped")
    return cast("Response[None]", answer)


def _reading(work: Work, slug: str, language: str) -> Reading:
    found = centre.read(work.db, slug, language)
    if isinstance(found, Moved):
        raise NotFound("this page moved: open it again")
    return found


def _known(work: Work, edge: Edge, token: str) -> PersonId | None:
    """Whose link opened the page; a link that is over is nobody's."""
    if not token:
        return None
    try:
        kind, value = team.me_of(edge.keyring.secret(ME), token, now=work.now)
    except Unauthorized:
        return None
    if kind not in set(IdentityKind):
        return None
    identity = Identity(IdentityKind(kind), value)
    return people.resolve(work.db, [identity], now=work.now)[identity]


def _shown(edge: Edge, template: str, language: str, values: dict[str, object]) -> Response[str]:
    policy = {"script-src": "'self'"}
    shown = render.page(template, language, values | {"company": edge.keyring.company()}, policy=policy)
    if not values.get("token"):  # what was opened by somebody's link is for them alone
        shown.headers["Cache-Control"] = f"public, max-age={LASTS_SECONDS}"
    shown.headers["Vary"] = "Accept-Language"
    return shown


def _language(request: AnyRequest, wanted: str) -> str:
    """The one asked for in the address, else the browser's."""
    if wanted.split("-", maxsplit=1)[0].lower() in LANGUAGES:
        return render.spoken(wanted)
    return render.preferred(request.headers.get("accept-language", ""))


def _alternates(edge: Edge, slug: str, languages: Sequence[str]) -> list[Alternate]:
    plain = Alternate("x-default", edge.settings.base_url + _path(slug, ""))
    return [*(Alternate(code, _url(edge, slug, code)) for code in languages), plain]


def _url(edge: Edge, slug: str, language: str) -> str:
    return edge.settings.base_url + _path(slug, language)


def _path(slug: str, language: str) -> str:
    path = f"/help/{slug}" if slug else "/help"
    return f"{path}?lang={language}" if language in LANGUAGES else path


def _marked(snippet: str) -> list[tuple[str, bool]]:
    """Pieces of a snippet, and whether each was looked for."""
    pieces: list[tuple[str, bool]] = []
    for part in snippet.split("\x02"):
        hit, mark, rest = part.partition("\x03")
        pieces += [(hit, True), (rest, False)] if mark else [(hit, False)]
    return [p for p in pieces if p[0]]


def _alternate_xml(alternate: Alternate) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{alternate.language}" href="{_xml(alternate.url)}"/>'


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
