"""Channels of others: any service that can send and take a signed POST becomes a channel of the desk, both ways."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from regulars.channels import webhook as transport
from regulars.desk.hooks import store
from regulars.desk.hooks.model import ChannelHook
from regulars.desk.hooks.telling import new_secret
from regulars.desk.model import Arrival, Channel, ConversationId, NewAttachment, Received, Sender, Thread
from regulars.desk.receive import receive
from regulars.desk.store.shape import as_json
from regulars.desk.times import said_at
from regulars.desk.words import is_address
from regulars.kit.errors import Fault, Invalid, NotFound
from regulars.kit.json import Json
from regulars.messages import Accepted, Handed, Parcel, Refused, Unclear
from regulars.people import Identity, IdentityKind
from regulars.store import Database, Db
from regulars.team import DepartmentId

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
REFUSED_FOR_GOOD = frozenset({400, 404, 410, 413, 415, 422})


def save_channel(
    db: Db, name: str, url: str, *, by: str, now: datetime, department: DepartmentId | None = None,
    private: bool = False,
) -> ChannelHook:  # fmt: skip
    """Add a channel, or change where its answers go; its secret stays. Raises Invalid, Forbidden."""
    if not _NAME.fullmatch(name):
        words = "small letters, digits and - only, 40 at most, for example our-app"
        raise Invalid(words, fields={"name": words})
    transport.guarded(url, private=private)
    store.save_channel(db, ChannelHook(name, url, new_secret(), department, now, by))
    return channel(db, name)


def channel(db: Db, name: str) -> ChannelHook:
    """One of them, with its secret. Raises NotFound."""
    found = store.channels(db, [name])
    if not found:
        raise NotFound("there is no such channel")
    return found[0]


def channels(db: Db) -> list[ChannelHook]:
    """All of them."""
    return store.channels(db)


def remove_channel(db: Db, name: str) -> None:
    """Take it away; its conversations stay. Raises NotFound."""
    if not store.remove_channel(db, name):
        raise NotFound("there is no such channel")


def arrived(
    db: Db, of: ChannelHook, said: Mapping[str, Json], files: tuple[NewAttachment, ...] = (), *, now: datetime
) -> Received:
    """Take in a message of the channel `of`, whose signature was checked. The same id arrives once.

    said  id, text and sender.id are needed; thread, subject, language, at, sender.name, .email and .userId may come
    Raises Invalid.
    """
    sender = said.get("sender")
    sender = sender if isinstance(sender, Mapping) else {}
    id, who = _text(said, "id"), _text(sender, "id")
    faults = {field: "is needed" for field, value in (("id", id), ("sender.id", who)) if not value}
    if not _text(said, "text").strip() and not files:
        faults["text"] = "is needed"
    if _text(sender, "email") and not is_address(_text(sender, "email")):
        faults["sender.email"] = "is no address"
    if faults:
        raise Invalid("; ".join(f"{f} {w}" for f, w in faults.items()), fields=faults)
    user = _text(sender, "userId")
    identity = Identity(IdentityKind.USER, user) if user else Identity(IdentityKind.ANONYMOUS, f"{of.name}:{who}"[:512])
    thread = _text(said, "thread") or who
    arrival = Arrival(
        key=f"webhook:{of.name}:{id}", channel=Channel.WEBHOOK,
        sender=Sender(identity, f"{of.name}:{who}"[:320], _text(sender, "name")),
        at=_at(said.get("at"), now), text=_text(said, "text"), subject=_text(said, "subject"),
        thread=Thread(conversation_of(of.name, thread)), attachments=files, language=_text(said, "language"),
        department=of.department, meta={"channel": of.name, "thread": thread, "email": _text(sender, "email")},
    )  # fmt: skip
    return receive(db, [arrival], now=now)[0]


def conversation_of(name: str, thread: str) -> ConversationId:
    """The id of the conversation the other side calls `thread`: always the same."""
    return ConversationId(uuid5(NAMESPACE_URL, f"regulars:{name}:{thread}"))


class WebhookCarrier:
    """Carries answers of the desk to the server of their channel."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime], private: bool = False) -> None:
        self._database, self._clock, self._private = database, clock, private

    def name(self, parcel: Parcel) -> str | None:
        """The id the other side sees, the same at every try."""
        return f"reply-{parcel.ledger}"

    def hand_over(self, parcel: Parcel) -> Handed:
        """POST it, signed. Faults of the world are answers."""
        name, _, who = parcel.to.address.partition(":")
        try:
            with self._database.begin() as db:
                target = channel(db, name)
                thread = store.outside_thread(db, ConversationId(_uuid(parcel.payload)))
            body = as_json(_body(parcel, who, thread)).encode()
            answer = transport.post(
                target.url, body, secret=target.secret, message=self.name(parcel) or "", now=self._clock(),
                private=self._private,
            )  # fmt: skip
        except Fault as e:
            return Refused(e.detail, permanent=isinstance(e, NotFound | Invalid))
        if isinstance(answer, transport.NotReached):
            return Unclear(answer.words) if answer.sent else Refused(answer.words)
        if answer.accepted:
            return Accepted(answer.words)
        return Refused(f"{answer.status} {answer.words}"[:500], permanent=answer.status in REFUSED_FOR_GOOD)


def _body(parcel: Parcel, who: str, thread: Json) -> dict[str, Json]:
    files: list[Json] = [
        {"name": f.name, "type": f.type, "content": b64encode(f.content).decode()} for f in parcel.files
    ]
    data = {"thread": thread, "recipient": {"id": who, "name": parcel.to.name}, "files": files, **parcel.payload}
    return {"type": "message.send", "timestamp": parcel.created_at.isoformat(), "data": data}


def _uuid(payload: Mapping[str, Json]) -> UUID:
    try:
        return UUID(str(payload.get("conversation")))
    except ValueError as e:
        raise Invalid("this message belongs to no conversation") from e


def _text(said: Mapping[str, Json], name: str) -> str:
    value = said.get(name)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _at(said: Json, now: datetime) -> datetime:
    if said is None:
        return now
    try:
        made = datetime.fromisoformat(str(said))
    except ValueError as e:
        raise Invalid("at: a time with its zone, for example 2026-01-09T16:00:00Z", fields={"at": "is no time"}) from e
    if made.tzinfo is None:
        raise Invalid("at: say the zone too, for example 2026-01-09T16:00:00Z", fields={"at": "has no zone"})
    return said_at(made, now)
