"""/desk/visitors: who is on the site now, and inviting them to chat."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from regulars import people
from regulars.desk import chat
from regulars.desk.chat import Hall, Invitation, Visitor, VisitorId
from regulars.desk.chat.watching import numbers
from regulars.desk.model import ConversationId
from regulars.kit.errors import Invalid
from regulars.kit.i18n import N_, speaker
from regulars.kit.ids import PersonId
from regulars.people import IdentityKind
from regulars.store import Db
from regulars.team import Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import GivenForm

STANDINGS = {
    "open": N_("Chat is open."),
    "busy": N_("Chat is open; everybody online has as many chats as they take."),
    "nobody": N_("Nobody is online: visitors leave a message and are answered by e-mail."),
    "closed": N_("Chat is closed: visitors leave a message and are answered by e-mail."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A visitor as the list shows them. `person`: their page, when we know who they are; `number`: of their chat."""

    visitor: Visitor
    name: str
    known: bool
    person: PersonId | None
    invited: Invitation | None
    number: int | None


@get("/desk/visitors", sync_to_thread=True)
def visitors_page(desk: GivenDesk) -> Response[str]:
    """Everybody on the site now, where they are, since when."""
    with desk.work() as work:
        return _page(desk, work)


@get("/desk/visitors/list", sync_to_thread=True)
def visitors_part(desk: GivenDesk) -> Response[str]:
    """The list alone, for the page that listens to "visitors"."""
    with desk.work() as work:
        return _page(desk, work, template="inbox/visitors_list.html")


@post("/desk/visitors/{visitor:uuid}/invitation", sync_to_thread=True, status_code=200)
def invite_visitor(desk: GivenDesk, form: GivenForm, visitor: FromPath[UUID]) -> Response[str] | Response[None]:
    """Ask a visitor whether they want to chat."""
    desk.check(form, Role.AGENT)
    try:
        with desk.work() as work:
            chat.invite(work.db, VisitorId(visitor), form.one("text"), by=desk.agent, now=work.now)
            desk.audit(work, "visitor invited", {"visitor": str(visitor)})
    except Invalid as fault:
        with desk.work() as work:
            return _page(desk, work, fault=fault.detail, status=422)
    return render.go("/desk/visitors")


def _page(
    desk: Desk, work: Work, *, template: str = "inbox/visitors.html", fault: str = "", status: int = 200
) -> Response[str]:
    language = desk.agent.language
    hall = chat.standing(work.db, now=work.now)
    here = chat.visitors(work.db, now=work.now)
    open_ = numbers(work.db, desk.agent, [v.conversation for v in here if v.conversation])
    shown = [_shown(work, v, open_, language) for v in here]
    values = {"shown": shown, "hall": hall, "standing": _standing(hall, language), "fault": fault, "now": work.now}
    return desk.page(template, values, status=status)


def _standing(hall: Hall, language: str) -> str:
    return speaker(language).gettext(STANDINGS[hall.standing.value])


def _shown(work: Work, visitor: Visitor, open_: Mapping[ConversationId, int], language: str) -> Shown:
    invited = next((i for i in chat.before(work.db, visitor.id, now=work.now) if i.at >= visitor.since), None)
    person, name = _who(work.db, visitor)
    known = visitor.identity is not None and visitor.identity.kind is IdentityKind.USER
    words = speaker(language).gettext(N_("Anonymous visitor"))
    number = open_.get(visitor.conversation) if visitor.conversation else None
    return Shown(visitor, name or words, known, person, invited, number)


def _who(db: Db, visitor: Visitor) -> tuple[PersonId | None, str]:
    """The person's root and what they are called."""
    identity = visitor.identity
    if identity is None:
        return None, ""
    profile = people.profile(db, identity, newest=0)
    said = next((profile.traits[n] for n in ("name", "first_name", "firstName") if profile.traits.get(n)), "")
    name = str(said) or (identity.value if identity.kind is IdentityKind.USER else "")
    return profile.person, name
