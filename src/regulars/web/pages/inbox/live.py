"""GET /desk/live: what just happened, as server-sent events, for whoever may see it.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from asyncio import timeout
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import Stream

from regulars import team
from regulars.desk.chat import VISITORS, Said
from regulars.desk.chat.watching import CONVERSATION, INBOX, topics_for, visible
from regulars.desk.model import ConversationId, MessageId
from regulars.desk.sight import sees_all
from regulars.store.live import AGAIN, Watch
from regulars.team import Agent
from regulars.web.chat.hub import Hub
from regulars.web.chat.routes import hub_of
from regulars.web.edge import Edge, Work
from regulars.web.pages.desk import Desk, GivenDesk

BEAT_SECONDS = 15.0
SIGNED_IN_EVERY_SECONDS = 60.0
LONGEST = 20_000

AnyRequest = Request[object, object, State]
Note = tuple[str, str]


class MessageOut(msgspec.Struct):
    """A new message of a conversation one looks at: enough to show it at once."""

    id: int
    at: datetime
    author: str
    name: str
    text: str
    files: int


class NoteOut(msgspec.Struct, omit_defaults=True):
    """One event. `note` "again": something may have been missed, read everything anew."""

    topic: str
    note: str
    message: MessageOut | None = None


@get("/desk/live", sync_to_thread=True, include_in_schema=False)
def live(request: AnyRequest, desk: GivenDesk, topics: Annotated[str, Parameter(max_length=LONGEST)] = "") -> Stream:
    """The notes on `topics` (joined by commas) as they come. Each is checked when asked, and again as it changes."""
    asked = [topic for topic in topics.split(",") if topic]
    with desk.work() as work:
        allowed = topics_for(work.db, desk.agent, asked)
    listener = Listener(desk, hub_of(request.app.state), allowed)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
    return Stream(listener.events(), media_type="text/event-stream", headers=headers)


@dataclass
class Listener:
    """One agent's page that listens."""

    desk: Desk
    hub: Hub
    topics: Sequence[str]

    @property
    def edge(self) -> Edge:
        """Of this server."""
        return self.desk.edge

    async def events(self) -> AsyncIterator[bytes]:
        """Until the page is closed or the session ended; a comment now and then, so that proxies keep it open."""
        vague = () if sees_all(self.desk.agent) else (INBOX,)  # which conversation it is, only to whom all may be shown
        watch = self.edge.live.watch(self.topics, unhurried=(INBOX, VISITORS), vague=vague)
        signed_in = monotonic()
        try:
            yield b"retry: 1000\n: listening\n\n"
            while True:
                notes = await _within(watch, BEAT_SECONDS)
                if notes is not None and not notes:
                    return
                if monotonic() - signed_in > SIGNED_IN_EVERY_SECONDS:
                    if not await self.edge.in_thread(self._still_signed_in):
                        return
                    signed_in = monotonic()
                yield b"".join([_event(out) for out in await self._told(notes)]) if notes else b": \n\n"
        finally:
            watch.close()

    async def _told(self, notes: Sequence[Note]) -> list[NoteOut]:
        """What this agent hears of `notes`."""
        moved = {c for topic, note in notes if note in ("changed", AGAIN) and (c := _conversation(topic))}
        hidden = await self.edge.in_thread(self._hidden, moved) if moved else set()
        told: list[NoteOut] = []
        for topic, note in notes:
            if hidden and _conversation(topic) in hidden:
                told.append(NoteOut(topic, "gone"))
            elif note.startswith("message:") and topic.startswith(f"{CONVERSATION}:"):
                told.append(NoteOut(topic, note, await self._message(note)))
            else:
                told.append(NoteOut(topic, note))
        return _each_once(told)

    async def _message(self, note: str) -> MessageOut | None:
        said = await self.hub.said(MessageId(int(note.partition(":")[2])))
        return None if said is None else _out(said)

    def _hidden(self, conversations: set[ConversationId]) -> set[ConversationId]:
        """Those this agent may see no more (moved to another department, unassigned)."""
        with self.desk.work() as work:
            agent = self._agent(work) or self.desk.agent
            return conversations - visible(work.db, agent, conversations)

    def _still_signed_in(self) -> bool:
        with self.desk.work() as work:
            return self._agent(work) is not None

    def _agent(self, work: Work) -> Agent | None:
        """Who they are now: departments and roles change, sessions end."""
        return team.agent_of(work.db, self.desk.token, now=work.now)


def _event(out: NoteOut) -> bytes:
    return b"data: " + msgspec.json.encode(out) + b"\n\n"


async def _within(watch: Watch, seconds: float) -> list[Note] | None:
    """The next notes; None when there were none for so long."""
    try:
        async with timeout(seconds):
            return await watch.notes()
    except TimeoutError:
        return None


def _conversation(topic: str) -> ConversationId | None:
    kind, _, id = topic.partition(":")
    return ConversationId(UUID(id)) if kind == CONVERSATION else None


def _each_once(told: Sequence[NoteOut]) -> list[NoteOut]:
    found: dict[tuple[str, str], NoteOut] = {}
    for out in told:
        found.setdefault((out.topic, out.note), out)
    return list(found.values())


def _out(said: Said) -> MessageOut:
    return MessageOut(said.id, said.at, said.author, said.name, said.text, len(said.files))
