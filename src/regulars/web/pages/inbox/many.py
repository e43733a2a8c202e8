"""Many conversations at once, and the next task."""

from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from regulars import desk as room
from regulars.desk import ConversationId, MassId
from regulars.desk.next_task import next_task
from regulars.kit.errors import Invalid
from regulars.team import Role
from regulars.web.pages import render
from regulars.web.pages.desk import GivenDesk
from regulars.web.pages.forms import Form, GivenForm
from regulars.web.pages.inbox.doing import change_of
from regulars.web.pages.inbox.where import back_to


@post("/desk/many", sync_to_thread=True)
def change_many(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """Change all that were ticked, undoable as one."""
    desk.check(form, Role.AGENT)
    chosen = _ids(form)
    with desk.work() as work:
        what = change_of(form, desk, work)
        mass, news = room.change_many(work.db, chosen, what, by=desk.agent, now=work.now)
        work.publish(*news)
        count = len({change.conversation for change in news})
    back = back_to(form.one("back"))
    return render.go(f"{back}{'&' if '?' in back else '?'}undo={mass}&n={count}")


@post("/desk/undo/{mass:uuid}", sync_to_thread=True)
def undo_many(desk: GivenDesk, form: GivenForm, mass: FromPath[UUID]) -> Response[None]:
    """Take a change of many back."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        work.publish(*room.undo(work.db, MassId(mass), by=desk.agent, now=work.now))
    return render.go(back_to(form.one("back")))


@post("/desk/next", sync_to_thread=True)
def hand_out(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """The task to do next, which is theirs from now on."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        without = [ConversationId(here)] if (here := _uuid(form.one("here"))) else []
        found = next_task(work.db, desk.agent, now=work.now, without=without)
        if found is None:
            return render.go("/desk?idle=1")
        work.publish(*found.changes)
    return render.go(f"/desk/c/{found.task.number}")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _ids(form: Form) -> list[ConversationId]:
    try:
        found = [ConversationId(UUID(text)) for text in form.many("c")]
    except ValueError as e:
        raise Invalid("there is no such conversation") from e
    if not found:
        raise Invalid("tick the conversations to change first")
    return found
