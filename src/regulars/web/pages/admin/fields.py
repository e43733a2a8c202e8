"""Fields of the company's own beside every conversation: defined, changed, taken away."""

from litestar import Response, get, post

from regulars import desk as room
from regulars.desk import CustomField, FieldKind
from regulars.kit.errors import Invalid
from regulars.kit.text import LANGUAGES, Localised
from regulars.team import Role
from regulars.web.pages import render
from regulars.web.pages.desk import GivenDesk
from regulars.web.pages.forms import Form, GivenForm


@get("/admin/fields", sync_to_thread=True)
def fields_page(desk: GivenDesk) -> Response[str]:
    """All of them, in their order."""
    desk.need(Role.MANAGER)
    with desk.work() as work:
        return desk.page("admin/fields.html", {"fields": room.custom_fields(work.db), "kinds": list(FieldKind)})


@post("/admin/fields", sync_to_thread=True)
def save_field(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """A new one, or the one of that name changed."""
    desk.check(form, Role.MANAGER)
    name, kind = form.needed("name"), form.one("kind")
    if kind not in (*FieldKind,):
        raise Invalid("there is no such kind of field", fields={"kind": "is unknown"})
    with desk.work() as work:
        known = {one.name: one for one in room.custom_fields(work.db)}
        before = known.get(name)
        label = {code: text for code in LANGUAGES if (text := form.one(f"label.{code}").strip())}
        values = _values(form, before, desk.agent.language) if kind == FieldKind.CHOICE else {}
        position = before.position if before else max((one.position for one in known.values()), default=0) + 1
        new = CustomField(name, FieldKind(kind), label, values, position)
        room.save_custom_field(work.db, new, by=desk.agent)
        desk.audit(work, "field saved", {"field": name})
    return render.go("/admin/fields")


@post("/admin/fields/remove", sync_to_thread=True)
def remove_field(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """Ask for it no more; what was noted stays."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        room.remove_custom_field(work.db, form.needed("name"), by=desk.agent)
        desk.audit(work, "field removed", {"field": form.one("name")})
    return render.go("/admin/fields")


def _values(form: Form, before: CustomField | None, language: str) -> dict[str, Localised]:
    """The choices, one a line: `value` or `value: what people read`, which is in the agent's language."""
    found: dict[str, Localised] = {}
    for line in form.one("values").splitlines():
        value, _, label = (part.strip() for part in line.partition(":"))
        if value:
            kept = before.values.get(value, {}) if before else {}
            found[value] = {**kept, **({language: label} if label else {})}
    return found
