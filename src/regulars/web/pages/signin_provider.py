"""Signing in through the company's own provider (OpenID Connect)."""

from hmac import compare_digest

from litestar import get
from litestar.datastructures import Cookie
from litestar.params import FromQuery

from regulars import team
from regulars.kit.errors import Forbidden, NotFound, Unauthorized, Unavailable
from regulars.kit.i18n import N_
from regulars.team import oidc
from regulars.team.oidc import Flow, Provider
from regulars.web.edge import Edge, GivenEdge
from regulars.web.pages import render
from regulars.web.pages.forms import AnyRequest
from regulars.web.pages.signin import Shown, enter, inside, place, sign_in_again

HERE = "/sign-in/provider"
BACK = "/sign-in/provider/back"
REFUSED = N_("The sign-in provider did not let you in. Try again, or sign in with your password.")


@get(HERE, include_in_schema=False, sync_to_thread=True)
def to_provider(request: AnyRequest, edge: GivenEdge, next: FromQuery[str] = "") -> Shown:
    """Send the browser to the provider; a cookie of ours will prove that it is the same one that comes back."""
    try:
        flow = oidc.oidc_begin(_provider(edge), next=inside(next))
    except Unavailable as e:
        return sign_in_again(request, edge, {"fault": e.detail}, 503)
    with edge.work() as work:
        oidc.oidc_keep(work.db, flow, now=work.now)
    answer = render.go(flow.url)
    answer.set_cookie(_cookie(edge, flow.state))
    return answer


@get(BACK, include_in_schema=False, sync_to_thread=True)
def from_provider(request: AnyRequest, edge: GivenEdge, code: FromQuery[str] = "") -> Shown:
    """The provider sent the browser back: change its code for who it is, and let them in when they are an agent."""
    provider = _provider(edge)
    try:
        flow = _flow(request, edge, request.query_params.get("state", ""))
        if not code:
            raise Unauthorized(REFUSED)
        with edge.work() as work:
            now = work.now
        proven = oidc.oidc_finish(provider, flow, code, now=now)
        address, device = place(request, edge)
        with edge.work() as work:
            signed_in = oidc.oidc_sign_in(work.db, proven, address=address, device=device, now=work.now)
            team.audit(work.db, f"agent:{signed_in.agent.email}", "signed in by provider", {}, now=work.now)
    except (Unauthorized, Forbidden, Unavailable) as e:
        status = {Unauthorized: 401, Forbidden: 403}.get(type(e), 503)
        return _without_cookie(edge, sign_in_again(request, edge, {"fault": e.detail}, status))
    return _without_cookie(edge, enter(edge, signed_in, flow.next))


def _flow(request: AnyRequest, edge: Edge, state: str) -> Flow:
    kept = request.cookies.get(_name(edge), "")
    if not kept or not compare_digest(kept.encode(), state.encode("utf-8", "replace")):
        raise Unauthorized("this sign-in was begun in another browser: begin again here")
    with edge.work() as work:
        return oidc.oidc_take(work.db, state, now=work.now)


def _provider(edge: Edge) -> Provider:
    if edge.settings.oidc is None:
        raise NotFound("there is no sign-in provider here")
    issuer, client, secret = edge.settings.oidc
    return Provider(issuer, client, secret, edge.settings.base_url + BACK)


def _name(edge: Edge) -> str:
    return "__Host-regulars-flow" if edge.settings.secure else "regulars-flow"


def _cookie(edge: Edge, state: str) -> Cookie:
    return Cookie(
        key=_name(edge),
        value=state,
        max_age=int(oidc.FLOW_LASTS.total_seconds()) if state else 0,
        httponly=True,
        secure=edge.settings.secure,
        samesite="lax",  # the provider sends the browser back from another site
        path="/",
    )


def _without_cookie(edge: Edge, answer: Shown) -> Shown:
    answer.set_cookie(_cookie(edge, ""))
    return answer
