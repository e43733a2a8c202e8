"""Every SQL statement about webhooks and channels of others."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.hooks.model import (
    ChannelHook,
    Claimed,
    Delivery,
    DeliveryId,
    DeliveryState,
    HookEvent,
    Webhook,
    WebhookId,
)
from regulars.desk.store.shape import as_json
from regulars.kit.json import Json
from regulars.store import Db
from regulars.team import DepartmentId

WEBHOOK = "select id, url, events, created_at, created_by, paused_at, paused_because from webhooks"
DELIVERY = """select d.id, d.webhook_id, w.url, d.event, d.conversation_id, d.at, d.state, d.tries, d.next_at,
    d.settled_at, d.answered from webhook_deliveries d join webhooks w on w.id = d.webhook_id"""

CLAIM = sa.text("""
select d.id, d.webhook_id, w.url, w.secret, d.event, d.body, d.tries, d.conversation_id, d.subject_id, d.at
from webhook_deliveries d join webhooks w on w.id = d.webhook_id
where d.id = :id and d.state = 'queued' and w.paused_at is null and (d.next_at is null or d.next_at <= :now)
for update of d skip locked""")

CONVERSATION = """json_build_object('id', c.id, 'number', c.number, 'subject', c.subject, 'status', c.status,
    'priority', (array['low', 'normal', 'high', 'urgent'])[c.priority + 1], 'channel', c.last_channel,
    'language', c.language, 'tags', c.tags, 'department', c.department_id, 'assignee', a.email,
    'customer', json_build_object('name', c.name, 'email', c.address,
        'userId', (select i.value from identities i join persons p on p.id = i.person_id
                   where p.root_id = (select root_id from persons where id = c.person_id) and i.kind = 'user'
                   order by i.created_at limit 1)),
    'createdAt', c.created_at, 'lastAt', c.last_at)"""
ABOUT = sa.text(f"""
select {CONVERSATION} as conversation,
    (select json_build_object('id', m.id, 'at', m.at, 'channel', m.channel, 'author', m.author,
        'name', m.name, 'text', m.text, 'language', m.language,
        'attachments', coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name, 'type', f.type,
            'size', f.size) order by f.position) from attachments f where f.message_id = m.id), '[]'))
     from conversation_messages m where :message and m.id = :subject) as message,
    (select json_build_object('kind', x.kind, 'before', x.before, 'after', x.after, 'by', x.by_whom)
     from conversation_changes x where :change and x.id = :subject) as change
