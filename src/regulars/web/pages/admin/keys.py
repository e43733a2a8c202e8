"""API keys: made (shown once), listed, revoked."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from regulars import team
from regulars.kit.errors import Invalid
from regulars.team import KeyKind, NewKey, Role
from regulars.web.edge import GivenEdge, Work
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import GivenForm


@get("/admin/keys", sync_to_thread=True)
def keys_page(desk: GivenDesk) -> Response[str]:
    """All keys, newest first; never a key itself."""
    with desk.work() as work:
        return _shown(desk, work)


@post("/admin/keys", sync_to_thread=True, status_code=200)
def create_key(desk: GivenDesk, form: GivenForm, edge: GivenEdge) -> Response[str]:
    """Make a key and show it, this once."""
    desk.check(form, Role.ADMIN)
    kind = form.one("kind")
    if kind not in set(KeyKind):
        raise Invalid("a key is a write key or a server key", fields={"kind": "is unknown"})
    origins = form.one("origins").replace(",", " ").split()
    with desk.work() as work:
        made = team.create_key(work.db, KeyKind(kind), form.one("name"), now=work.now, origins=origins)
        desk.audit(work, "key created", {"key": made.key.name, "kind": kind, "origins": origins})
        return _shown(desk, work, made=made, base_url=edge.settings.base_url)


@post("/admin/keys/{key:uuid}/revoke", sync_to_thread=True)
def revoke_key(desk: GivenDesk, form: GivenForm, key: FromPath[UUID]) -> Response[None]:
    """Make a key useless."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        team.revoke_key(work.db, key, now=work.now)
        desk.audit(work, "key revoked", {"key": str(key)})
    return render.go("/admin/keys")


def _shown(desk: Desk, work: Work, *, made: NewKey | None = None, base_url: str = "") -> Response[str]:
    values = {"keys": team.keys(work.db), "made": made, "base_url": base_url}
    return desk.page("admin/keys.html", values)
