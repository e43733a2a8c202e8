"""/v1/conversations, /v1/webhooks, /v1/channels: the desk for the company's own programs."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import UNSET

from regulars import desk, team
from regulars.channels.webhook import verify
from regulars.desk import (
    KEEP,
    Arrival,
    Arrived,
    Change,
    Channel,
    ConversationId,
    Cursor,
    Machine,
    NewReply,
    Replied,
    Status,
    Thread,
    hooks,
)
from regulars.desk.store import api as lists
from regulars.desk.times import said_at
from regulars.kit.errors import Invalid, NotFound, Unauthorized
from regulars.kit.ids import new_id
from regulars.kit.shape import shaped
from regulars.store import Db
from regulars.team import AgentId, DepartmentId
from regulars.web.auth import GivenCaller, server_key
from regulars.web.edge import GivenEdge, Work
from regulars.web.openapi import SERVER_KEY
from regulars.web.problems import AnyRequest
from regulars.web.talk_forms import (
    ChangeConversationIn,
    ChannelIn,
    ChannelMessageIn,
    ChannelOut,
    ConversationIn,
    ConversationOut,
    ConversationsOut,
    DeliveriesOut,
    DeliveryOut,
    MessageIn,
    ReceivedOut,
    ThreadOut,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
    WrittenOut,
    files,
    priority,
    said_text,
)
from regulars.web.whom import known

MOST_BODY_BYTES = 32_000_000


@post("/", status_code=201, sync_to_thread=True)
def open_conversation(edge: GivenEdge, caller: GivenCaller, data: ConversationIn) -> ReceivedOut:
    """Begin a conversation with a customer's message. With `key` it begins once, however often you send it."""
    by = Machine(caller.name)
    with edge.work() as work:
        arrival = Arrival(
            key=f"api:{caller.name}:{data.key}" if data.key else f"api:{new_id()}", channel=Channel.API,
            sender=data.customer.sender(), at=said_at(data.at, work.now), text=said_text(data), subject=data.subject,
            language=data.language, department=_department(work.db, data.department),
            attachments=files(data.attachments), thread=Thread(),
        )  # fmt: skip
        (received,) = desk.receive(work.db, [arrival], now=work.now)
        if received.fresh and (data.tags or data.priority != "normal"):
            change = Change(priority=priority(data.priority), tag=tuple(data.tags))
            work.publish(*desk.change(work.db, received.conversation, change, by=by, now=work.now))
        if received.fresh:
            work.publish(Arrived(received.conversation, received.message, received.opened))
    return ReceivedOut(received.conversation, received.message, received.fresh, received.opened)


@get("/", sync_to_thread=True)
def list_conversations(
    edge: GivenEdge,
    status: Annotated[list[Status] | None, QueryParameter(description="Only these.")] = None,
    person: Annotated[str, QueryParameter(description="A user id; or anonymous:ID, claimed:ID.", max_length=600)] = "",
    after: Annotated[str, QueryParameter(description="`next` of the page before.", max_length=100)] = "",
    most: Annotated[int, QueryParameter(ge=1, le=200, description="How many.")] = 50,
) -> ConversationsOut:
    """Conversations, those with the newest message first."""
    cursor = Cursor.read(after) if after else None
    with edge.work() as work:
        one = known(work.db, person) if person else None
        wanted = lists.Wanted(None if status is None else [s.value for s in status], one)
        rows = lists.page(work.db, wanted, (cursor.at, cursor.id) if cursor else None, most + 1)
    shown, more = rows[:most], len(rows) > most
    next_ = str(Cursor(shown[-1].last_at, shown[-1].id)) if more else None
    return ConversationsOut([ConversationOut.of(r) for r in shown], next_)


@get("/{conversation:uuid}", sync_to_thread=True)
def read_conversation(edge: GivenEdge, caller: GivenCaller, conversation: FromPath[UUID]) -> ThreadOut:
    """A conversation with its messages, notes among them. One that was merged is read where it is now."""
    with edge.work() as work:
        return ThreadOut.of(desk.thread(work.db, ConversationId(conversation), by=Machine(caller.name)))


