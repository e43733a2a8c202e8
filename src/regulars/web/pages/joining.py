"""The page an invitation opens: choose a name and a password, and come in."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromQuery

from regulars import team
from regulars.kit.errors import Invalid
from regulars.web.edge import Edge, GivenEdge
from regulars.web.pages import render
from regulars.web.pages.desk import from_here
from regulars.web.pages.forms import AnyRequest, GivenForm, provide_form
from regulars.web.pages.signin import Shown, enter, language_of, place


@get("/join", include_in_schema=False, sync_to_thread=True)
def join_page(request: AnyRequest, edge: GivenEdge, t: FromQuery[str] = "") -> Response[str]:
    """Who is invited, as what."""
    return _shown(request, edge, t, {})


@post("/join", include_in_schema=False, dependencies={"form": Provide(provide_form)}, sync_to_thread=True)
def join(request: AnyRequest, edge: GivenEdge, form: GivenForm) -> Shown:
    """Become an agent, signed in."""
    from_here(request)
    token, name, password = form.one("t"), form.one("name"), form.one("password")
    address, device = place(request, edge)
    try:
        with edge.work() as work:
            language = language_of(request)
            made = team.accept(work.db, token, (name, password), now=work.now, language=language)
            team.audit(work.db, f"agent:{made.email}", "invitation accepted", {"role": made.role}, now=work.now)
            began = team.begin_session(work.db, made, address=address, device=device, now=work.now)
    except Invalid as e:
        return _shown(request, edge, token, {"name": name, "faults": e.fields, "fault": e.detail}, 422)
    return enter(edge, began, "")


def _shown(
    request: AnyRequest, edge: Edge, token: str, values: Mapping[str, object], status: int = 200
) -> Response[str]:
    with edge.work() as work:
        invited = team.invitation(work.db, token, now=work.now)
    shown = {"invited": invited, "token": token, "name": "", "faults": {}, "fault": "", **values}
    return render.page("join.html", language_of(request), shown, status=status)
