"""Everything that goes wrong, as RFC 9457 problem details. The one table from kinds of faults to HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException

from regulars.kit.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from regulars.kit.ids import new_id
from regulars.kit.json import Json

AnyRequest = Request[object, object, State]

STATUS: Mapping[type[Fault], int] = {
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unauthorized: 401,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
}
TITLES = {STATUS[kind]: kind.title for kind in STATUS} | {400: "Not understood", 405: "Method not allowed"}
CODES = {
    400: "malformed", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    409: "conflict", 413: "too_large", 422: "invalid", 429: "too_many", 500: "our_fault", 503: "unavailable",
}  # fmt: skip
RETRY_SECONDS = {429: 10, 503: 2}

log = structlog.get_logger()


class Malformed(Fault):
    """The body is not JSON, or not in the form the Segment spec asks for."""

    title = "Not understood"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is told of a fault. `fields` maps a place in the input to what is wrong there."""

    status: int
    detail: str
    title: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Json] = field(default_factory=dict)

    def body(self) -> dict[str, Json]:
        """The members of the problem, as RFC 9457 has them, with `code`, `message` (Segment's names) and `fields`."""
        base: dict[str, Json] = {
            "type": "about:blank",
            "title": self.title or TITLES.get(self.status, "Something is wrong"),
            "status": self.status,
            "detail": self.detail,
            "code": CODES.get(self.status, "problem"),
            "message": self.detail,
        }
        return base | ({"fields": self.fields} if self.fields else {}) | dict(self.more)


class ProblemPage(Protocol):
    """Shows a problem to a browser; None leaves it to the JSON answer."""

    def __call__(self, request: AnyRequest, problem: Problem, /) -> Response[object] | None:
        """The page, or None."""


Handler = Callable[[AnyRequest, Exception], Response[object]]


def handlers(page: ProblemPage | None) -> dict[int | type[Exception], Handler]:
    """The exception handlers of the application. `page` answers browsers that ask for HTML."""

    def answer(request: AnyRequest, error: Exception) -> Response[object]:
        problem = of(error)
        if request.scope.get("regulars_segment") and problem.status in (413, 422):
            problem = replace(problem, status=400, title="")  # the Segment spec knows 400 only
        shown = page(request, problem) if page and _wants_page(request) else None
        return shown or response(problem)

    return {HTTPException: answer, Fault: answer, Exception: answer}


def response(problem: Problem) -> Response[object]:
    """`problem` as an answer."""
    headers = dict(problem.headers)
    if problem.status in RETRY_SECONDS:
        headers.setdefault("Retry-After", str(RETRY_SECONDS[problem.status]))
    if problem.status == 401:
        headers.setdefault("WWW-Authenticate", 'Basic realm="Regulars API key"')
    body = msgspec.json.encode(problem.body())
    return Response(body, status_code=problem.status, headers=headers, media_type="application/problem+json")


def of(error: Exception) -> Problem:
    """What is told of `error`. Anything unknown is a fault of ours: noted, and told without its insides."""
    match error:
        case Malformed():
            return Problem(400, error.detail, fields=error.fields)
        case Fault():
            return Problem(STATUS.get(type(error), 422), error.detail, error.title, error.fields)
        case ValidationException():
            return _of_validation(error)
        case RecursionError():  # msgspec's word for JSON that is nested beyond all sense
            return Problem(400, "The body is nested too deep.")
        case HTTPException() if error.status_code < 500:
            return Problem(error.status_code, _words(error), headers=error.headers or {})
    noted = str(new_id())
    log.error("fault of ours", noted=noted, exc_info=error)
    return Problem(500, f"This is a fault of ours. It was noted as {noted}.", "Fault of ours")


def _of_validation(error: ValidationException) -> Problem:
    fields: dict[str, str] = {}
    for one in error.extra if isinstance(error.extra, list) else []:
        if isinstance(one, Mapping):
            place = str(one.get("key", "body"))
            fields["body" if place == "data" else place] = _plainly(str(one.get("message", "")))
    said = "; ".join(f"{place}: {fault}" for place, fault in fields.items())
    return Problem(422, said or error.detail, fields=fields)


def _plainly(message: str) -> str:
    return "a JSON body is needed" if message == "'data'" else message[:500]


def _words(error: HTTPException) -> str:
    if error.status_code == 404:
        return "There is nothing at this address."
    if error.status_code == 405:
        allowed = {name.lower(): value for name, value in (error.headers or {}).items()}.get("allow", "other methods")
        return f"This address answers {', '.join(sorted(allowed.split(', ')))} only."
    if error.status_code == 413:
        return "The body is larger than this address takes (events: 500 KB a batch, 32 KB each): send less at once."
    return error.detail


def _wants_page(request: AnyRequest) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")
