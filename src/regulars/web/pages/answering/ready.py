"""Ready answers: /desk/answers. Written, looked at as any real person would get them, put away."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from regulars import people, team
from regulars.desk.answers import filling, keeping
from regulars.desk.answers.model import AnswerId, AnswerText, NewAnswer, ReadyAnswer, Scope
from regulars.kit.errors import Fault, Forbidden, Invalid
from regulars.kit.i18n import N_
from regulars.kit.ids import PersonId
from regulars.kit.text import LANGUAGES
from regulars.people import Found, IdentityKind
from regulars.team import DepartmentId, Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.answering.uploads import GivenUpload
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import Form

SCOPES = {
    Scope.PERSONAL: N_("Only mine"),
    Scope.TEAM: N_("My department's"),
    Scope.GLOBAL: N_("Everybody's"),
}
VARIABLES = (
    "customer.first_name", "customer.name", "customer.email", "customer.city", "conversation.number",
    "conversation.subject", "agent.name", "agent.first_name", "department.name", "today",
)  # fmt: skip
MOST_SHOWN = 500


@get("/desk/answers", sync_to_thread=True)
def answers_page(desk: GivenDesk, q: FromQuery[str] = "", archived: FromQuery[bool] = False) -> Response[str]:
    """Every ready answer this agent may use."""
    with desk.work() as work:
        language = desk.agent.language
        found = keeping.answers(work.db, q, by=desk.agent, language=language, most=MOST_SHOWN, archived=archived)
        names = {d.id: d.name for d in team.departments(work.db, archived=True)}
    values = {"answers": found, "departments": names, "scopes": SCOPES, "query": q[:200], "archived": archived}
    return desk.page("answering/answers.html", values)


@get("/desk/answers/new", sync_to_thread=True)
def new_answer_page(desk: GivenDesk) -> Response[str]:
    """An empty one."""
    return _editor(desk, None, NewAnswer({}))


@get("/desk/answers/{answer:uuid}", sync_to_thread=True)
def answer_page(desk: GivenDesk, answer: FromPath[UUID]) -> Response[str]:
    """One answer to write on."""
    with desk.work() as work:
        held = keeping.answer(work.db, AnswerId(answer), by=desk.agent)
    return _editor(desk, held, held)


@post("/desk/answers", sync_to_thread=True)
def make_answer(desk: GivenDesk, upload: GivenUpload) -> Response[str] | Response[None]:
    """Save a new one, or look at it as somebody would get it."""
    return _acted(desk, None, upload)


@post("/desk/answers/{answer:uuid}", sync_to_thread=True)
def save_answer(desk: GivenDesk, answer: FromPath[UUID], upload: GivenUpload) -> Response[str] | Response[None]:
    """Save it, or look at it as somebody would get it: as the button pressed says."""
    return _acted(desk, AnswerId(answer), upload)


@post("/desk/answers/{answer:uuid}/archive", sync_to_thread=True)
def archive_answer(desk: GivenDesk, answer: FromPath[UUID], upload: GivenUpload) -> Response[None]:
    """Put it away, or take it out again."""
    desk.check(upload.form, Role.AGENT)
    with desk.work() as work:
        act = keeping.restore_answer if upload.form.one("do") == "restore" else keeping.archive_answer
        act(work.db, AnswerId(answer), by=desk.agent, now=work.now)
    return render.go("/desk/answers")


@post("/desk/answers/{answer:uuid}/remove", sync_to_thread=True)
def remove_answer_file(desk: GivenDesk, answer: FromPath[UUID], upload: GivenUpload) -> Response[None]:
    """Send a file along no more."""
    desk.check(upload.form, Role.AGENT)
    with desk.work() as work:
        keeping.remove_file(work.db, AnswerId(answer), _uuid(upload.form.one("file")), by=desk.agent)
    return render.go(f"/desk/answers/{answer}")


def _acted(desk: Desk, id: AnswerId | None, upload: GivenUpload) -> Response[str] | Response[None]:
    form = upload.form
    desk.check(form, Role.AGENT)
    new = _said(form)
    with desk.work() as work:
        held = keeping.answer(work.db, id, by=desk.agent) if id else None
    if form.one("do") == "preview":
        return _editor(desk, held, new, form=form)
    try:
        with desk.work() as work:
            saved = keeping.save_answer(work.db, new, by=desk.agent, now=work.now, id=id)
            for file in upload.attached():
                keeping.add_file(work.db, saved.id, file.name, file.content, by=desk.agent)
    except (Invalid, Forbidden) as fault:
        return _editor(desk, held, new, fault=fault)
    return render.go("/desk/answers")


def _said(form: Form) -> NewAnswer:
    said = {code: (form.one(f"title.{code}").strip(), form.one(f"text.{code}").strip()) for code in LANGUAGES}
    scope = form.one("scope")
    department = form.one("department") if scope == Scope.TEAM else ""
    return NewAnswer(
        {code: AnswerText(*both) for code, both in said.items() if any(both)},
        Scope(scope) if scope in set(Scope) else Scope.PERSONAL,
        DepartmentId(_uuid(department)) if department else None,
        form.one("shortcut").strip().removeprefix("/"),
        tuple(tag.strip() for tag in form.one("tags").split(",") if tag.strip())[:20],
    )


def _editor(
    desk: Desk, held: ReadyAnswer | None, new: NewAnswer, *, fault: Fault | None = None, form: Form | None = None
) -> Response[str]:
    with desk.work() as work:
        mine = [d for d in team.departments(work.db) if d.id in desk.agent.departments or desk.may(Role.MANAGER)]
        preview = _preview(desk, work, new, form) if form else None
    values = {
        "held": held, "new": new, "fault": fault, "codes": LANGUAGES, "scopes": SCOPES, "departments": mine,
        "variables": VARIABLES, "may": held is None or keeping.may_change(held, desk.agent), "Scope": Scope,
        "preview": preview, "who": form.one("who") if form else "", "nothing": AnswerText("", ""),
    }  # fmt: skip
    return desk.page("answering/answer.html", values, status=422 if fault else 200)


def _preview(desk: Desk, work: Work, new: NewAnswer, form: Form) -> dict[str, object]:
    """The text as one real person would get it, in each language; or what is missing for them."""
    found = people.search(work.db, form.one("who").strip()[:200], most=1)
    if not found:
        return {"person": None, "texts": {}, "missing": {}}
    texts: dict[str, str] = {}
    missing: dict[str, str] = {}
    about = filling.About(desk.agent, PersonId(found[0].root), department=new.department)
    for code, text in new.texts.items():
        try:
            texts[code] = filling.preview(work.db, text.text, about, language=code, now=work.now)
        except Invalid as fault:
            missing[code] = fault.detail
    return {"person": _name(found[0]), "texts": texts, "missing": missing}


def _name(found: Found) -> str:
    return next((i.value for i in found.identities if i.kind is not IdentityKind.ANONYMOUS), f"#{found.root}")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as e:
        raise Invalid("there is no such thing", fields={"id": "is unknown"}) from e
