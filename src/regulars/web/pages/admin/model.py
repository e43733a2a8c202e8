"""The model: which one serves, and what the last learning reported."""

from collections.abc import Iterator, Mapping

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
    lines = list(flat(serving.report)) if serving else []
    return desk.page("admin/model.html", {"models": found, "serving": serving, "report": lines})


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