@post("/{conversation:uuid}/messages", status_code=201, sync_to_thread=True)
def add_message(edge: GivenEdge, caller: GivenCaller, conversation: FromPath[UUID], data: MessageIn) -> WrittenOut:
    """Answer the customer, leave a note for colleagues, or take in what the customer said elsewhere."""
    by, id = Machine(caller.name), ConversationId(conversation)
    with edge.work() as work:
        if data.author != "customer":
            return _ours(work, id, data, by)
        if data.customer is None:
            raise Invalid("customer: say who wrote", fields={"customer": "is needed"})
        there = desk.thread(work.db, id, by=by, most=1).id
        key = f"api:{caller.name}:{data.key}" if data.key else f"api:{new_id()}"
        arrival = Arrival(
            key=key, channel=Channel.API, sender=data.customer.sender(), at=work.now, text=said_text(data),
            thread=Thread(there), attachments=files(data.attachments),
        )  # fmt: skip
        (received,) = desk.receive(work.db, [arrival], now=work.now)
        if received.fresh:
            work.publish(Arrived(received.conversation, received.message, received.opened))
    return WrittenOut(received.conversation, received.message)


def _ours(work: Work, id: ConversationId, data: MessageIn, by: Machine) -> WrittenOut:
    """An answer or a note; with a key the earlier one, when there is one."""
    attached = files(data.attachments)
    key = f"api:{by.name}:{data.key}" if data.key else ""
    if data.author == "note":
        named = desk.mentioned(work.db, data.text)
        message = desk.note(work.db, id, data.text, named, by=by, now=work.now, attachments=attached, key=key)
        return WrittenOut(id, message)
    channel = Channel(data.channel) if data.channel else None
    status = Status(data.status) if data.status else None
    reply = NewReply(data.text, channel, attached, close_with=status, key=key)
    written = desk.write(work.db, id, reply, by=by, now=work.now)
    if written.fresh:
        work.publish(Replied(written.conversation, written.message, by.name))
    return WrittenOut(written.conversation, written.message, written.undo_until)


@patch("/{conversation:uuid}", sync_to_thread=True)
def change_conversation(
    edge: GivenEdge, caller: GivenCaller, conversation: FromPath[UUID], data: ChangeConversationIn
) -> ThreadOut:
    """Change status, priority, assignee, department, tags and fields; the history says it was your key."""
    by, id = Machine(caller.name), ConversationId(conversation)
    with edge.work() as work:
        department = KEEP if data.department is UNSET else _department(work.db, data.department)
        change = Change(
            status=None if data.status is UNSET else data.status,
            priority=None if data.priority is UNSET else priority(data.priority),
            assignee=KEEP if data.assignee is UNSET else _agent(work.db, data.assignee),
            department=department, tag=tuple(data.add_tags), untag=tuple(data.remove_tags), fields=data.fields,  # type: ignore[arg-type]
        )  # fmt: skip
        work.publish(*desk.change(work.db, id, change, by=by, now=work.now))
        return ThreadOut.of(desk.thread(work.db, id, by=by))


