"""Changing a conversation from its page: whose turn, whose, how urgent, asleep, followed, joined, parted."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from regulars import desk as room
from regulars import people
from regulars.desk import KEEP, Change, ConversationId, MessageId, Priority, Status
from regulars.kit.errors import Invalid
from regulars.team import AgentId, DepartmentId, Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import AnyRequest, Form, GivenForm
from regulars.web.pages.inbox.own_fields import said_fields
from regulars.web.pages.inbox.pages import conversation, shown
from regulars.web.pages.inbox.where import back_to

SNOOZES = {"hour": timedelta(hours=1), "hours": timedelta(hours=4), "day": timedelta(days=1), "week": timedelta(days=7)}


@post("/desk/c/{number:int}/change", sync_to_thread=True)
def change(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """Change what the form says, and nothing else."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        what = change_of(form, desk, work)
        work.publish(*room.change(work.db, _there(desk, work, number), what, by=desk.agent, now=work.now))
    return render.go(back_to(form.one("back")))


@post("/desk/c/{number:int}/follow", sync_to_thread=True)
def follow(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """Hear of everything in it, or no more; or let a colleague."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        there, me = _there(desk, work, number), desk.agent
        who = AgentId(_id(form.one("agent"))) if form.one("agent") else me.id
        if form.one("do") == "unfollow":
            room.unfollow(work.db, there, who, by=me)
        else:
            room.follow(work.db, there, who, by=me, now=work.now)
    return render.go(back_to(form.one("back")))


@post("/desk/c/{number:int}/unread", sync_to_thread=True)
def unread(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """As if it had not been seen; back to the list."""
    desk.check(form, Role.VIEWER)
    with desk.work() as work:
        room.mark_unseen(work.db, _there(desk, work, number), by=desk.agent)
    return render.go(back_to(form.one("back")))


@post("/desk/c/{number:int}/join", sync_to_thread=True)
def join(
    desk: GivenDesk, form: GivenForm, request: AnyRequest, number: FromPath[int]
) -> Response[None] | Response[str]:
    """Merge it into another, or link the two. Two customers are joined by who says so twice."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        there, other = _there(desk, work, number), _there(desk, work, _number(form))
        if form.one("do") == "link":
            room.relate(work.db, there, other, by=desk.agent, now=work.now)
            return render.go(back_to(form.one("back")))
        if form.one("sure") != "yes" and (two := _two_customers(desk, work, there, other)):
            values = conversation(desk, work, request, (number, None), {"joining": (_number(form), *two)})
            return shown(desk, values.pop("around"), values, status=409)  # type: ignore[arg-type]  # put there by it
        room.merge(work.db, there, other, by=desk.agent, now=work.now)
        return render.go(f"/desk/c/{_number(form)}")


@post("/desk/c/{number:int}/part", sync_to_thread=True)
def part(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """Undo a merge, or take a link away."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        there, other = _there(desk, work, number), ConversationId(_id(form.one("other")))
        if form.one("do") == "unlink":
            room.unrelate(work.db, there, other, by=desk.agent, now=work.now)
        else:
            room.unmerge(work.db, other, by=desk.agent, now=work.now)
    return render.go(back_to(form.one("back")))


@post("/desk/c/{number:int}/split", sync_to_thread=True)
def split(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """Take the chosen messages out into a conversation of their own."""
    desk.check(form, Role.AGENT)
    chosen = [MessageId(int(m)) for m in form.many("message") if m.isdecimal() and len(m) < 19]
    with desk.work() as work:
        made = room.split(work.db, _there(desk, work, number), chosen, by=desk.agent, now=work.now)
        new = room.thread(work.db, made, by=desk.agent, most=1).row.number
    return render.go(f"/desk/c/{new}")


def _two_customers(desk: Desk, work: Work, *both: ConversationId) -> tuple[str, ...]:
    """What the two are called when they are not the same person."""
    found = [room.thread(work.db, one, by=desk.agent, most=1).row for one in both]
    roots = {people.root(work.db, row.person) for row in found if row.person is not None}
    return tuple(row.name or row.address or f"#{row.number}" for row in found) if len(roots) > 1 else ()


def change_of(form: Form, desk: Desk, work: Work) -> Change:
    """The change a form asks for. Raises Invalid."""
    said = set(form.names())
    status, priority = form.one("status"), form.one("priority")
    if status not in ("", *Status) or priority not in ("", *(p.name.lower() for p in Priority)):
        raise Invalid("there is no such status or priority")
    return Change(
        status=Status(status) if status else None,
        priority=Priority[priority.upper()] if priority else None,
        assignee=_assignee(form.one("assignee"), desk) if _asks(form, "assignee") else KEEP,
        department=_department(form.one("department")) if _asks(form, "department") else KEEP,
        tag=tuple(_words(form.one("tag"))),
        untag=tuple(_words(form.one("untag"))),
        fields=said_fields(form, work),
        snoozed_until=_until(form, work.now) if "snooze" in said else KEEP,
    )


def _asks(form: Form, name: str) -> bool:
    return name in form.names() and form.one(name) != "keep"


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _assignee(said: str, desk: Desk) -> AgentId | None:
    return desk.agent.id if said == "me" else AgentId(_id(said)) if said else None


def _department(said: str) -> DepartmentId | None:
    return DepartmentId(_id(said)) if said else None


def _until(form: Form, now: datetime) -> datetime | None:
    said = form.one("snooze")
    if said in SNOOZES:
        return now + SNOOZES[said]
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError as e:
        raise Invalid("say until when, like 2026-11-23T09:00", fields={"snooze": "is no time"}) from e
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as e:
        raise Invalid("there is nobody and nothing of that name") from e


def _number(form: Form) -> int:
    said = form.needed("number").lstrip("# ")
    if not said.isdecimal() or len(said) > 18:
        raise Invalid("a conversation is cited by its number, like #1234", fields={"number": "is no number"})
    return int(said)


def _there(desk: Desk, work: Work, number: int) -> ConversationId:
    return room.by_number(work.db, number, by=desk.agent)
