"""Every SQL statement of chat."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from regulars.desk.chat.model import (
    File,
    Invitation,
    InvitationAnswer,
    InvitationId,
    Kept,
    RuleId,
    Said,
    Ticket,
    Visitor,
    VisitorId,
)
from regulars.desk.model import ConversationId
from regulars.kit.json import Json
from regulars.people import Identity, IdentityKind
from regulars.store import Db, driver
from regulars.team import AgentId


def ticket(db: Db, ticket: Ticket) -> Kept | None:
    """What we hold about `ticket`."""
    row = db.execute(
        sa.text("select conversation_id, user_id, device from chat_tickets where ticket = :t"), {"t": ticket}
    ).one_or_none()
    return None if row is None else Kept(ticket, ConversationId(row.conversation_id), row.user_id, row.device)


def newest_of_user(db: Db, user: str) -> Kept | None:
    """The ticket this user wrote by last."""
    row = db.execute(
        sa.text(
            "select ticket, conversation_id, user_id, device from chat_tickets where user_id = :u"
            " order by used_at desc limit 1"
        ),
        {"u": user},
    ).one_or_none()
    return (
        None if row is None else Kept(Ticket(row.ticket), ConversationId(row.conversation_id), row.user_id, row.device)
    )


def bind(db: Db, ticket: Ticket, user: str) -> bool:
    """Make the ticket this user's; False when it is somebody else's."""
    said = sa.text("update chat_tickets set user_id = :u where ticket = :t and (user_id is null or user_id = :u)")
    return bool(db.execute(said, {"t": ticket, "u": user}).rowcount)


def save_tickets(db: Db, kept: Sequence[Kept], now: datetime) -> None:
    """Add tickets, or note where their conversation went on. Sorted, so that batches never wait in a ring."""
    rows = sorted({k.ticket: k for k in kept}.values(), key=lambda k: k.ticket)
    driver(db).execute(
        "insert into chat_tickets (ticket, conversation_id, user_id, device, created_at, used_at)"
        " select t, c, u, d, %(now)s, %(now)s"
        " from unnest(%(t)s::bytea[], %(c)s::uuid[], %(u)s::text[], %(d)s::text[]) as x (t, c, u, d)"
        " where not exists (select from chat_tickets k where k.ticket = t and k.conversation_id = c"  # nothing to note:
        "                   and k.used_at >= %(now)s::timestamptz - interval '1 minute')"  # no lock, no write
        " on conflict (ticket) do update set conversation_id = excluded.conversation_id, used_at = excluded.used_at,"
        " user_id = coalesce(chat_tickets.user_id, excluded.user_id)"
        " where chat_tickets.conversation_id <> excluded.conversation_id"
        " or chat_tickets.used_at < excluded.used_at - interval '1 minute'",
        {
            "now": now,
            "t": [k.ticket for k in rows],
            "c": [k.conversation for k in rows],
            "u": [k.user for k in rows],
            "d": [k.device for k in rows],
        },
    )


def root_of(db: Db, conversation: ConversationId) -> ConversationId | None:
    """Where it is read now: itself, or what it was merged into; None before its first word."""
    found = db.execute(sa.text("select root_id from conversations where id = :c"), {"c": conversation})
    root: UUID | None = found.scalar_one_or_none()
    return None if root is None else ConversationId(root)


def numbers(db: Db, conversations: Sequence[ConversationId]) -> dict[ConversationId, int]:
    """What people cite them by; of merged ones, that of where they are read."""
    rows = db.execute(
        sa.text(
            "select c.id, r.number from conversations c join conversations r on r.id = c.root_id where c.id = any(:c)"
        ),
        {"c": list(conversations)},
    )
    return {ConversationId(row.id): row.number for row in rows}


SAID = (
    "select m.id, m.conversation_id, m.origin_id, m.at, m.channel, m.author, m.name, m.text, m.html, m.key,"
    " coalesce((select jsonb_agg(jsonb_build_array(a.id, a.name, a.type, a.size) order by a.position)"
    " from attachments a where a.message_id = m.id and a.inline_id = ''), '[]') as files"
    " from conversation_messages m"
    " where m.author in ('customer', 'agent') and m.withdrawn_at is null and m.erased_at is null"
)


def newest(db: Db, conversation: ConversationId, most: int) -> list[Said]:
    """The newest `most` messages for customers' eyes, oldest first; who may see which is `reading.visible`."""
    rows = driver(db).execute(f"{SAID} and m.conversation_id = %s order by m.id desc limit %s", [conversation, most])
    return [_said(row) for row in rows][::-1]


