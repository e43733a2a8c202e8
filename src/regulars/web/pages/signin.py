"""Signing in and out, with the second factor where there is one."""

from collections.abc import Mapping
from typing import cast

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromQuery

from regulars import team
from regulars.kit.errors import TooMany, Unauthorized
from regulars.kit.i18n import N_
from regulars.team import NeedsSecondFactor, Role, SignedIn
from regulars.web.auth import Connection, address_of
from regulars.web.edge import Edge, GivenEdge
from regulars.web.pages import render
from regulars.web.pages.desk import GivenDesk, cookie, cookie_name, from_here, provide_desk
from regulars.web.pages.devices import device
from regulars.web.pages.forms import AnyRequest, GivenForm, provide_form

SHOWN = "signin.html"
WRONG = N_("That address and password do not belong together. Try again, or ask an administrator for a new password.")
WRONG_CODE = N_("That code does not fit. Look at the phone again, or use one of your recovery codes.")

Shown = Response[str] | Response[None]


@get("/sign-in", include_in_schema=False, sync_to_thread=False)
def sign_in_page(request: AnyRequest, edge: GivenEdge, next: FromQuery[str] = "") -> Response[str]:
    """Where agents sign in."""
    return sign_in_again(request, edge, {"next": inside(next)}, 200)


@post("/sign-in", include_in_schema=False, dependencies={"form": Provide(provide_form)}, sync_to_thread=True)
def sign_in(request: AnyRequest, edge: GivenEdge, form: GivenForm) -> Shown:
    """Begin a session or ask for the second factor; the same page with a fault when address or password is wrong."""
    from_here(request)
    email, to = form.one("email"), inside(form.one("next"))
    address, device = place(request, edge)
    try:
        with edge.work() as work:
            password = form.one("password")
            found = team.sign_in(work.db, email, password, address=address, device=device, now=work.now)
    except TooMany as e:
        return sign_in_again(request, edge, {"next": to, "email": email, "fault": e.detail}, 429)
    if found is None:
        return sign_in_again(request, edge, {"next": to, "email": email, "fault": WRONG}, 401)
    if isinstance(found, NeedsSecondFactor):
        return _code_page(request, {"next": to, "ticket": found.ticket})
    return enter(edge, found, to)


@post("/sign-in/code", include_in_schema=False, dependencies={"form": Provide(provide_form)}, sync_to_thread=True)
def sign_in_code(request: AnyRequest, edge: GivenEdge, form: GivenForm) -> Shown:
    """The second factor: a code of the phone, or a recovery code."""
    from_here(request)
    ticket, to = form.one("ticket"), inside(form.one("next"))
    try:
        with edge.work() as work:
            found = team.second_factor(work.db, ticket, form.one("code"), now=work.now)
    except Unauthorized as e:
        return sign_in_again(request, edge, {"next": to, "fault": e.detail}, 401)
    except TooMany as e:
        return _code_page(request, {"next": to, "ticket": ticket, "fault": e.detail}, 429)
    if found is None:
        return _code_page(request, {"next": to, "ticket": ticket, "fault": WRONG_CODE}, 401)
    return enter(edge, found, to)


@post(
    "/sign-out",
    include_in_schema=False,
    dependencies={"form": Provide(provide_form), "desk": Provide(provide_desk, sync_to_thread=True)},
    sync_to_thread=True,
)
def sign_out(edge: GivenEdge, desk: GivenDesk, form: GivenForm) -> Response[None]:
    """End the session."""
    desk.check(form, Role.VIEWER)
    with edge.work() as work:
        team.end_session(work.db, desk.token)
    answer = render.go("/sign-in")
    answer.delete_cookie(cookie_name(edge), path="/")
    return answer


def enter(edge: Edge, signed_in: SignedIn, to: str) -> Response[None]:
    """Give the browser its session, and go where it wanted to."""
    home = "/desk" if signed_in.agent.role is Role.AGENT else "/admin"
    answer = render.go(to or home)
    answer.set_cookie(cookie(edge, signed_in.token))
    return answer


def place(request: AnyRequest, edge: Edge) -> tuple[str, str]:
    """(address, device) as a session remembers them."""
    address = address_of(cast("Connection", request), edge.settings.trusted_proxies)
    return address, device(request.headers.get("user-agent", ""))


def inside(path: str) -> str:
    """`path` when it is a page of the desk; nothing else may be jumped to after signing in."""
    fine = path.startswith(("/admin", "/desk")) and "//" not in path and "\\" not in path
    return path if fine else ""


def sign_in_again(request: AnyRequest, edge: Edge, values: Mapping[str, str], status: int) -> Response[str]:
    """The page where one signs in, with what was said already and what was wrong with it."""
    shown = {"next": "", "email": "", "fault": "", "provider": edge.settings.oidc is not None, **values}
    return render.page(SHOWN, language_of(request), shown, status=status)


def language_of(request: AnyRequest) -> str:
    """The language of somebody who is not signed in."""
    return render.preferred(request.headers.get("accept-language", ""))


def _code_page(request: AnyRequest, values: Mapping[str, str], status: int = 200) -> Response[str]:
    return render.page("signin_code.html", language_of(request), {"fault": "", **values}, status=status)
