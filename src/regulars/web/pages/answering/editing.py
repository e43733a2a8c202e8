"""The editor of the help centre: /desk/help."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from regulars.desk import help as centre
from regulars.desk.help import HelpId, HelpPage, HelpText, NewPage
from regulars.kit import markdown
from regulars.kit.errors import Conflict, Fault, Invalid
from regulars.kit.text import LANGUAGES, pick
from regulars.team import Role
from regulars.web.pages import render
from regulars.web.pages.answering.uploads import GivenUpload
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import Form

MOST_SAYINGS = 50


@get("/desk/help", sync_to_thread=True)
def help_pages(desk: GivenDesk) -> Response[str]:
    """Every page: what is read, what is a draft, whether it helps."""
    with desk.work() as work:
        found = centre.pages(work.db)
    return desk.page("answering/help_pages.html", {"pages": found, "title_of": _title})


@get("/desk/help/new", sync_to_thread=True)
def new_help_page(desk: GivenDesk) -> Response[str]:
    """An empty page."""
    return _editor(desk, None, NewPage("", {}))


@get("/desk/help/{page:uuid}", sync_to_thread=True)
def help_editor(desk: GivenDesk, page: FromPath[UUID], version: FromQuery[int] = 0) -> Response[str]:
    """One page to write on, with its versions; `version` shows an older one."""
    with desk.work() as work:
        held = centre.page(work.db, HelpId(page))
        old = next((v for v in centre.versions(work.db, held.id) if v.number == version), None) if version else None
    texts = old.texts if old else held.newest
    return _editor(desk, held, NewPage(held.slug, texts, held.category, held.position), old=version if old else 0)


@post("/desk/help", sync_to_thread=True)
def make_help_page(desk: GivenDesk, upload: GivenUpload) -> Response[str] | Response[None]:
    """Save a new page, or show it filled in."""
    return _acted(desk, None, upload.form)


@post("/desk/help/{page:uuid}", sync_to_thread=True)
def save_help_page(desk: GivenDesk, page: FromPath[UUID], upload: GivenUpload) -> Response[str] | Response[None]:
    """Save the draft, publish it, or show it as customers would see it: as the button pressed says."""
    return _acted(desk, HelpId(page), upload.form)


@post("/desk/help/{page:uuid}/restore", sync_to_thread=True)
def restore_help_page(desk: GivenDesk, page: FromPath[UUID], upload: GivenUpload) -> Response[None]:
    """Bring a version back."""
    desk.check(upload.form, Role.MANAGER)
    number = upload.form.one("version")
    if not number.isdigit() or len(number) > 9:
        raise Invalid("there is no such version", fields={"version": "is no number"})
    with desk.work() as work:
        site = desk.edge.settings.base_url
        centre.restore(work.db, HelpId(page), int(number), by=desk.agent, now=work.now, site=site)
        desk.audit(work, "help page restored", {"page": str(page), "version": int(number)})
    return render.go(f"/desk/help/{page}")


@post("/desk/help/{page:uuid}/withdraw", sync_to_thread=True)
def withdraw_help_page(desk: GivenDesk, page: FromPath[UUID], upload: GivenUpload) -> Response[None]:
    """Take a page out of the help centre."""
    desk.check(upload.form, Role.MANAGER)
    with desk.work() as work:
        centre.withdraw(work.db, HelpId(page), by=desk.agent, now=work.now)
        desk.audit(work, "help page withdrawn", {"page": str(page)})
    return render.go(f"/desk/help/{page}")


@post("/desk/help/{page:uuid}/discard", sync_to_thread=True)
def discard_help_draft(desk: GivenDesk, page: FromPath[UUID], upload: GivenUpload) -> Response[None]:
    """Throw the draft away."""
    desk.check(upload.form, Role.AGENT)
    with desk.work() as work:
        centre.discard_draft(work.db, HelpId(page), by=desk.agent, now=work.now)
    return render.go(f"/desk/help/{page}")


def _acted(desk: Desk, id: HelpId | None, form: Form) -> Response[str] | Response[None]:
    desk.check(form, Role.AGENT)
    new = _said(form)
    with desk.work() as work:
        held = centre.page(work.db, id) if id else None
    if form.one("do") == "preview":
        return _editor(desk, held, new, shown=form.one("language") or desk.agent.language)
    try:
        with desk.work() as work:
            site = desk.edge.settings.base_url
            saved = centre.save_draft(work.db, new, by=desk.agent, now=work.now, id=id, site=site)
            if form.one("do") == "publish":
                saved = centre.publish(work.db, saved.id, by=desk.agent, now=work.now, site=site)
                desk.audit(work, "help page published", {"page": str(saved.id), "slug": saved.slug})
    except (Invalid, Conflict) as fault:
        return _editor(desk, held, new, fault=fault)
    return render.go(f"/desk/help/{saved.id}")


def _said(form: Form) -> NewPage:
    texts = {
        code: HelpText(form.one(f"title.{code}").strip(), form.one(f"summary.{code}").strip(), form.one(f"body.{code}"))
        for code in form.many("languages") or LANGUAGES
    }
    written = {code: text for code, text in texts.items() if text.title or text.summary or text.body.strip()}
    position = form.one("position")
    slug = form.one("slug").strip() or centre.slug_of(pick({c: t.title for c, t in written.items()}, "en"))
    category = form.one("category").strip()
    return NewPage(slug, written, category, int(position) if position.isdigit() and len(position) < 6 else 0)


def _editor(
    desk: Desk, held: HelpPage | None, new: NewPage, *, shown: str = "", fault: Fault | None = None, old: int = 0
) -> Response[str]:
    with desk.work() as work:
        versions = centre.versions(work.db, held.id) if held else []
        sayings = centre.sayings(work.db, held.id, MOST_SAYINGS) if held else []
        categories = sorted({p.category for p in centre.pages(work.db) if p.category})
    preview = new.texts.get(shown) if shown else None
    values = {
        "page": held, "new": new, "versions": versions, "sayings": sayings, "categories": categories, "fault": fault,
        "codes": list(dict.fromkeys([*LANGUAGES, *new.texts])), "preview": preview, "shown": shown, "old": old,
        "body": markdown.to_html(preview.body) if preview else "", "nothing": HelpText(""), "title": _title_of(new),
    }  # fmt: skip
    return desk.page("answering/help_editor.html", values, status=422 if fault else 200)


def _title(page: HelpPage, language: str) -> str:
    return pick({code: text.title for code, text in page.newest.items()}, language)


def _title_of(new: NewPage) -> str:
    return pick({code: text.title for code, text in new.texts.items()}, "en")
