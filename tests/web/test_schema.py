"""What the OpenAPI document promises is kept: thousands of made-up calls, good and bad, against a real server."""

from collections.abc import Callable, Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from regulars.store import Database
from tests.web.conftest import make_keys
from tests.web.process import Server

EXAMPLES = 12


@pytest.fixture(scope="module")
def schema(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The description of a running server, with a server key."""
    url = make_database("schema")
    database = Database(url)
    keys = make_keys(database)
    with Server(tmp_path_factory.mktemp("schema") / "var", url) as server:
        found = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
        found.config.base_url = server.address
        yield found, (keys.server, "")
    database.close()


@pytest.mark.long
def test_no_call_however_odd_is_answered_by_a_fault_of_ours(schema):
    described, auth = schema
    tried = []
    for operation in described.get_all_operations():
        one = operation.ok()
        tried.append(one.label)

        @settings(
            max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @schemathesis_given(one)
        def call(case):
            case.call_and_validate(auth=auth, checks=[not_a_server_error, response_schema_conformance])

        call()
    assert len(tried) > 40


def schemathesis_given(operation):
    from hypothesis import given

    return given(case=operation.as_strategy())


def test_the_description_is_openapi_31_with_words_for_everything(schema):
    described, _ = schema
    raw = described.raw_schema
    assert raw["openapi"].startswith("3.1")
    silent = [
        f"{method} {path}"
        for path, methods in raw["paths"].items()
        for method, operation in methods.items()
        if not operation.get("summary") or not operation.get("tags") or " " not in operation["summary"]
    ]
    assert silent == []
    unsecured = [path for path, methods in raw["paths"].items() for op in methods.values() if not op.get("security")]
    assert unsecured == []
