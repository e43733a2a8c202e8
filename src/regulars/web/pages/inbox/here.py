"""Where the customer of a conversation is on the site right now, beside it, and read anew as they move on."""

from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get
from litestar.params import FromPath

from regulars import desk as room
from regulars.desk import Conversation, chat
from regulars.desk.story import Story, story
from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk


@dataclass(frozen=True, slots=True)
class Here:
    """A page, since when. `live`: their browser says so; else an event of the last minutes does."""

    url: str
    title: str
    since: datetime
    live: bool


def here(work: Work, found: Conversation, told: Story | None) -> Here | None:
    """Where they are; None when they are not on the site."""
    there = chat.whereabouts(work.db, found.id, told.identities if told else (), now=work.now)
    if there is not None:
        url = there.url if there.url.startswith(("http://", "https://")) else ""
        return Here(url, there.title or there.url, there.page_since, live=True)
    last = told.here if told else None
    return Here(last.url, last.title, last.at, live=False) if last else None


@get("/desk/c/{number:int}/here", sync_to_thread=True)
def here_part(desk: GivenDesk, number: FromPath[int]) -> Response[str]:
    """The line alone, for the page that listens to "visitors"."""
    with desk.work() as work:
        found = room.thread(work.db, room.by_number(work.db, number, by=desk.agent), by=desk.agent, most=1)
        there = here(work, found, _told(desk, work, found.row.person))
    return render.page("inbox/here.html", desk.agent.language, {"here": there})


def _told(desk: Desk, work: Work, person: PersonId | None) -> Story | None:
    try:
        return None if person is None else story(work.db, person, by=desk.agent, now=work.now)
    except NotFound:  # they asked to be forgotten
        return None
