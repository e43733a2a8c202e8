"""The model: which one serves, and what the last learning reported."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from litestar import Response, get

from regulars import decide
from regulars.kit.json import Json
from regulars.web.pages.desk import GivenDesk


@get("/admin/model", sync_to_thread=True)
def model_page(desk: GivenDesk) -> Response[str]:
    """Every model there was, the one that serves first, with its report."""
    with desk.work() as work:
        found = decide.models(work.db)
    serving = next((m for m in found if m.serving_since and not m.refused), None)
    report = serving.report if serving and isinstance(serving.report, Mapping) else {}
    figures = [
        (name, _figure(name, value)) for name, value in report.items() if not isinstance(value, Mapping | list | tuple)
    ]
    parts = [(name, list(flat(value))) for name, value in report.items() if isinstance(value, Mapping | list | tuple)]
    values = {"models": found, "serving": serving, "report": figures, "parts": [p for p in parts if p[1]]}
    return desk.page("admin/model.html", values)


def _figure(name: str, value: Json) -> object:
    """`until` is an instant in seconds; the rest stands for itself."""
    return datetime.fromtimestamp(value, UTC) if name == "until" and isinstance(value, int | float) else value


def flat(report: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """The leaves of a report with their paths, for a table."""
    if isinstance(report, Mapping):
        for name, value in report.items():
            yield from flat(value, f"{path} · {name}" if path else name)
    elif isinstance(report, list | tuple) and any(isinstance(v, Mapping | list | tuple) for v in report):
        for i, value in enumerate(report):
            yield from flat(value, f"{path} · {i + 1}")
    elif isinstance(report, list | tuple):
        yield path, ", ".join(str(v) for v in report)
    else:
        yield path, report
