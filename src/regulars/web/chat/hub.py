"""What all sockets of this process share: the postbox, messages just read, how chat stands, who is here."""

from asyncio import CancelledError, Task, create_task, sleep
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from regulars import desk
from regulars.desk import chat
from regulars.desk.chat import Hall, InvitationRule, Post, Said, Standing, Visitor, VisitorId
from regulars.desk.model import ConversationId, MessageId, Received
from regulars.kit.clock import utc_now
from regulars.kit.errors import Unavailable
from regulars.store.live import tell_many
from regulars.web.chat.postbox import Postbox, Together, postbox
from regulars.web.chat.shaping import written
from regulars.web.edge import Edge

if TYPE_CHECKING:
    from regulars.web.chat.session import Session

TICK_SECONDS = 1.0
STANDING_EVERY, RULES_EVERY = 3, 5  # ticks
REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 5_000
MOST_WHISPERS = 2_000


class Hub:
    """One a process; it wakes up with the first socket."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.posts: Postbox = postbox(edge, self._remember)
        self.hall = Hall(Standing.NOBODY)
        self.rules: Sequence[InvitationRule] = ()
        self._reads: Together[MessageId, Said | None] = Together(edge, self._read)
        self._known: OrderedDict[MessageId, tuple[float, Said]] = OrderedDict()
        self._sessions: set[Session] = set()
        self._gone: set[VisitorId] = set()
        self._whispers: dict[tuple[str, str], None] = {}
        self._seen: dict[ConversationId, int] = {}
        self._saved: dict[VisitorId, Visitor] = {}
        self._task: Task[None] | None = None
        self._listener: Task[None] | None = None

    async def join(self, session: "Session") -> None:
        """A socket was let in."""
        self._sessions.add(session)
        if self._task is None or self._task.done():
            await self._look()
            self._task = create_task(self._run())
            self._listener = create_task(self._listen())

    def leave(self, session: "Session") -> None:
        """A socket closed."""
        self._sessions.discard(session)
        if session.visitor is not None:
            self._gone.add(session.visitor.id)

    async def close(self) -> None:
        """The server stops."""
        for task in (self._task, self._listener):
            if task is not None:
                task.cancel()
                with suppress(CancelledError):
                    await task

    async def said(self, message: MessageId) -> Said | None:
        """A message as chat shows it; everybody who asks at the same moment asks once."""
        return self.just_written(message) or await self._reads.ask(message)

    def just_written(self, message: MessageId) -> Said | None:
        """A message of a visitor that this process wrote a moment ago. From any thread."""
        known = self._known.get(message)
        return known[1] if known and known[0] > monotonic() else None

    def _remember(self, post: Post, received: Received) -> None:
        """Those who look need not read it; in the thread that writes, before the commit."""
        if received.fresh and not post.files:
            self._known[received.message] = (monotonic() + REMEMBERED_SECONDS, written(post, received))
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)

    def seen(self, conversation: ConversationId, last: int) -> None:
        """The customer has seen everything up to `last`; written down within a moment."""
        self._seen[conversation] = max(last, self._seen.get(conversation, 0))

    def whisper(self, topic: str, note: str) -> None:
        """Tell something of no lasting worth within a moment ("typing"); under pressure it is dropped."""
        if len(self._whispers) < MOST_WHISPERS:
            self._whispers[topic, note] = None

    def _read(self, messages: Sequence[MessageId]) -> Sequence[Said | None]:
        with self.edge.work() as work:
            found = {said.id: said for said in chat.messages(work.db, list(dict.fromkeys(messages)))}
        return [found.get(message) for message in messages]

    async def _run(self) -> None:
        tick = 0
        while True:
            await sleep(TICK_SECONDS)
            tick += 1
            with suppress(Unavailable):  # the next tick tries again
                if self._whispers or self._seen:
                    await self._tell()
                if self._sessions or self._gone:
                    await self._note_who_is_here()
                if self._sessions and tick % STANDING_EVERY == 0:
                    await self._look()
                if self.rules and tick % RULES_EVERY == 0 and self.hall.standing is Standing.OPEN:
                    await self._invite()

    async def _listen(self) -> None:
        """Hours and rules changed: at once."""
        async for _ in self.edge.live.watch([chat.STANDING]):
            with suppress(Unavailable):
                await self._look()

    async def _tell(self) -> None:
        notes, self._whispers = list(self._whispers), {}
        seen, self._seen = sorted(self._seen.items()), {}

        def tell() -> None:
            with self.edge.work() as work:
                for conversation, last in seen:
                    desk.seen_by_customer(work.db, conversation, MessageId(last), now=work.now)
                tell_many(work.db, notes)

        await self.edge.in_thread(tell)

    async def _look(self) -> None:
        """How chat stands; sockets hear what changed for them."""

        def look() -> tuple[Hall, Sequence[InvitationRule]]:
            with self.edge.work() as work:
                return chat.standing(work.db, now=work.now), [r for r in chat.rules(work.db) if r.active]

        self.hall, self.rules = await self.edge.in_thread(look)
        for session in list(self._sessions):
            session.tell_standing()
            session.end_if_quiet()

    async def _note_who_is_here(self) -> None:
        """Write down who came, moved on or left; who is still where they were, every 20 seconds."""
        now = utc_now()
        here = {s.visitor.id: s.visitor for s in self._sessions if s.visitor is not None}
        gone, self._gone = self._gone - here.keys(), set()
        fresh = [v for v in here.values() if self._differs(v)]
        still = [v for v in here.values() if (old := self._saved.get(v.id)) and now - old.seen_at > chat.SEEN_EVERY]
        if not (fresh or still or gone):
            return
        saved = [replace_seen(v, now) for v in {v.id: v for v in (*fresh, *still)}.values()]

        def save() -> None:
            with self.edge.work() as work:
                chat.save_visitors(work.db, saved, list(gone), news=bool(fresh), now=work.now)

        await self.edge.in_thread(save)
        self._saved = {k: v for k, v in self._saved.items() if k in here} | {v.id: v for v in saved}

    def _differs(self, visitor: Visitor) -> bool:
        old = self._saved.get(visitor.id)
        now = (visitor.url, visitor.title, visitor.conversation)
        return old is None or (old.url, old.title, old.conversation) != now

    async def _invite(self) -> None:
        now = utc_now()
        for session in list(self._sessions):
            if session.visitor is not None and session.uninvited and self._some_rule_fits(session.visitor, now):
                session.uninvited = False
                await self.edge.in_thread(self._invite_one, session.visitor, now)

    def _some_rule_fits(self, visitor: Visitor, now: datetime) -> bool:
        return chat.rule_that_fits(self.rules, visitor, (), now=now) is not None

    def _invite_one(self, visitor: Visitor, now: datetime) -> None:
        with self.edge.work() as work:
            before = chat.before(work.db, visitor.id, now=now)
            rule = chat.rule_that_fits(self.rules, visitor, before, now=now)
            if rule is not None:
                chat.invite_by_rule(work.db, visitor, rule, now=work.now)


def replace_seen(visitor: Visitor, now: datetime) -> Visitor:
    """`visitor`, seen now."""
    return Visitor(
        visitor.id, visitor.identity, visitor.url, visitor.title, visitor.language, visitor.visits, visitor.pages,
        visitor.since, visitor.page_since, now, visitor.conversation,
    )  # fmt: skip
