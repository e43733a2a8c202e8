"""Signing in and out."""

from typing import cast

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromQuery

from regulars import team
from regulars.kit.errors import TooMany
from regulars.web.auth import Connection, address_of
from regulars.web.edge import GivenEdge
from regulars.web.pages import render
from regulars.web.pages.desk import GivenDesk, cookie, cookie_name, from_here, provide_desk
from regulars.web.pages.forms import AnyRequest, GivenForm, provide_form

SHOWN = "signin.html"


@get("/sign-in", include_in_schema=False, sync_to_thread=False)
def sign_in_page(request: AnyRequest, next: FromQuery[str] = "") -> Response[str]:
    """Where agents sign in."""
    language = render.preferred(request.headers.get("accept-language", ""))
    return render.page(SHOWN, language, {"next": inside(next), "email": "", "fault": ""})


@post("/sign-in", include_in_schema=False, dependencies={"form": Provide(provide_form)}, sync_to_thread=True)
def sign_in(request: AnyRequest, edge: GivenEdge, form: GivenForm) -> Response[str] | Response[None]:
    """Begin a session; the same page with a fault when the address or password is wrong."""
    from_here(request)
    email, to = form.one("email"), inside(form.one("next"))
    try:
        with edge.work() as work:
            address = address_of(cast("Connection", request), edge.settings.trusted_proxies)
            signed_in = team.sign_in(work.db, email, form.one("password"), address=address, now=work.now)
    except TooMany as e:
        return _again(request, {"next": to, "email": email, "fault": e.detail}, 429)
    if signed_in is None:
        return _again(request, {"next": to, "email": email, "fault": "wrong"}, 401)
    answer = render.go(to or "/admin")
    answer.set_cookie(cookie(edge, signed_in.token))
    return answer


@post(
    "/sign-out",
    include_in_schema=False,
    dependencies={"form": Provide(provide_form), "desk": Provide(provide_desk, sync_to_thread=True)},
    sync_to_thread=True,
)
def sign_out(edge: GivenEdge, desk: GivenDesk, form: GivenForm) -> Response[None]:
    """End the session."""
    desk.check(form, team.Role.VIEWER)
    with edge.work() as work:
        team.end_session(work.db, desk.token)
    answer = render.go("/sign-in")
    answer.delete_cookie(cookie_name(edge), path="/")
    return answer


def inside(path: str) -> str:
    """`path` when it is a page of the desk; nothing else may be jumped to after signing in."""
    return path if path.startswith("/admin") and "//" not in path and "\\" not in path else ""


def _again(request: AnyRequest, values: dict[str, str], status: int) -> Response[str]:
    language = render.preferred(request.headers.get("accept-language", ""))
    return render.page(SHOWN, language, values, status=status)
