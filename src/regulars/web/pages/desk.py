"""The door of the company's pages: who is signed in, what they may, and proof that a form came from our own page."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from litestar import Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from regulars import team
from regulars.kit.errors import Forbidden, Unauthorized
from regulars.kit.i18n import N_
from regulars.kit.json import Json
from regulars.team import SESSION_LASTS, Agent, Role
from regulars.web.edge import Edge, GivenEdge, Work
from regulars.web.pages import render
from regulars.web.pages.forms import AnyRequest, Form

PLACES = (
    ("/desk", "inbox", N_("Inbox")),
    ("/admin", "gauge", N_("Overview")),
    ("/admin/slots", "layout-grid", N_("Slots")),
    ("/admin/rules", "store", N_("Shop rules")),
    ("/admin/facets", "sliders-horizontal", N_("Choices")),
    ("/admin/people", "users", N_("People")),
    ("/admin/model", "sparkles", N_("Model")),
    ("/admin/keys", "key-round", N_("Keys")),
    ("/admin/chat", "message-circle", N_("Chat")),
    ("/desk/visitors", "eye", N_("Visitors")),
    ("/desk/answers", "pencil", N_("Ready answers")),
    ("/desk/help", "book-open", N_("Help pages")),
    ("/admin/forms", "file-json", N_("Contact forms")),
    ("/admin/webhooks", "link", N_("Webhooks")),
    ("/admin/company", "store", N_("Company")),
    ("/admin/departments", "list", N_("Departments")),
    ("/admin/fields", "tag", N_("Fields")),
    ("/admin/team", "user", N_("Team")),
    ("/admin/audit", "history", N_("Audit log")),
)
MINE = "/admin/me"
NEEDS = {
    "/admin/team": Role.MANAGER,
    "/admin/departments": Role.MANAGER,
    "/admin/fields": Role.MANAGER,
    "/admin/audit": Role.MANAGER,
    "/admin/webhooks": Role.ADMIN,
}
"""Places that not everybody sees."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One agent at one page."""

    edge: Edge
    agent: Agent
    token: str
    path: str

    @property
    def csrf(self) -> str:
        """What a form of ours carries and nobody else's can know: it depends on the session's secret token."""
        return sha256(b"csrf:" + self.token.encode()).hexdigest()

    @property
    def by(self) -> str:
        """What is written down as "by"."""
        return f"agent:{self.agent.email}"

    def may(self, needed: Role) -> bool:
        """Whether this agent may do what `needed` may."""
        return self.agent.role.may(needed)

    def check(self, form: Form, needed: Role) -> None:
        """Before anything is changed. Raises Forbidden."""
        if not compare_digest(form.one("csrf").encode(), self.csrf.encode()):
            raise Forbidden("this form is not from this sign-in: open the page again and send it once more")
        self.need(needed)

    def need(self, needed: Role) -> None:
        """Before something is shown that is not for everybody. Raises Forbidden."""
        if not self.may(needed):
            raise Forbidden(f"this needs the role {needed.value}; yours is {self.agent.role.value}")

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction."""
        with self.edge.work() as work:
            yield work

    def audit(self, work: Work, did: str, what: Mapping[str, Json]) -> None:
        """Write down who did it, in the transaction that does it."""
        team.audit(work.db, self.by, did, what, now=work.now)

    def page(self, template: str, values: Mapping[str, object], *, status: int = 200) -> Response[str]:
        """A page in the frame of the desk."""
        place = max((p for p, _, _ in PLACES if self.path.startswith(p)), key=len, default="/admin")
        places = [p for p in PLACES if self.may(NEEDS.get(p[0], Role.VIEWER))]
        place = MINE if self.path.startswith(MINE) else place
        frame = {"desk": self, "places": places, "place": place, "Role": Role, "notice": None}
        return render.page(template, self.agent.language, frame | dict(values), status=status)


GivenDesk = NamedDependency[Desk]
"""How a handler asks for it: `desk: GivenDesk`."""


def provide_desk(request: AnyRequest, edge: GivenEdge) -> Desk:
    """The agent whose cookie this is. Raises Unauthorized."""
    token = request.cookies.get(cookie_name(edge))
    if token:
        with edge.work() as work:
            agent = team.agent_of(work.db, token, now=work.now)
            if agent:
                team.touch(work.db, agent.id, now=work.now)
        if agent:
            return Desk(edge, agent, token, request.url.path)
    raise Unauthorized("sign in first")


def cookie_name(edge: Edge) -> str:
    """The name tells browsers how firmly to hold it (RFC 6265bis: __Host-)."""
    return "__Host-regulars" if edge.settings.secure else "regulars"


def cookie(edge: Edge, token: str | None) -> Cookie:
    """The session's cookie; None takes it away."""
    return Cookie(
        key=cookie_name(edge),
        value=token or "",
        max_age=int(SESSION_LASTS.total_seconds()) if token else 0,
        httponly=True,
        secure=edge.settings.secure,
        samesite="lax",
        path="/",
    )


def from_here(request: AnyRequest) -> None:
    """Sign-in has no session yet to prove a form by: browsers say where it came from. Raises Forbidden."""
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise Forbidden("this form came from another site: open the sign-in page itself")
