"""What went wrong, as a page: what happened, what is safe, what to do."""

from litestar import Response
from litestar.response import Redirect

from regulars.kit.i18n import N_
from regulars.web.pages import render
from regulars.web.problems import AnyRequest, Problem

ADVICE = {
    401: N_("The link may be old. Open your page again from the site or the mail it came from."),
    403: N_("Nothing was changed. Ask a manager of your company when you need this."),
    404: N_("It may have moved or never have been here. Nothing is lost."),
    409: N_("Nothing was changed. Go back, look at how it is now, and try again."),
    422: N_("Nothing was changed. Go back and put it right."),
    429: N_("Wait a little, then try again."),
    503: N_("Nothing was lost or half done. Try again in a moment."),
}
OTHERWISE = N_("Nothing was half done. Try again; when it happens again, tell us what you did.")

TITLES = {
    400: N_("We did not understand that"),
    401: N_("This does not open anything"),
    403: N_("This is not yours to do"),
    404: N_("There is nothing here"),
    405: N_("That does not work this way"),
    409: N_("That does not fit any more"),
    413: N_("That is too much at once"),
    422: N_("Something is not right yet"),
    429: N_("Too often"),
    500: N_("A fault of ours"),
    503: N_("We cannot for a moment"),
}


def problem_page(request: AnyRequest, problem: Problem, /) -> Response[object] | None:
    """`problem` for a person who looks at it; who is not signed in is asked to."""
    path = request.url.path
    if problem.status == 401 and path.startswith(("/admin", "/desk")):
        return Redirect(f"/sign-in?next={path}", status_code=303)
    language = render.preferred(request.headers.get("accept-language", ""))
    private = (
        path.startswith(("/me", "/my")) and problem.status == 401
    )  # why a link is not valid helps nobody who reads it
    values = {
        "detail": "" if private else problem.detail,
        "title": TITLES.get(problem.status, N_("Something is wrong")),
        "problem": problem,
        "advice": ADVICE.get(problem.status, OTHERWISE),
        "home": "/admin" if path.startswith(("/admin", "/desk")) else "",
    }
    policy = {"frame-ancestors": "*"} if path.startswith("/me") else None
    shown = render.page("problem.html", language, values, status=problem.status, policy=policy)
    shown.headers.update(problem.headers)
    return shown  # type: ignore[return-value]  # Response is invariant in its content