from conversations c left join agents a on a.id = c.assignee_id where c.id = :conversation""")  # noqa: S608  constants


def add(db: Db, webhook: Webhook, secret: str) -> None:
    """Keep a webhook."""
    db.execute(
        sa.text("""insert into webhooks (id, url, events, secret, created_at, created_by)
        values (:id, :url, :events, :secret, :at, :by)"""),
        {"id": webhook.id, "url": webhook.url, "events": [e.value for e in webhook.events], "secret": secret,
         "at": webhook.created_at, "by": webhook.created_by},
    )  # fmt: skip


def webhooks(db: Db) -> list[Webhook]:
    """All of them."""
    return [_webhook(row) for row in db.execute(sa.text(f"{WEBHOOK} order by created_at"))]


def remove(db: Db, id: WebhookId) -> bool:
    """Whether there was one; what was still to be told goes with it."""
    return bool(db.execute(sa.text("delete from webhooks where id = :id"), {"id": id}).rowcount)


def pause(db: Db, id: WebhookId, at: datetime | None, because: str) -> bool:
    """Tell it no more, or again (`at` None)."""
    done = sa.text("update webhooks set paused_at = :at, paused_because = :because where id = :id")
    return bool(db.execute(done, {"id": id, "at": at, "because": because}).rowcount)


def claim(db: Db, id: DeliveryId, now: datetime) -> Claimed | None:
    """Hold a delivery that is due until the transaction ends, with what it says; None when nothing is to be done."""
    row = db.execute(CLAIM, {"id": id, "now": now}).one_or_none()
    if row is None:
        return None
    event, body = HookEvent(row.event), row.body
    if body is None:
        about = {"conversation": row.conversation_id, "subject": row.subject_id or 0,
                 "message": event in (HookEvent.RECEIVED, HookEvent.SENT, HookEvent.NOTE),
                 "change": event is HookEvent.CHANGED}  # fmt: skip
        found = db.execute(ABOUT, about).one_or_none()
        data = {k: v for k, v in found._mapping.items() if v is not None} if found is not None else {}
        body = as_json({"type": event.value, "timestamp": row.at.isoformat(), "data": data})
    return Claimed(row.id, row.webhook_id, row.url, row.secret, event, body, row.tries)


def alone(db: Db, webhook: WebhookId) -> bool:
    """Whether nobody else tells this server right now; held until the transaction ends."""
    held = sa.text("select pg_try_advisory_xact_lock(hashtextextended(:key, 0))")
    return bool(db.execute(held, {"key": f"webhook:{webhook}"}).scalar_one())


def lost(db: Db, before: datetime) -> list[tuple[DeliveryId, WebhookId]]:
    """Deliveries that were due before then and that no job will make."""
    found = sa.text("""select d.id, d.webhook_id from webhook_deliveries d join webhooks w on w.id = d.webhook_id
        where d.state = 'queued' and w.paused_at is null and coalesce(d.next_at, d.at) < :before
            and not exists (select from procrastinate_jobs j where j.task_name = 'hooks.deliver'
                and j.status in ('todo', 'doing') and j.args->>'delivery' = d.id::text) limit 1000""")
    return [(DeliveryId(d), WebhookId(w)) for d, w in db.execute(found, {"before": before})]


def settle(
    db: Db, one: Claimed, state: DeliveryState, *, answered: str, now: datetime, next_at: datetime | None = None
) -> None:
    """Write down what became of a try."""
    db.execute(
        sa.text("""update webhook_deliveries set state = :state, body = :body, tries = tries + 1,
            answered = :answered, next_at = :next_at,
            settled_at = case when :state = 'queued' then null else cast(:now as timestamptz) end where id = :id"""),
        {"id": one.id, "state": state.value, "body": one.body, "answered": answered, "now": now,
         "next_at": next_at},
    )  # fmt: skip


def revive(db: Db, id: DeliveryId) -> WebhookId | None:
    """Queue a dead one again; its webhook, None when there is no such dead one."""
    done = sa.text("""update webhook_deliveries set state = 'queued', tries = 0, next_at = null, settled_at = null
        where id = :id and state = 'dead' returning webhook_id""")
    return db.execute(done, {"id": id}).scalar_one_or_none()


def waiting(db: Db, webhook: WebhookId) -> list[DeliveryId]:
    """What is still to be told, the oldest first."""
    found = sa.text(
        "select id from webhook_deliveries where webhook_id = :id and state = 'queued' order by at limit 10000"
    )
    return [DeliveryId(id) for id in db.execute(found, {"id": webhook}).scalars()]


def deliveries(db: Db, *, state: DeliveryState | None, webhook: WebhookId | None, most: int) -> list[Delivery]:
    """The newest deliveries."""
    of_state = "d.state = :state" if state else "true"
    of_webhook = "d.webhook_id = :webhook" if webhook else "true"
    statement = f"{DELIVERY} where {of_state} and {of_webhook} order by d.at desc, d.id limit :most"
    given = {"state": state.value if state else None, "webhook": webhook, "most": most}
    return [
        Delivery(DeliveryId(r[0]), WebhookId(r[1]), r[2], HookEvent(r[3]), r[4], r[5], DeliveryState(r[6]), *r[7:])
        for r in db.execute(sa.text(statement), given)
    ]


def forget(db: Db, before: datetime) -> int:
    """Remove what was delivered before then."""
    gone = sa.text("delete from webhook_deliveries where state = 'delivered' and settled_at < :before")
    return int(db.execute(gone, {"before": before}).rowcount)


def save_channel(db: Db, channel: ChannelHook) -> None:
    """Keep a channel, or its new address; the secret stays as it was."""
    db.execute(
        sa.text("""insert into webhook_channels (name, url, secret, department_id, created_at, created_by)
        values (:name, :url, :secret, :department, :at, :by)
        on conflict (name) do update set url = excluded.url, department_id = excluded.department_id"""),
        {"name": channel.name, "url": channel.url, "secret": channel.secret, "department": channel.department,
         "at": channel.created_at, "by": channel.created_by},
    )  # fmt: skip


def channels(db: Db, names: Sequence[str] | None = None) -> list[ChannelHook]:
    """All of them, or those of these names."""
    found = sa.text("""select name, url, secret, department_id, created_at, created_by from webhook_channels
        where :all or name = any(:names) order by name""")
    rows = db.execute(found, {"all": names is None, "names": list(names or [])})
    return [ChannelHook(n, u, s, None if d is None else DepartmentId(d), at, by) for n, u, s, d, at, by in rows]


def remove_channel(db: Db, name: str) -> bool:
    """Whether there was one."""
    return bool(db.execute(sa.text("delete from webhook_channels where name = :name"), {"name": name}).rowcount)


def outside_thread(db: Db, conversation: UUID) -> Json:
    """How the other side calls a conversation, from its newest message by such a channel."""
    found = sa.text("""select meta->>'thread' from conversation_messages
        where conversation_id = :id and channel = 'webhook' and author = 'customer' order by id desc limit 1""")
    thread: Json = db.execute(found, {"id": conversation}).scalar_one_or_none()
    return thread


def _webhook(row: sa.Row[tuple[object, ...]]) -> Webhook:
    events = tuple(HookEvent(e) for e in row.events)
    return Webhook(row.id, row.url, events, row.created_at, row.created_by, row.paused_at, row.paused_because)
