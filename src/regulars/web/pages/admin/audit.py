"""The audit log: who did what, filtered, as a page and as CSV."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from litestar import Response, get
from litestar.params import FromQuery
from litestar.response import Stream

from regulars import team
from regulars.kit.errors import Invalid
from regulars.kit.text import clean
from regulars.team import AuditFilter, AuditLine, Role
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import AnyRequest

MOST = 100


@get("/admin/audit", sync_to_thread=True)
def audit_page(desk: GivenDesk, request: AnyRequest, before: FromQuery[int | None] = None) -> Response[str]:
    """The newest lines that fit."""
    desk.need(Role.MANAGER)
    said, wanted = _asked(request)
    with desk.work() as work:
        lines = team.audit_lines(work.db, wanted, before=before, most=MOST + 1)
        people, deeds = team.audit_words(work.db)
    more = lines[MOST - 1].id if len(lines) > MOST else None
    values = {"lines": lines[:MOST], "more": more, "said": said, "people": people, "deeds": deeds}
    return desk.page("admin/audit.html", values)


@get("/admin/audit.csv", sync_to_thread=False)
def audit_csv(desk: GivenDesk, request: AnyRequest) -> Stream:
    """Every line that fits, as a file."""
    desk.need(Role.MANAGER)
    _, wanted = _asked(request)
    headers = {
        "Content-Disposition": 'attachment; filename="audit.csv"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Stream(_rows(desk, wanted), media_type="text/csv; charset=utf-8", headers=headers)


def _rows(desk: Desk, wanted: AuditFilter) -> Iterator[str]:
    yield _row(["at", "who", "did", "what"])
    with desk.work() as work:
        for line in team.all_audit_lines(work.db, wanted):
            yield _row(_cells(line))


def _cells(line: AuditLine) -> list[str]:
    return [line.at.isoformat(), line.who, line.did, json.dumps(line.what, ensure_ascii=False, sort_keys=True)]


def _row(cells: list[str]) -> str:
    # A spreadsheet runs what begins like a formula (OWASP, CSV injection): a quote before it keeps it a text.
    safe = [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in cells]
    out = io.StringIO()
    csv.writer(out).writerow(safe)
    return out.getvalue()


def _asked(request: AnyRequest) -> tuple[dict[str, str], AuditFilter]:
    query = request.query_params
    said = {name: clean(query[name])[:300] for name in ("who", "did", "since", "until") if query.get(name)}
    end = _day("until", said.get("until", ""))
    until = end + timedelta(days=1) if end else None
    return said, AuditFilter(said.get("who"), said.get("did"), _day("since", said.get("since", "")), until)


def _day(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as e:
        raise Invalid("a day looks like 2026-11-22", fields={name: "is no day"}) from e