def said(db: Db, messages: Sequence[int]) -> list[Said]:
    """These messages, as far as they are for customers' eyes."""
    return [_said(row) for row in driver(db).execute(f"{SAID} and m.id = any(%s) order by m.id", [list(messages)])]


def _said(row: Sequence[object]) -> Said:
    id, conversation, origin, at, channel, author, name, text, html, key, files = row
    attached = tuple(File(UUID(f[0]), f[1], f[2], f[3]) for f in cast("list[list[object]]", files))  # type: ignore[arg-type]
    return Said(id, conversation, origin, at, channel, author, name, text, html, key, attached)  # type: ignore[arg-type]


def file(db: Db, file: UUID) -> tuple[str, str, bytes] | None:
    """(name, type, content) of an attachment."""
    row = (
        driver(db)
        .execute(
            "select a.name, a.type, c.content from attachments a join attachment_contents c using (digest)"
            " where a.id = %s",
            [file],
        )
        .fetchone()
    )
    return cast("tuple[str, str, bytes] | None", row)


def settings(db: Db) -> Mapping[str, Json] | None:
    """The settings as they were saved."""
    found: Mapping[str, Json] | None = db.execute(sa.text("select settings from chat_settings")).scalar_one_or_none()
    return found


def save_settings(db: Db, said: Mapping[str, Json], by: str, now: datetime) -> None:
    """Replace the settings."""
    driver(db).execute(
        "insert into chat_settings (settings, updated_at, updated_by) values (%s, %s, %s) on conflict (one)"
        " do update set settings = excluded.settings, updated_at = excluded.updated_at,"
        " updated_by = excluded.updated_by",
        [Jsonb(said), now, by],
    )


QUEUED = (
    "merged_into is null and status in ('new', 'open') and last_channel = 'chat' and waiting_since is not null"
    " and assignee_id is null"
)


def waiting(db: Db, since: datetime) -> list[ConversationId]:
    """Chats nobody took, longest first, that began to wait after `since`."""
    found = driver(db).execute(
        f"select id from conversations where {QUEUED} and waiting_since > %s order by waiting_since, id limit 1000",  # noqa: S608  our own words
        [since],
    )
    return [ConversationId(row[0]) for row in found]  # type: ignore[arg-type]  # a uuid


def taken(db: Db, since: datetime) -> int:
    """Chats that got their first answer after `since`."""
    found = db.execute(
        sa.text("select count(*) from conversations where channel = 'chat' and first_reply_at > :s"), {"s": since}
    )
    return int(found.scalar_one())


def load(db: Db, agents: Sequence[AgentId]) -> dict[AgentId, int]:
    """How many live chats each of `agents` has: theirs, by chat, not finished, with a word in the last half hour."""
    rows = db.execute(
        sa.text(
            "select assignee_id, count(*) as n from conversations where assignee_id = any(:a) and merged_into is null"
            " and status in ('new', 'open', 'pending') and last_channel = 'chat'"
            " and last_at > now() - interval '30 minutes' group by assignee_id"
        ),
        {"a": list(agents)},
    )
    return {AgentId(row.assignee_id): row.n for row in rows}


def save_visitors(db: Db, here: Sequence[Visitor]) -> None:
    """Note who is on the site and where."""
    rows = sorted(here, key=lambda v: v.id)
    with driver(db).cursor() as cursor:
        cursor.executemany(
            "insert into chat_visitors (visitor, kind, value, url, title, language, visits, pages, since, page_since,"
            " seen_at, conversation_id) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " on conflict (visitor) do update set kind = excluded.kind, value = excluded.value, url = excluded.url,"
            " title = excluded.title, language = excluded.language, visits = excluded.visits, pages = excluded.pages,"
            " page_since = excluded.page_since, seen_at = excluded.seen_at, conversation_id = excluded.conversation_id",
            [
                [
                    v.id, v.identity.kind if v.identity else "", v.identity.value if v.identity else "",
                    v.url, v.title, v.language, v.visits, v.pages, v.since, v.page_since, v.seen_at, v.conversation,
                ]
                for v in rows
            ],
        )  # fmt: skip


def remove_visitors(db: Db, gone: Sequence[VisitorId], before: datetime) -> int:
    """Forget who left, and whoever was not seen since `before`."""
    said = sa.text("delete from chat_visitors where visitor = any(:gone) or seen_at < :before")
    return db.execute(said, {"gone": list(gone), "before": before}).rowcount


VISITOR = (
    "select visitor, kind, value, url, title, language, visits, pages, since, page_since, seen_at, conversation_id"
    " from chat_visitors"
)


def visitors(db: Db, since: datetime, most: int) -> list[Visitor]:
    """Who was seen after `since`, the newest first."""
    said = sa.text(f"{VISITOR} where seen_at > :since order by since desc limit :most")
    return [_visitor(row) for row in db.execute(said, {"since": since, "most": most})]


