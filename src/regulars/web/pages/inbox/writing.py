"""Answering: replies with ten seconds to take them back, notes, drafts, and who is at it just now."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from regulars import desk as room
from regulars.desk import Channel, Message, NewAttachment, NewReply, Replied, Status
from regulars.desk.answers import filling, keeping, learning
from regulars.desk.answers.model import AnswerId, Filled
from regulars.desk.model import MessageId
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.json import Json
from regulars.team import Agent, Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.answering.uploads import GivenUpload, Upload
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import AnyRequest, Form, GivenForm
from regulars.web.pages.inbox.pages import conversation, kept_files, shown, signature
from regulars.web.pages.inbox.talk import answered_since
from regulars.web.pages.inbox.where import back_to

AFTER = {"pending": Status.PENDING, "solved": Status.SOLVED, "on_hold": Status.ON_HOLD, "open": Status.OPEN}


@post("/desk/c/{number:int}/reply", sync_to_thread=True, status_code=200)
def reply(
    desk: GivenDesk, upload: GivenUpload, request: AnyRequest, number: FromPath[int]
) -> Response[str] | Response[None]:
    """Answer, or leave a note. When a colleague answered meanwhile, ask first; what was typed stays."""
    form = upload.form
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        there = room.by_number(work.db, number, by=desk.agent)
        found = room.thread(work.db, there, by=desk.agent, most=50)
        if form.one("kind") == "note":
            named = room.mentioned(work.db, form.one("text"))
            room.note(work.db, there, form.one("text"), named, by=desk.agent, now=work.now,
                      attachments=upload.attached(), key=_key(desk, form))  # fmt: skip
            room.save_draft(work.db, there, "", by=desk.agent, now=work.now)
            return render.go(back_to(form.one("back")))
        seen = _int(form.one("seen"))
        theirs = answered_since(found, seen, desk.agent.id)
        if theirs is None or form.one("anyway") == str(theirs.id):
            before_me = MessageId(max(seen, theirs.id if theirs else 0))
            try:
                _send(desk, work, found, upload, before_me)
            except Conflict:  # a colleague pressed the button at the same moment, and was first
                found = room.thread(work.db, there, by=desk.agent, most=50)
                theirs = answered_since(found, before_me, desk.agent.id)
                if theirs is None:
                    raise
            else:
                return render.go(_next(form))
        return _warned(desk, work, request, (number, form, theirs))


def _warned(desk: Desk, work: Work, request: AnyRequest, about: tuple[int, Form, Message]) -> Response[str]:
    """The conversation with what was typed, and a warning that a colleague answered."""
    number, form, theirs = about
    more = {"warning": theirs, "typed": form.one("text")}
    values = conversation(desk, work, request, (number, None), more)
    page = shown(desk, values.pop("around"), values, status=409)  # type: ignore[arg-type]  # put there by it
    page.headers["HX-Push-Url"] = back_to(form.one("back"))
    return page


def _send(desk: Desk, work: Work, found: room.Conversation, upload: Upload, seen: MessageId) -> None:
    form = upload.form
    used = form.many("used")
    said = form.one("channel")
    after = form.one("after")
    if said not in ("", *Channel) or after not in ("", *AFTER):
        raise Invalid("there is no such channel or status")
    kept = [file.id for file in kept_files(found, desk.agent) if str(file.id) in form.many("keep")]
    again = (room.attachment(work.db, id, by=desk.agent) for id in kept)
    files = (
        *(NewAttachment(file.name, file.type, content, file.inline_id) for file, content in again),
        *upload.attached(), *_ready_files(work, desk.agent, used),
    )  # fmt: skip
    language = form.one("language")
    answer = NewReply(
        form.one("text"), Channel(said) if said else None, files, language, AFTER.get(after), seen=seen,
        key=_key(desk, form),
        signature=signature(work, desk.agent, found.row.department, language or found.row.language),
    )  # fmt: skip
    written = room.write(work.db, found.id, answer, by=desk.agent, now=work.now)
    if written.fresh:
        learning.answered(work.db, found.id, desk.agent.id, used, now=work.now)
        work.publish(Replied(written.conversation, written.message, desk.agent.name))


def _key(desk: Desk, form: Form) -> str:
    """What makes the same form, sent twice, one answer; "" for a form that does not say."""
    if not form.one("nonce"):
        return ""
    said = "\0".join(form.one(name) for name in ("nonce", "kind", "text"))
    return f"web:{desk.agent.id}:{sha256(said.encode()).hexdigest()}"


def _ready_files(work: Work, me: Agent, used: Sequence[str]) -> list[NewAttachment]:
    """The files of the ready answers that were used."""
    found: list[NewAttachment] = []
    for key in used:
        kind, _, ref = key.partition(":")
        if kind == "ready":
            held = keeping.answer(work.db, AnswerId(_uuid(ref)), by=me)
            filled = Filled(held.id, "", "", held.files)
            found += [NewAttachment(*file) for file in filling.files_of(work.db, filled)]
    return found


@post("/desk/c/{number:int}/unsend", sync_to_thread=True)
def unsend(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """Take an answer back; its text is a draft again."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        there = room.by_number(work.db, number, by=desk.agent)
        text = room.unsend(work.db, MessageId(_int(form.one("message"))), by=desk.agent, now=work.now)
        room.save_draft(work.db, there, text, by=desk.agent, now=work.now)
    return render.go(back_to(form.one("back")))


@post("/desk/c/{number:int}/again", sync_to_thread=True)
def send_again(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """Send once more what failed, or what nobody knows arrived."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        room.by_number(work.db, number, by=desk.agent)
        room.send_again(work.db, MessageId(_int(form.one("message"))), by=desk.agent, now=work.now)
        desk.audit(work, "message sent again", {"conversation": number, "message": form.one("message")})
    return render.go(back_to(form.one("back")))


@post("/desk/c/{number:int}/draft", sync_to_thread=True, status_code=204)
def save_draft(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> None:
    """Keep what is being written, for all devices."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        there = room.by_number(work.db, number, by=desk.agent)
        kind = form.one("kind") or "reply"
        room.save_draft(work.db, there, form.one("text"), by=desk.agent, now=work.now, kind=kind)


@post("/desk/c/{number:int}/look", sync_to_thread=True, status_code=200)
def look(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> dict[str, Json]:
    """I am looking (typing, leaving); who else is."""
    desk.check(form, Role.VIEWER)
    with desk.work() as work:
        there = room.by_number(work.db, number, by=desk.agent)
        if form.one("do") == "away":
            room.look_away(work.db, there, by=desk.agent)
            return {"others": []}
        typing = form.one("do") == "typing"
        others = room.look(work.db, there, by=desk.agent, typing=typing, now=work.now)
    return {"others": [{"agent": str(x.agent), "typing": x.typing} for x in others]}


def _next(form: Form) -> str:
    """Where to go after an answer: where the agent was."""
    return back_to(form.one("back"))


def _int(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as e:
        raise NotFound("there is no such ready answer") from e
