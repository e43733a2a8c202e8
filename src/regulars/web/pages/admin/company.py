"""The company as its customers see it: its name, its colour, the way back to its site."""

from litestar import Response, get, post

from regulars import team
from regulars.kit import colour
from regulars.kit.errors import Invalid
from regulars.team import Company, Role
from regulars.web.pages import render
from regulars.web.pages.brand import DARK, LIGHT
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import GivenForm


@get("/admin/company", sync_to_thread=True)
def company_page(desk: GivenDesk) -> Response[str]:
    """The form, and what customers see of it."""
    with desk.work() as work:
        return _page(desk, team.company(work.db))


@post("/admin/company", sync_to_thread=True)
def save_company(desk: GivenDesk, form: GivenForm) -> Response[str] | Response[None]:
    """Keep it; the form again with its faults when something is no colour or address."""
    desk.check(form, Role.MANAGER)
    said = Company(form.one("name"), form.one("colour"), form.one("site"))
    try:
        with desk.work() as work:
            kept = team.save_company(work.db, said, by=desk.by, now=work.now)
            desk.audit(work, "company saved", {"name": kept.name, "colour": kept.colour, "site": kept.site})
    except Invalid as e:
        return _page(desk, said, faults=e)
    return render.go("/admin/company")


def _page(desk: Desk, company: Company, faults: Invalid | None = None) -> Response[str]:
    try:
        shade = colour.checked(company.colour) if company.colour else ""
    except Invalid:
        shade = ""
    shades = [colour.readable(shade, grounds) for grounds in (LIGHT, DARK)] if shade else []
    values = {"company": company, "shades": shades, "faults": faults.fields if faults else {}}
    return desk.page("admin/company.html", values, status=422 if faults else 200)
