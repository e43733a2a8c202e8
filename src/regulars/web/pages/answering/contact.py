"""Contact forms: /forms/{id} for everybody, alone or inside the company's pages; /admin/forms to define them."""

from typing import cast
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from regulars import team
from regulars.desk import Arrived
from regulars.desk.forms import (
    ContactForm,
    FieldKind,
    Filled,
    FormDefinition,
    FormField,
    FormId,
    archive_form,
    form,
    forms,
    read_stamp,
    save_form,
    stamp,
    submit,
)
from regulars.kit.errors import Fault, Invalid, Unauthorized
from regulars.kit.i18n import N_
from regulars.kit.ids import new_id
from regulars.kit.text import LANGUAGES, pick
from regulars.people import Identity, IdentityKind
from regulars.team import DepartmentId, Role
from regulars.team.tokens import PERSON
from regulars.web.auth import Connection, address_of
from regulars.web.edge import Edge, GivenEdge, Work
from regulars.web.limits import Brake
from regulars.web.pages import render
from regulars.web.pages.answering.uploads import GivenUpload, Upload
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import AnyRequest, Form

STAMPS = "form_stamps"
brake = Brake(20)
"""So many forms a minute from one address: an office may, a flood may not."""

KINDS = {
    FieldKind.LINE: N_("A line"), FieldKind.TEXT: N_("A text"), FieldKind.CHOICE: N_("A choice"),
    FieldKind.YES: N_("A tick"),
}  # fmt: skip


@get("/forms/{form_id:uuid}", sync_to_thread=True)
def form_page(
    request: AnyRequest, edge: GivenEdge, form_id: FromPath[UUID], lang: FromQuery[str] = ""
) -> Response[str]:
    """The form, empty."""
    with edge.work() as work:
        held = form(work.db, FormId(form_id))
    return _shown(request, edge, held, lang, {})


@post("/forms/{form_id:uuid}", sync_to_thread=True)
def send_form(request: AnyRequest, edge: GivenEdge, form_id: FromPath[UUID], upload: GivenUpload) -> Response[str]:
    """Take in what was written, once; or show it again with what is still to be put right."""
    brake.spend(address_of(cast("Connection", request), edge.settings.trusted_proxies))
    said, lang = upload.form, upload.form.one("lang")
    with edge.work() as work:
        held = form(work.db, FormId(form_id))
    try:
        with edge.work() as work:
            received = submit(work.db, held, _filled(edge, work, held, upload), now=work.now)
            if received.fresh:
                work.publish(Arrived(received.conversation, received.message, received.opened))
    except Invalid as fault:
        return _shown(request, edge, held, lang, {"said": said, "fault": fault}, status=422)
    return _shown(request, edge, held, lang, {"sent": True})


@get("/admin/forms", sync_to_thread=True)
def forms_page(desk: GivenDesk) -> Response[str]:
    """Every form, with what to put into a page."""
    with desk.work() as work:
        found = forms(work.db)
        names = {d.id: d.name for d in team.departments(work.db, archived=True)}
    values = {"forms": found, "departments": names, "base": desk.edge.settings.base_url}
    return desk.page("answering/forms.html", values)


@get("/admin/forms/new", sync_to_thread=True)
def new_form_page(desk: GivenDesk) -> Response[str]:
    """An empty one."""
    return _editor(desk, FormId(new_id()), "", FormDefinition(), None)


@get("/admin/forms/{form_id:uuid}", sync_to_thread=True)
def edit_form_page(desk: GivenDesk, form_id: FromPath[UUID]) -> Response[str]:
    """One form to change."""
    with desk.work() as work:
        found = next((f for f in forms(work.db) if f.id == form_id), None) or form(work.db, FormId(form_id))
    return _editor(desk, found.id, found.name, found.definition, found.department, held=found)


@post("/admin/forms/{form_id:uuid}", sync_to_thread=True)
def save_form_page(desk: GivenDesk, form_id: FromPath[UUID], upload: GivenUpload) -> Response[str] | Response[None]:
    """Keep it."""
    said = upload.form
    desk.check(said, Role.MANAGER)
    definition, name, given = _definition(said), said.one("name"), said.one("department")
    department = DepartmentId(UUID(given)) if given else None
    try:
        with desk.work() as work:
            save_form(work.db, FormId(form_id), name, definition, by=desk.agent, now=work.now, department=department)
            desk.audit(work, "form saved", {"form": str(form_id), "name": name})
    except Invalid as fault:
        return _editor(desk, FormId(form_id), name, definition, department, fault=fault)
    return render.go("/admin/forms")