def whereabouts(db: Db, conversation: ConversationId, names: Sequence[Identity], since: datetime) -> Visitor | None:
    """Who is in this conversation or bears one of these names, and was seen after `since`; where they came last."""
    said = sa.text(f"""{VISITOR} where seen_at > :since and (conversation_id = :c or (kind, value) in (
        select * from unnest(cast(:kinds as text[]), cast(:names as text[])))) order by page_since desc limit 1""")  # noqa: S608  a constant
    given = {"kinds": [n.kind.value for n in names], "names": [n.value for n in names]}
    row = db.execute(said, {"since": since, "c": conversation, **given}).one_or_none()
    return None if row is None else _visitor(row)


def visitor(db: Db, visitor: VisitorId) -> Visitor | None:
    """One of them."""
    row = db.execute(sa.text(f"{VISITOR} where visitor = :v"), {"v": visitor}).one_or_none()
    return None if row is None else _visitor(row)


def _visitor(row: sa.Row[tuple[object, ...]]) -> Visitor:
    identity = Identity(IdentityKind(row.kind), row.value) if row.kind else None
    return Visitor(
        VisitorId(row.visitor), identity, row.url, row.title, row.language, row.visits, row.pages,
        row.since, row.page_since, row.seen_at, row.conversation_id,
    )  # fmt: skip


def rules(db: Db) -> list[tuple[RuleId, Mapping[str, Json]]]:
    """Every invitation rule in its order."""
    rows = db.execute(sa.text("select id, rule from chat_rules order by position, id"))
    return [(RuleId(row.id), row.rule) for row in rows]


def save_rule(db: Db, rule: RuleId, raw: Mapping[str, Json], by: str, now: datetime) -> None:
    """Add or replace a rule."""
    driver(db).execute(
        "insert into chat_rules (id, rule, updated_at, updated_by) values (%s, %s, %s, %s) on conflict (id)"
        " do update set rule = excluded.rule, updated_at = excluded.updated_at, updated_by = excluded.updated_by",
        [rule, Jsonb(raw), now, by],
    )


def delete_rule(db: Db, rule: RuleId) -> bool:
    """Take a rule away."""
    return bool(db.execute(sa.text("delete from chat_rules where id = :id"), {"id": rule}).rowcount)


def save_invitation(db: Db, made: Invitation) -> None:
    """Write down that somebody was invited."""
    db.execute(
        sa.text(
            "insert into chat_invitations (id, visitor, text, rule_id, agent_id, at)"
            " values (:id, :visitor, :text, :rule, :agent, :at)"
        ),
        {
            "id": made.id, "visitor": made.visitor, "text": made.text, "rule": made.rule, "agent": made.agent,
            "at": made.at,
        },
    )  # fmt: skip


def invitation(db: Db, invitation: InvitationId) -> Invitation | None:
    """One of them."""
    row = db.execute(sa.text(f"{INVITATION} where id = :id"), {"id": invitation}).one_or_none()
    return None if row is None else _invitation(row)


def invitations(db: Db, visitor: VisitorId, since: datetime) -> list[Invitation]:
    """How this visitor was invited after `since`, the newest first."""
    said = sa.text(f"{INVITATION} where visitor = :v and at > :since order by at desc limit 100")
    return [_invitation(row) for row in db.execute(said, {"v": visitor, "since": since})]


def answer_invitation(db: Db, which: tuple[InvitationId, VisitorId], answer: InvitationAnswer, now: datetime) -> bool:
    """What the visitor made of it; the first answer counts."""
    said = sa.text(
        "update chat_invitations set answer = :answer, answered_at = :now"
        " where id = :id and visitor = :v and answer is null"
    )
    return bool(db.execute(said, {"id": which[0], "v": which[1], "answer": answer, "now": now}).rowcount)


INVITATION = "select id, visitor, text, at, rule_id, agent_id, answer from chat_invitations"


def _invitation(row: sa.Row[tuple[object, ...]]) -> Invitation:
    answer = InvitationAnswer(row.answer) if row.answer else None
    return Invitation(
        InvitationId(row.id), VisitorId(row.visitor), row.text, row.at,
        None if row.rule_id is None else RuleId(row.rule_id),
        None if row.agent_id is None else AgentId(row.agent_id), answer,
    )  # fmt: skip


def prune(db: Db, now: datetime) -> int:
    """Forget invitations older than a year."""
    said = sa.text("delete from chat_invitations where at < :before")
    return db.execute(said, {"before": now - timedelta(days=365)}).rowcount
