"""Departments: made, changed, archived."""

from dataclasses import replace
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from regulars import team
from regulars.kit.text import LANGUAGES
from regulars.team import Department, DepartmentId, Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import Form, GivenForm


@get("/admin/departments", sync_to_thread=True)
def departments_page(desk: GivenDesk) -> Response[str]:
    """All of them, archived ones last."""
    desk.need(Role.MANAGER)
    with desk.work() as work:
        agents = [a for a in team.agents(work.db) if not a.disabled_at]
        every = sorted(team.departments(work.db, archived=True), key=lambda d: d.archived_at is not None)
        values = {"departments": every, "members": {d.id: [a for a in agents if d.id in a.departments] for d in every}}
    return desk.page("admin/departments.html", values)


@post("/admin/departments", sync_to_thread=True)
def create_department(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """A new one."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        _save(desk, work, team.new_department(form.one("name")), form)
    return render.go("/admin/departments")


@post("/admin/departments/{department:uuid}", sync_to_thread=True)
def save_department(desk: GivenDesk, form: GivenForm, department: FromPath[UUID]) -> Response[None]:
    """Change one; an archived one comes back."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        _save(desk, work, team.department(work.db, department), form)
    return render.go("/admin/departments")


@post("/admin/departments/{department:uuid}/archive", sync_to_thread=True)
def archive_department(desk: GivenDesk, form: GivenForm, department: FromPath[UUID]) -> Response[None]:
    """Offer it no more."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        team.archive_department(work.db, DepartmentId(department), now=work.now)
        desk.audit(work, "department archived", {"department": str(department)})
    return render.go("/admin/departments")


def _save(desk: Desk, work: Work, department: Department, form: Form) -> None:
    said = replace(
        department,
        name=form.one("name"),
        address=form.one("address"),
        languages=tuple(form.one("languages").replace(",", " ").split()),
        signature={code: form.one(f"signature.{code}") for code in LANGUAGES},
    )
    kept = team.save_department(work.db, said, now=work.now)
    desk.audit(work, "department saved", {"department": str(kept.id), "name": kept.name})