@post("/admin/forms/{form_id:uuid}/archive", sync_to_thread=True)
def archive_form_page(desk: GivenDesk, form_id: FromPath[UUID], upload: GivenUpload) -> Response[None]:
    """Close it, or open it again."""
    desk.check(upload.form, Role.MANAGER)
    with desk.work() as work:
        back = upload.form.one("do") == "back"
        archive_form(work.db, FormId(form_id), by=desk.agent, now=work.now, back=back)
        desk.audit(work, "form opened" if back else "form closed", {"form": str(form_id)})
    return render.go("/admin/forms")


def _filled(edge: Edge, work: Work, held: ContactForm, upload: Upload) -> Filled:
    said = upload.form
    key, seconds = read_stamp(edge.keyring.secret(STAMPS), held.id, said.one("stamp"), work.now)
    answers = {f.name: said.one(f"field.{f.name}").strip() for f in held.definition.fields}
    return Filled(
        key, said.one("name").strip(), said.one("email").strip(), said.one("message"), answers, upload.attached(),
        render.spoken(said.one("lang")), _who(edge, said, work), said.one("page"), said.one("website"), seconds,
    )  # fmt: skip


def _who(edge: Edge, said: Form, work: Work) -> Identity | None:
    """Whom the page that shows the form says it is: proven by a person token, else the browser's own number."""
    token, anonymous = said.one("person"), said.one("anonymous")
    if token:
        try:
            return Identity(IdentityKind.USER, team.user_of(edge.keyring.secret(PERSON), token, now=work.now))
        except Unauthorized:
            return None
    return Identity(IdentityKind.ANONYMOUS, anonymous) if 8 <= len(anonymous) <= 512 else None


def _shown(
    request: AnyRequest, edge: Edge, held: ContactForm, lang: str, values: dict[str, object], *, status: int = 200
) -> Response[str]:
    wanted = lang if lang in LANGUAGES else render.preferred(request.headers.get("accept-language", ""))
    with edge.work() as work:
        made = stamp(edge.keyring.secret(STAMPS), held.id, str(new_id()), work.now)
    said = values.get("said")
    kept = said if isinstance(said, Form) else Form({k: [v] for k, v in request.query_params.items()})
    fault = values.get("fault")
    old = kept.one("stamp") if isinstance(fault, Fault) and "stamp" not in fault.fields else ""
    shown = {
        "form": held, "definition": held.definition, "said": kept, "fault": None, "sent": False,
        "stamp": old or made, "pick": pick, "company": edge.keyring.company(),
    }  # fmt: skip
    shown |= {**values, "said": kept}
    sites = " ".join(held.definition.sites)
    policy = {"frame-ancestors": f"'self' {sites}" if held.definition.sites else "*"}
    return render.page("answering/form_public.html", wanted, shown, status=status, policy=policy)


def _definition(said: Form) -> FormDefinition:
    columns = ("name", "kind", "label_en", "label_es", "label_nl", "required", "choices")
    rows = zip(*(said.all(f"field_{c}") for c in columns), strict=False)
    fields = tuple(
        FormField(
            name.strip(), FieldKind(kind) if kind in set(FieldKind) else FieldKind.LINE,
            {code: text.strip() for code, text in zip(LANGUAGES, (en, es, nl), strict=True) if text.strip()},
            needed == "yes", tuple(c.strip() for c in choices.split(",") if c.strip()),
        )
        for name, kind, en, es, nl, needed, choices in rows
        if name.strip()
    )  # fmt: skip
    texts = {
        part: {c: t for c in LANGUAGES if (t := said.one(f"{part}.{c}").strip())}
        for part in ("title", "intro", "thanks")
    }
    return FormDefinition(
        **texts, fields=fields, sites=tuple(s.rstrip("/").lower() for s in said.one("sites").replace(",", " ").split()),
        files=said.one("files") == "yes", tags=tuple(t.strip() for t in said.one("tags").split(",") if t.strip()),
    )  # fmt: skip


def _editor(
    desk: Desk, id: FormId, name: str, definition: FormDefinition, department: DepartmentId | None, *,
    held: ContactForm | None = None, fault: Fault | None = None,
) -> Response[str]:  # fmt: skip
    with desk.work() as work:
        departments = team.departments(work.db)
    values = {
        "id": id, "name": name, "definition": definition, "department": department, "departments": departments,
        "held": held, "fault": fault, "kinds": KINDS, "codes": LANGUAGES, "base": desk.edge.settings.base_url,
        "rows": [*definition.fields, *[FormField("", FieldKind.LINE, {})] * 3],
    }  # fmt: skip
    return desk.page("answering/form_editor.html", values, status=422 if fault else 200)