@get("/{conversation:uuid}/files/{file:uuid}", sync_to_thread=True)
def read_file(
    edge: GivenEdge, caller: GivenCaller, conversation: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """The content of a file of a message."""
    with edge.work() as work:
        by = Machine(caller.name)
        thread = desk.thread(work.db, ConversationId(conversation), by=by)
        if not any(f.id == file for m in thread.messages for f in m.attachments):
            raise NotFound("there is no such file in this conversation")
        _, content = desk.attachment(work.db, file, by=by)
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@get("/", sync_to_thread=True)
def list_webhooks(edge: GivenEdge) -> WebhooksOut:
    """Every server that is told of what happens in conversations."""
    with edge.work() as work:
        return WebhooksOut([WebhookOut.of(w) for w in hooks.webhooks(work.db)])


@post("/", status_code=201, sync_to_thread=True)
def make_webhook(edge: GivenEdge, caller: GivenCaller, data: WebhookIn) -> WebhookOut:
    """Tell a server from now on. The answer holds the secret it can tell our calls by, this once."""
    private = edge.settings.private_webhooks
    with edge.work() as work:
        made = hooks.new_webhook(work.db, data.url, data.events, by=caller.name, now=work.now, private=private)
        team.audit(work.db, caller.name, "webhook made", {"url": data.url}, now=work.now)
    return WebhookOut.made(made)


@delete("/{webhook:uuid}", sync_to_thread=True)
def remove_webhook(edge: GivenEdge, caller: GivenCaller, webhook: FromPath[UUID]) -> None:
    """Tell it nothing more; what was still to be told is dropped."""
    with edge.work() as work:
        hooks.remove_webhook(work.db, hooks.WebhookId(webhook))
        team.audit(work.db, caller.name, "webhook removed", {"webhook": str(webhook)}, now=work.now)


@get("/deliveries", sync_to_thread=True)
def list_deliveries(
    edge: GivenEdge,
    only: Annotated[
        str | None, QueryParameter(name="state", description="Only these: queued, delivered, or dead, given up.")
    ] = None,
    most: Annotated[int, QueryParameter(ge=1, le=500, description="How many.")] = 100,
) -> DeliveriesOut:
    """What was told, is being told, or was given up; the newest first."""
    if only not in (None, *hooks.DeliveryState):
        raise Invalid("state: queued, delivered or dead", fields={"state": "is none of queued, delivered, dead"})
    state = None if only is None else hooks.DeliveryState(only)
    with edge.work() as work:
        return DeliveriesOut([DeliveryOut.of(d) for d in hooks.deliveries(work.db, state=state, most=most)])


@post("/deliveries/{delivery:uuid}/again", status_code=202, sync_to_thread=True)
def send_again(edge: GivenEdge, delivery: FromPath[UUID]) -> None:
    """Try one once more that was given up."""
    with edge.work() as work:
        hooks.send_again(work.db, hooks.DeliveryId(delivery))


@put("/{name:str}", sync_to_thread=True)
def save_channel(edge: GivenEdge, caller: GivenCaller, name: FromPath[str], data: ChannelIn) -> ChannelOut:
    """Make another service a channel of the desk, or change where its answers go; the secret stays."""
    private = edge.settings.private_webhooks
    with edge.work() as work:
        saved = hooks.save_channel(
            work.db, name, data.url, by=caller.name, now=work.now,
            department=_department(work.db, data.department), private=private,
        )  # fmt: skip
        team.audit(work.db, caller.name, "channel saved", {"channel": name, "url": data.url}, now=work.now)
    return ChannelOut.of(saved)


@delete("/{name:str}", sync_to_thread=True)
def remove_channel(edge: GivenEdge, caller: GivenCaller, name: FromPath[str]) -> None:
    """Take a channel away; its conversations stay."""
    with edge.work() as work:
        hooks.remove_channel(work.db, name)
        team.audit(work.db, caller.name, "channel removed", {"channel": name}, now=work.now)


@post("/v1/channels/{name:str}/messages", status_code=202, tags=["Conversations"], security=[{}],
      request_max_body_size=MOST_BODY_BYTES)  # fmt: skip
async def take_in(request: AnyRequest, edge: GivenEdge, name: FromPath[str]) -> ReceivedOut:
    """A message from another service, signed with the channel's secret as webhooks are. The same `id` arrives once."""
    body = await request.body()
    headers = dict(request.headers)
    return await edge.in_thread(_take_in, edge, name, headers, body)


def _take_in(edge: GivenEdge, name: str, headers: dict[str, str], body: bytes) -> ReceivedOut:
    with edge.work() as work:
        try:
            channel = hooks.channel(work.db, name)
        except NotFound as e:  # whether there is such a channel is nobody's business without its secret
            raise Unauthorized("the signature does not fit the message") from e
        verify(channel.secret, headers, body, now=work.now)
        said = shaped(body, ChannelMessageIn)
        received = hooks.arrived(work.db, channel, said.said(), files(said.files, field="files"), now=work.now)
        if received.fresh:
            work.publish(Arrived(received.conversation, received.message, received.opened))
    return ReceivedOut(received.conversation, received.message, received.fresh, received.opened)


def _department(db: Db, id: UUID | None) -> DepartmentId | None:
    if id is not None and not any(one.id == id for one in team.departments(db)):
        raise Invalid("there is no such department", fields={"department": "is unknown"})
    return None if id is None else DepartmentId(id)


def _agent(db: Db, email: str | None) -> AgentId | None:
    if email is None:
        return None
    found = next((a for a in team.agents(db) if a.email == email.strip().lower() and a.disabled_at is None), None)
    if found is None:
        raise Invalid("there is no such agent", fields={"assignee": "is unknown"})
    return found.id


def routes() -> Sequence[ControllerRouterHandler]:
    """The desk's routes."""
    talks = [open_conversation, list_conversations, read_conversation, add_message, change_conversation, read_file]
    told = [list_webhooks, make_webhook, remove_webhook, list_deliveries, send_again]
    kept = {"guards": [server_key], "security": SERVER_KEY, "request_max_body_size": MOST_BODY_BYTES}
    return [
        Router("/v1/conversations", route_handlers=talks, tags=["Conversations"], **kept),  # type: ignore[arg-type]
        Router("/v1/webhooks", route_handlers=told, tags=["Conversations"], **kept),  # type: ignore[arg-type]
        Router("/v1/channels", route_handlers=[save_channel, remove_channel], tags=["Conversations"], **kept),  # type: ignore[arg-type]
        take_in,
    ]
