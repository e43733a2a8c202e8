"""The demo's mail, as a page: what Regulars sent to whom, and an answer in the recipient's name."""

from anyio.to_thread import run_sync
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from regulars.demo.postbox import Postbox, reply
from regulars.demo.postbox import post as post_mail
from regulars.demo.render import HEADERS, POLICY, GivenPages, Pages, back_to
from regulars.demo.visitor import GivenVisitor
from regulars.kit.clock import utc_now
from regulars.kit.errors import NotFound, Unavailable

AnyRequest = Request[object, object, State]
LONGEST = 20_000
SHOWN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
FRAMING = HEADERS | {"Content-Security-Policy": POLICY + "; frame-src 'self'"}


@get("/post", sync_to_thread=True)
def show_post(pages: GivenPages, visitor: GivenVisitor, to: FromQuery[str] = "") -> Response[str]:
    """Every mail, newest first; of one mailbox with `to`."""
    letters = _box(pages).letters(to)
    return pages.page("post.html", visitor, "/post", more={"letters": letters, "to": to})


@get("/post/{key:str}", sync_to_thread=True)
def show_letter(
    pages: GivenPages, visitor: GivenVisitor, key: FromPath[str], then: FromQuery[str] = ""
) -> Response[str]:
    """One mail."""
    try:
        letter = _box(pages).letter(key)
    except NotFound:
        return pages.page("gone.html", visitor, "/post", status=404)
    answer = pages.page("letter.html", visitor, f"/post/{key}", more={"letter": letter, "then": then})
    answer.headers.update(FRAMING)
    return answer


@get("/post/{key:str}/html", sync_to_thread=True)
def show_html(pages: GivenPages, key: FromPath[str]) -> Response[str]:
    """The HTML of one mail, for its frame: no script, no form, nothing from elsewhere."""
    try:
        html = _box(pages).letter(key).html
    except NotFound:
        return Response("", status_code=404, media_type="text/plain")
    headers = HEADERS | {"Content-Security-Policy": SHOWN_POLICY}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


@post("/post/{key:str}", status_code=303)
async def answer_letter(request: AnyRequest, pages: GivenPages, key: FromPath[str]) -> Redirect:
    """Answer a mail in the name of whoever got it."""
    text = str((await request.form()).get("text", "")).strip()[:LONGEST]
    if not text:
        return back_to(f"/post/{key}?then=empty")
    try:
        await run_sync(_send, pages, key, text)
    except NotFound:
        return back_to("/post")
    except Unavailable:
        return back_to(f"/post/{key}?then=failed")
    return back_to(f"/post/{key}?then=sent")


def _send(pages: Pages, key: str, text: str) -> None:
    host, port = pages.config.mail_in
    post_mail(reply(_box(pages).letter(key), text, now=utc_now()), host, port)


def _box(pages: Pages) -> Postbox:
    return Postbox(pages.config.var)


handlers = [show_post, show_letter, show_html, answer_letter]
