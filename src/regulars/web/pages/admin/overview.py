"""What is running: how much there is, which model serves, what happened lately."""

from datetime import timedelta

from litestar import Response, get

from regulars import catalog, decide, people, team
from regulars.web.pages.desk import GivenDesk

DAY = timedelta(days=1)


@get("/admin", sync_to_thread=True)
def overview_page(desk: GivenDesk) -> Response[str]:
    """The figures of the house."""
    with desk.work() as work:
        since = work.now - DAY
        values = {
            "people": people.tally(work.db, since=since),
            "kinds": catalog.kinds(work.db),
            "slots": len(decide.slots(work.db)),
            "rules": len(decide.rules(work.db)),
            "keys": [k for k in team.keys(work.db) if k.revoked_at is None],
            "serving": next((m for m in decide.models(work.db) if m.serving_since and not m.refused), None),
            "lines": team.audit_lines(work.db, most=12),
        }
    return desk.page("admin/overview.html", values)
