"""Every fault of the house and of the framework, as a problem."""

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from regulars.kit import errors
from regulars.web import problems
from regulars.web.problems import AnyRequest, Problem
from tests.web.conftest import Client, Keys, key

KINDS = {
    errors.Invalid: 422, errors.NotFound: 404, errors.Conflict: 409, errors.Forbidden: 403, errors.Unauthorized: 401,
    errors.TooLarge: 413, errors.TooMany: 429, errors.Unavailable: 503, problems.Malformed: 400,
}  # fmt: skip


@pytest.mark.parametrize("kind", [k for k in vars(errors).values() if isinstance(k, type) and k is not errors.Fault])
def test_every_kind_of_fault_has_a_status(kind: type):
    if issubclass(kind, errors.Fault):
        assert problems.of(kind("say what to do")).status == KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_problem_says_what_to_do_and_where(kind: type[errors.Fault]):
    body = problems.of(kind("say what to do", fields={"size": "is too big"})).body()
    assert (body["status"], body["detail"], body["message"]) == (KINDS[kind], "say what to do", "say what to do")
    assert body["fields"] == {"size": "is too big"}
    assert body["title"]
    assert body["code"] in problems.CODES.values()


@pytest.mark.parametrize(
    ("kind", "header"),
    [(errors.TooMany, "Retry-After"), (errors.Unavailable, "Retry-After"), (errors.Unauthorized, "WWW-Authenticate")],
)
def test_some_problems_say_how_to_go_on(kind: type[errors.Fault], header: str):
    assert problems.response(problems.of(kind("wait"))).headers[header]


def test_a_fault_of_ours_tells_nothing_of_its_insides():
    @get("/broken")
    async def broken() -> None:
        raise RuntimeError("the password is swordfish")

    app = Litestar([broken], exception_handlers=problems.handlers(None))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "swordfish" not in answer.text
    assert "noted as" in answer.json()["detail"]


def test_a_browser_that_asks_for_a_page_gets_one():
    def page(request: AnyRequest, problem: Problem):
        from litestar import Response

        return Response(f"<p>{problem.status}", status_code=problem.status, media_type="text/html")

    app = Litestar([], exception_handlers=problems.handlers(page))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/nowhere", headers={"Accept": "text/html"}).text == "<p>404"
        assert client.get("/v1/nowhere", headers={"Accept": "text/html"}).json()["status"] == 404
        assert client.get("/nowhere").json()["status"] == 404


@pytest.mark.parametrize(
    ("method", "address", "status", "words"),
    [
        ("GET", "/v1/nowhere", 404, "nothing at this address"),
        ("DELETE", "/v1/decide", 405, "answers OPTIONS, POST only"),
        ("GET", "/v1/catalog/items?most=many", 422, "most"),
        ("GET", "/v1/catalog/items?most=201", 422, "most"),
        ("GET", "/v1/rules/not-a-uuid", 404, "nothing at this address"),
        ("POST", "/v1/catalog/items", 422, "body"),
    ],
)
def test_the_frameworks_faults_are_told_the_same_way(
    client: Client, keys: Keys, method: str, address: str, status: int, words: str
):
    answer = client.request(method, address, auth=key(keys.server))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]
