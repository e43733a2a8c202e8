"""One visitor's socket: let in, told what there is, and listened to until it closes."""

from asyncio import Future, Queue, QueueFull, Task, create_task, wait, wait_for
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import monotonic
from uuid import UUID

import structlog
from litestar import WebSocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect, WebSocketException

from regulars.desk import chat
from regulars.desk.chat import Entry, Post, Said, Visitor
from regulars.desk.model import MessageId, Received
from regulars.kit.clock import utc_now
from regulars.kit.errors import Fault, Invalid, TooMany, Unavailable
from regulars.kit.text import clean
from regulars.store.live import AGAIN, Watch
from regulars.web import problems
from regulars.web.chat import frames
from regulars.web.chat.entrance import Entrance, let_in
from regulars.web.chat.frames import Out
from regulars.web.chat.hub import Hub
from regulars.web.chat.shaping import frame_of, message_out, post_of

log = structlog.get_logger()
Socket = WebSocket[object, object, State]

HELLO_SECONDS = 10.0
QUIET_SECONDS = 75.0
MOST_UNSENT = 500
BURST, PER_SECOND = 40.0, 5.0
CLOSE_FAULT = 4400
"""Beginning of our own close codes: 4400 + the last two digits of the HTTP status (4401: no valid key)."""


