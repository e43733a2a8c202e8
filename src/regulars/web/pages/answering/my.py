"""The customer's own conversations: /my, opened by a link made for one person. Nobody else's, and no notes."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from regulars import desk, people, team
from regulars.desk import Arrival, Arrived, Channel, Conversation, ConversationId, Machine, Sender, Status, Thread
from regulars.kit import markdown
from regulars.kit.errors import Invalid, NotFound, Unauthorized
from regulars.kit.i18n import N_
from regulars.kit.ids import PersonId, new_id
from regulars.people import Identity, IdentityKind
from regulars.team.tokens import ME, MY
from regulars.web.edge import Edge, GivenEdge, Work
from regulars.web.pages import render
from regulars.web.pages.answering.uploads import GivenUpload
from regulars.web.pages.forms import AnyRequest
from regulars.web.whom import PROVEN

STATES = {
    Status.NEW: N_("we got it"), Status.OPEN: N_("we are on it"), Status.PENDING: N_("we answered"),
    Status.ON_HOLD: N_("we are waiting for somebody"), Status.SOLVED: N_("solved"), Status.CLOSED: N_("closed"),
    Status.SPAM: N_("closed"),
}  # fmt: skip
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Own:
    """Somebody looking at their own conversations. `whole`: the link opens their page about themselves, too."""

    edge: Edge
    token: str
    identity: Identity
    accept_language: str
    whole: bool

    def url(self, path: str, **query: str) -> str:
        """`path` with the token, so that it opens for this person only."""
        return f"{path}?{urlencode({'t': self.token} | query)}"

    def root(self, work: Work) -> PersonId:
        """Who they are now. Raises NotFound."""
        return people.root(work.db, people.find(work.db, self.identity))

    def page(self, work: Work, template: str, values: dict[str, object], *, status: int = 200) -> Response[str]:
        """A page in their language."""
        stated = people.profile(work.db, self.identity).facet("language").stated
        language = stated if isinstance(stated, str) else render.preferred(self.accept_language)
        frame = {"own": self, "company": self.edge.keyring.company(), "states": STATES}
        return render.page(template, language, frame | values, status=status)


GivenOwn = NamedDependency[Own]
"""How a handler asks for it: `own: GivenOwn`."""


def provide_own(request: AnyRequest, edge: GivenEdge, t: FromQuery[str] = "") -> Own:
    """Whom the link names. Raises Unauthorized, also for a link of a device or of an id that was only said."""
    if not t:
        raise Unauthorized("this page opens by a link made for one person, and the link is not whole")
    with edge.work() as work:
        kind, value, whole = _named(edge, t, work.now)
    if kind not in PROVEN:  # whoever knows a device's id, or says a user's, could have such a link made
        raise Unauthorized("your conversations open for you only: sign in on our site, or use the link in our mail")
    return Own(edge, t, Identity(IdentityKind(kind), value), request.headers.get("accept-language", ""), whole)


def _named(edge: Edge, token: str, now: datetime) -> tuple[str, str, bool]:
    """(kind, value) of whom a link names, of either sort, and whether it opens everything of theirs."""
    try:
        return *team.me_of(edge.keyring.secret(ME), token, now=now), True
    except Unauthorized:
        return *team.me_of(edge.keyring.secret(MY), token, now=now), False


@get("/my", sync_to_thread=True)
def my_page(own: GivenOwn) -> Response[str]:
    """All of them, the newest first."""
    with own.edge.work() as work:
        try:
            rows = desk.for_person(work.db, own.root(work))
        except NotFound:
            rows = []
        return own.page(work, "answering/my.html", {"rows": rows})


@get("/my/{conversation:uuid}", sync_to_thread=True)
def my_conversation(own: GivenOwn, conversation: FromPath[UUID]) -> Response[str]:
    """One of them."""
    with own.edge.work() as work:
        found = desk.thread_for_person(work.db, ConversationId(conversation), own.root(work))
        return _shown(own, work, found)


@post("/my/{conversation:uuid}", sync_to_thread=True)
def reply(own: GivenOwn, conversation: FromPath[UUID], upload: GivenUpload) -> Response[str] | Response[None]:
    """Say something more."""
    text, files = upload.form.one("text").strip(), upload.attached()
    with own.edge.work() as work:
        found = desk.thread_for_person(work.db, ConversationId(conversation), own.root(work))
        if not text and not files:
            fault = Invalid("write something, or attach a file", fields={"text": "is empty"})
            return _shown(own, work, found, fault=fault, status=422)
        arrival = Arrival(
            f"form:my:{found.id}:{_key(upload.form.one('key'))}", Channel.FORM, _sender(own, found), work.now, text,
            thread=Thread(found.id), attachments=files, language=found.row.language, meta={"page": "/my"},
        )  # fmt: skip
        (received,) = desk.receive(work.db, [arrival], now=work.now)
        if received.fresh:
            work.publish(Arrived(received.conversation, received.message, received.opened))
    return render.go(own.url(f"/my/{received.conversation}"))


@post("/my/{conversation:uuid}/close", sync_to_thread=True)
def close(own: GivenOwn, conversation: FromPath[UUID]) -> Response[None]:
    """It is solved, says the customer. Writing opens it again."""
    with own.edge.work() as work:
        found = desk.thread_for_person(work.db, ConversationId(conversation), own.root(work))
        if found.row.status not in (Status.SOLVED, Status.CLOSED):
            work.publish(*desk.set_status(work.db, found.id, Status.SOLVED, by=Machine("customer"), now=work.now))
    return render.go(own.url(f"/my/{found.id}"))


@get("/my/files/{file:uuid}", sync_to_thread=True)
def my_file(own: GivenOwn, file: FromPath[UUID]) -> Response[bytes]:
    """A file of one of their own conversations. Only pictures are shown; anything else is saved."""
    with own.edge.work() as work:
        held, content = desk.attachment_for_person(work.db, file, own.root(work))
    shown = held.type in PICTURES
    name = "".join(c for c in held.name if c.isascii() and c.isprintable() and c not in '"\\') or "file"
    headers = render.headers() | {
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type=held.type if shown else "application/octet-stream", headers=headers)


def _shown(
    own: Own, work: Work, found: Conversation, *, fault: Invalid | None = None, status: int = 200
) -> Response[str]:
    said = [(m, markdown.to_html(m.text, pictures=False) if m.author == "agent" else "") for m in found.messages]
    over = found.row.status in (Status.SOLVED, Status.CLOSED)
    values = {"found": found, "said": said, "over": over, "fault": fault, "key": str(new_id())}
    return own.page(work, "answering/my_conversation.html", values, status=status)


def _sender(own: Own, found: Conversation) -> Sender:
    """They themselves, under the name and address the conversation knows them by."""
    address = own.identity.value if own.identity.kind is IdentityKind.EMAIL else found.row.address
    return Sender(own.identity, address if "@" in address else "", found.row.name)


def _key(said: str) -> str:
    try:
        return str(UUID(said))
    except ValueError:
        return str(new_id())
