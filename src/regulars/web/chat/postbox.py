"""Group commit: what waits while one transaction commits goes together into the next.

So a message never waits for a timer, and a hundred visitors cost one commit instead of a hundred. There are two lanes:
while PostgreSQL works for one, the next batch is made ready in the other. A browser keeps to its lane, its messages to
their order.
"""

from asyncio import Future, Task, create_task, get_running_loop
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from regulars.desk import chat
from regulars.desk.chat import Post
from regulars.desk.model import Arrived, Received
from regulars.web.edge import Edge

MOST_AT_ONCE = 512
LANES = 2

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """Does many small things of several callers in one go, in the order they were asked.

    do  called in a thread with what was asked; gives as many answers. When it fails for several, each is tried alone,
        so that what is wrong with one is nobody else's trouble.
    """

    def __init__(self, edge: Edge, do: Callable[[Sequence[Asked]], Sequence[Answer]]) -> None:
        self._edge = edge
        self._do = do
        self._waiting: list[tuple[Asked, Future[Answer]]] = []
        self._task: Task[None] | None = None

    def ask(self, asked: Asked) -> Future[Answer]:
        """Asked now, in this order; answered when it is done. Raises what doing it raises."""
        future: Future[Answer] = get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._task is None or self._task.done():
            self._task = create_task(self._run())
        return future

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            if not await self._together(batch):
                for one in batch:
                    await self._together([one])

    async def _together(self, batch: Sequence[tuple[Asked, Future[Answer]]]) -> bool:
        try:
            answers = await self._edge.in_thread(self._do, [asked for asked, _ in batch])
        except Exception as e:  # whatever it is, it belongs to who asked
            if len(batch) > 1:
                return False
            _answer(batch[0][1], e)
            return True
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
        return True


class Postbox:
    """Some lanes of posts."""

    def __init__(self, lanes: Sequence[Together[Post, Received]]) -> None:
        self._lanes = lanes

    def ask(self, post: Post) -> Future[Received]:
        """Asked now, after what the same browser asked before; answered when it is durable."""
        return self._lanes[chat.lane_of(post, len(self._lanes))].ask(post)


def postbox(edge: Edge, tell: Callable[[Post, Received], None]) -> Postbox:
    """Where sockets put what visitors say: answered when it is durable.

    tell  called in the thread with what is about to be committed: before anybody can hear of it. When the commit
          fails, its number is never used again.
    """

    noted = chat.Noted()

    def commit(posts: Sequence[Post]) -> Sequence[Received]:
        with edge.work() as work:
            received = chat.post(work.db, posts, now=work.now, noted=noted)
            for one, taken in zip(posts, received, strict=True):
                tell(one, taken)
            work.publish(*(Arrived(r.conversation, r.message, r.opened) for r in received if r.fresh))
        noted.add(posts, received, work.now)
        return received

    return Postbox([Together(edge, commit) for _ in range(LANES)])


def _answer(future: "Future[Answer]", fault: Exception) -> None:
    if not future.done():
        future.set_exception(fault)