class Session:
    """One socket. `visitor` is set while they may be seen on the site."""

    def __init__(self, hub: Hub, socket: Socket) -> None:
        self.hub = hub
        self.edge = hub.edge
        self.socket = socket
        self.visitor: Visitor | None = None
        self.uninvited = True
        self.entrance: Entrance
        self._out: Queue[Out] = Queue(MOST_UNSENT)
        self._watch: Watch | None = None
        self._told: tuple[object, ...] = ()
        self._left, self._then = BURST, monotonic()
        self.heard = monotonic()
        self._acknowledged: dict[MessageId, None] = {}
        self._asked: set[str] = set()
        self._doing: set[Task[None]] = set()

    @property
    def entry(self) -> Entry:
        """What this browser may do."""
        return self.entrance.entry

    async def run(self) -> None:
        """From the first frame to the last."""
        await self.socket.accept()
        try:
            if not await self._enter():
                return
            await self._talk()
        except Fault as fault:
            await self._part(fault)
        except (WebSocketDisconnect, WebSocketException, TimeoutError, RuntimeError):
            pass  # gone: the browser comes again by itself
        finally:
            self.hub.leave(self)
            self._deaf()

    async def _enter(self) -> bool:
        hello = await wait_for(self._hello(), HELLO_SECONDS)
        self.entrance = await let_in(self.edge, self.socket, hello)
        if self.entry.anew:
            await self._write(frames.Anew())
            await self.socket.close()
            return False
        self._listen()
        thread = await self._thread()  # read after the watch began: nothing falls between
        if hello.here and not self.entrance.gpc:
            self.visitor = self._on_site(hello)
        await self.hub.join(self)
        standing = self._standing()
        self._told = self._key(standing)
        words, settings = self.entrance.greeting, self.entrance.settings
        await self._write(frames.Welcome(words, standing, thread, settings.files, settings.privacy))
        return True

    async def _hello(self) -> frames.Hello:
        data = await self._receive()
        if len(data) > frames.LARGEST_HELLO:
            raise Invalid("the first frame is too long")
        frame = frame_of(data)
        if not isinstance(frame, frames.Hello):
            raise Invalid('the first frame says who you are: {"type": "hello", "key": …, "secret": …}')
        return frame

    async def _talk(self) -> None:
        jobs: list[Coroutine[object, object, None]] = [self._read(), self._follow(), self._send()]
        tasks = [create_task(job) for job in jobs]
        try:
            done, _ = await wait(tasks, return_when="FIRST_COMPLETED")
        finally:
            for task in tasks:
                task.cancel()
        for task in done:
            task.result()

    async def _part(self, fault: Fault) -> None:
        status = problems.of(fault).status
        with suppress(WebSocketDisconnect, WebSocketException, RuntimeError):
            await self._write(frames.Fault(fault.detail, status))
            await self.socket.close(CLOSE_FAULT + status % 100 if status < 500 else 1013, fault.detail[:100])

    async def _read(self) -> None:
        while True:
            data = await self._receive()
            self.heard = monotonic()
            if len(data) > frames.LARGEST_FRAME:
                raise Invalid("this frame is too long: up to 3 files of 5 MB can be sent at once")
            self._spend(1 + len(data) / 1_000_000)
            self._take(frame_of(data))

    def _spend(self, cost: float) -> None:
        now = monotonic()
        self._left, self._then = min(BURST, self._left + (now - self._then) * PER_SECOND), now
        if self._left < cost:
            raise TooMany("too much at once: wait some seconds")
        self._left -= cost

    def _take(self, frame: frames.Frame) -> None:
        match frame:
            case frames.SayIn():
                self._say(frame)
            case frames.TypingIn():
                if self.entry.read_in is not None:
                    self.hub.whisper(f"conversation:{self.entry.read_in}", f"typing:customer:{self.entry.visitor}")
            case frames.SeenIn(last):
                if self.entry.read_in is not None:
                    self.hub.seen(self.entry.read_in, last)
            case frames.PageIn():
                self._move(frame)
            case frames.AnswerIn():
                self._do(self._answer(frame))
            case frames.Ping():
                self.put(frames.Pong())
            case _:
                raise Invalid("you said hello already")

    def _say(self, said: frames.SayIn) -> None:
        """Into the postbox at once, in the order it came; the answer follows when it is durable."""
        try:
            post = post_of(self.entrance, said, self.visitor.url if self.visitor else self.entrance.page)
        except Invalid as fault:
            self.put(frames.Refused(said.id, fault.detail))
            return
        key = chat.key_of(post.entry.kept.ticket, post.id)
        self._asked.add(key)
        self.hub.posts.ask(post).add_done_callback(partial(self._acknowledge, post, key))

    def _knows(self, note: str) -> bool:
        """Whether a note is about a message this browser is, or will be, acknowledged. In the listening thread."""
        what, _, rest = note.partition(":")
        if what != "message":
            return False
        message = MessageId(int(rest))
        said = self.hub.just_written(message)
        return (said is not None and said.key in self._asked) or message in self._acknowledged

    def _acknowledge(self, post: Post, key: str, answer: "Future[Received]") -> None:
        try:
            self._take_in(post, answer)
        finally:
            self._asked.discard(key)

    def _take_in(self, post: Post, answer: "Future[Received]") -> None:
        try:
            received = answer.result()
        except Unavailable:
            self.put(frames.Later(post.id))
            return
        except Fault as fault:
            self.put(frames.Refused(post.id, fault.detail))
            return
        except Exception:  # a bug of ours must not cost the visitor's words: the browser keeps and sends them again
            log.exception("a chat message could not be taken")
            self.put(frames.Later(post.id))
            return
        if not post.files:
            self._acknowledged[received.message] = None  # the browser knows the rest
            if len(self._acknowledged) > MOST_UNSENT:
                self._acknowledged.pop(next(iter(self._acknowledged)))
        self._read_in(received)
        self.put(frames.Ack(post.id, received.message, post.at))

    def _read_in(self, received: Received) -> None:
        """The conversation has begun, or goes on in another."""
        if self.entry.read_in == received.conversation:
            return
        kept = replace(self.entry.kept, conversation=received.conversation) if received.opened else self.entry.kept
        self.entrance = replace(self.entrance, entry=replace(self.entry, kept=kept, read_in=received.conversation))
        if self.visitor is not None:
            self.visitor = replace(self.visitor, conversation=received.conversation)
        self._listen()

    def _listen(self) -> None:
        """Hear of the conversation, of invitations, and of how chat stands."""
        entry = self.entry
        conversations = {entry.kept.conversation, entry.read_in or entry.kept.conversation}
        topics = (*(f"conversation:{c}" for c in sorted(conversations)), chat.topic_of(entry.visitor))
        before = self._watch
        if before is not None and before.topics == topics:
            return
        self._watch = self.edge.live.watch(topics, known=self._knows)
        if before is not None:
            before.close()

    async def _follow(self) -> None:
        while (watch := self._watch) is not None:
            notes = await watch.notes()
            if not notes and watch is self._watch:
                return
            if any(note == AGAIN for _, note in notes):
                await self._refresh()
            for note in dict.fromkeys(note for _, note in notes):
                await self._hear(note)

    async def _hear(self, note: str) -> None:
        what, _, rest = note.partition(":")
        if what == "message":
            await self._show(MessageId(int(rest)))
        elif what == "changed":
            await self._refresh()
        elif what == "typing" and rest.startswith("agent:"):
            self.put(frames.TypingOut())
        elif what == "seen" and not rest.startswith("customer:"):
            self.put(frames.SeenOut(int(rest.rpartition(":")[2])))
        elif what == "invite":
            await self._invite(rest)

    async def _show(self, message: MessageId) -> None:
        if message in self._acknowledged:
            return
        said = await self.hub.said(message)
        if said is None:  # a note among colleagues, or taken back
            await self._refresh()
        elif chat.visible(said, self.entry):
            if self.entry.read_in is None:
                self._read_in(Received(message, said.conversation, fresh=False, opened=False))
            self.put(message_out(self.edge, self.entry, said))

    async def _refresh(self) -> None:
        """Everything anew, also whether this browser may still read it."""
        self.entrance = await self.edge.in_thread(self.entrance.again, self.edge)
        if self.entry.anew:
            await self._write(frames.Anew())
            raise RuntimeError("the ticket is somebody else's now")
        self._listen()
        self.put(frames.ThreadOut(await self._thread()))
        self.tell_standing()

    async def _thread(self) -> list[frames.MessageOut]:
        def read() -> list[Said]:
            with self.edge.work() as work:
                return chat.thread(work.db, self.entry)

        if self.entry.read_in is None:
            return []
        return [message_out(self.edge, self.entry, said) for said in await self.edge.in_thread(read)]

    async def _invite(self, invitation: str) -> None:
        def read() -> str | None:
            with self.edge.work() as work:
                found = chat.invitation(work.db, UUID(invitation))
            return found.text if found and found.visitor == self.entry.visitor and not found.answer else None

        text = await self.edge.in_thread(read)
        if text is not None:
            self.put(frames.InvitationOut(UUID(invitation), text))

    async def _answer(self, said: frames.AnswerIn) -> None:
        def answer() -> None:
            with self.edge.work() as work:
                chat.answer(work.db, said.id, self.entry.visitor, said.answer, now=work.now)

        with suppress(Unavailable):  # then it counts as not answered
            await self.edge.in_thread(answer)

    def _on_site(self, hello: frames.Hello) -> Visitor:
        now = utc_now()
        page = hello.page
        return Visitor(
            self.entry.visitor, self.entry.identity, clean(page.url), clean(page.title), self.entrance.language,
            hello.visits, 1, now, now, now, self.entry.read_in,
        )  # fmt: skip

    def _move(self, page: frames.PageIn) -> None:
        if self.visitor is not None:
            now, pages = utc_now(), self.visitor.pages + 1
            moved = replace(self.visitor, url=clean(page.url), title=clean(page.title), pages=pages, page_since=now)
            self.visitor = moved
            self.uninvited = True

    def tell_standing(self) -> None:
        """How chat stands for this visitor, when that changed."""
        standing = self._standing()
        if self._key(standing) != self._told:
            self._told = self._key(standing)
            self.put(standing)

    def _standing(self) -> frames.StandingOut:
        hall = self.hub.hall
        place = hall.place(self.entry.read_in) if self.entry.read_in is not None else None
        shown = None if place is None else frames.PlaceOut(place.number, round(place.wait_seconds / 15) * 15)
        return frames.StandingOut(hall.standing.value, hall.opens, shown)

    def _key(self, standing: frames.StandingOut) -> tuple[object, ...]:
        place = standing.place
        return standing.standing, standing.opens, place and (place.number, place.seconds)

    def put(self, out: Out) -> None:
        """Send soon. Who reads too slowly is let go, and reads everything anew when they come back."""
        try:
            self._out.put_nowait(out)
        except QueueFull:
            self._deaf()

    def end_if_quiet(self) -> None:
        """A browser says something every half minute; one that does not is gone without a word."""
        if monotonic() - self.heard > QUIET_SECONDS:
            self._deaf()

    def _deaf(self) -> None:
        if self._watch is not None:
            self._watch.close()

    async def _send(self) -> None:
        while True:
            await self._write(await self._out.get())

    async def _write(self, out: Out) -> None:
        await self.socket.send_data(frames.write(out).decode(), mode="text")

    async def _receive(self) -> str | bytes:
        return await self.socket.receive_data("text")

    def _do(self, work: Coroutine[object, object, None]) -> None:
        task = create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)
