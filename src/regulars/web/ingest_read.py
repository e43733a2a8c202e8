"""What one sent event says: who it was, what it means, when it happened, and whether it may be learned from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from msgspec import Raw

from regulars import people
from regulars.kit.errors import Invalid
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.people import AliasCall, EventType, IdentifyCall, Identity, whose
from regulars.web.auth import Caller, proven_user
from regulars.web.edge import Edge
from regulars.web.ingest_clock import happened_at
from regulars.web.ingest_form import NOTHING, Batch, Call, Id, read_call
from regulars.web.ingest_words import Interaction, interaction

TYPES = {kind.name.lower(): kind for kind in EventType}
LONGEST_NAME = 1_000
LONGEST_ID = 512
LONGEST_MESSAGE_ID = 500
PURPOSES = frozenset({"personalisation", "personalization"})
Ids = tuple[str | None, str | None, str | None]
"""user id, anonymous id, previous id"""

PLAIN = frozenset({EventType.TRACK, EventType.PAGE, EventType.SCREEN, EventType.GROUP})
TOLD_BY_TRAITS = frozenset({EventType.IDENTIFY, EventType.GROUP})


class Context(msgspec.Struct, rename="camel", gc=False):
    """What the context says to us; the rest of it is kept unread."""

    consent: object = None
    gpc: object = None
    person_token: object = None


_context = msgspec.json.Decoder(Context).decode
_dict: Callable[[bytes], dict[str, Json]] = msgspec.json.Decoder(dict).decode


class Sent(msgspec.Struct, gc=False):
    """One event, understood but not yet written."""

    type: EventType
    name: str
    message_id: str
    who: Identity
    at: datetime
    properties: bytes
    context: bytes
    learn: bool
    meaning: Interaction | None
    says: IdentifyCall | AliasCall | None


@dataclass(slots=True)
class Reader:
    """Reads the events of one call; what they share is looked at once.

    common  what the batch says for all its events
    """

    edge: Edge
    caller: Caller
    received: datetime
    common: Batch = field(default_factory=Batch)
    _proven: dict[str, str | None] = field(default_factory=dict)

    def read(self, raw: bytes | Raw, type_: str | None = None) -> Sent:
        """The event in `raw`, of the type its address says, else itself. Raises Invalid, Malformed, TooLarge."""
        call = read_call(raw)
        kind = TYPES.get(type_ or call.type) or TYPES.get(call.type.lower())
        if kind is None:
            raise Invalid(f"type is one of {', '.join(TYPES)}", fields={"type": "is unknown"})
        properties, kept, context = _properties(call, kind), *self._context(call)
        at, set_aside = happened_at(call.timestamp, call.sent_at or self.common.sent_at, self.received)
        if set_aside:
            kept = _with_original(kept, call.timestamp)
        ids = _ids(call)
        proven = self._is_proven(ids[0], call, context)
        return Sent(
            kind,
            _name(call, kind),
            self._message_id(call),
            _who(kind, ids, proven=proven),
            at,
            properties,
            kept,
            self._may_learn(context),
            interaction(call.event, properties) if kind is EventType.TRACK and call.event else None,
            None if kind in PLAIN else self._says(kind, ids, properties, proven=proven),
        )

    def _context(self, call: Call) -> tuple[bytes, Context]:
        """The bytes of the context that are kept (never a token), and what it says to us."""
        kept = _object(call.context, "context")
        if self.common.context is not NOTHING:
            kept = msgspec.json.encode({**_json(_object(self.common.context, "context")), **_json(kept)})
        try:
            said = _context(kept)
        except (msgspec.MsgspecError, RecursionError) as e:
            raise Invalid(f"context cannot be kept: {e}", fields={"context": str(e)}) from e
        if said.person_token is not None:
            kept = msgspec.json.encode({k: v for k, v in _json(kept).items() if k != "personToken"})
        return kept, said

    def _is_proven(self, user: str | None, call: Call, context: Context) -> bool:
        if user is None or self.caller.is_server:
            return user is not None
        token = call.person_token or context.person_token or self.common.person_token or self.caller.token
        if token is None:
            return False
        key = str(token)
        if key not in self._proven:
            self._proven[key] = proven_user(self.edge, self.caller, token)
        if self._proven[key] != user:
            raise Invalid("the person token proves another user id", fields={"userId": "is not the token's"})
        return True

    def _says(self, kind: EventType, ids: Ids, told: bytes, *, proven: bool) -> IdentifyCall | AliasCall | None:
        user, anonymous, previous = ids
        if kind is EventType.IDENTIFY:
            traits = _json(told)
            # only the company's server is believed: a visitor could say anybody's address, and read their mail
            email = people.email_of(traits) if self.caller.is_server else ""
            return IdentifyCall(user, anonymous, proven, traits, email=email)
        if kind is EventType.ALIAS and user and previous:
            if proven and not self.caller.is_server:
                # a token proves one user id, not that another is the same person: only a device may come along
                return IdentifyCall(user, previous, proven, source="alias")
            return AliasCall(previous, user, proven)
        return None

    def _message_id(self, call: Call) -> str:
        """The id under which the event is recorded once. A public key cannot take an id that a server will use."""
        said = call.message_id
        if not said:
            return str(new_id())
        if len(said) > LONGEST_MESSAGE_ID:
            raise Invalid(f"messageId has at most {LONGEST_MESSAGE_ID} characters", fields={"messageId": "is too long"})
        return clean(said) if self.caller.is_server else f"w:{clean(said)}"

    def _may_learn(self, context: Context) -> bool:
        if self.caller.gpc or context.gpc is True:
            return False
        said = context.consent.get("categoryPreferences") if isinstance(context.consent, dict) else None
        if not isinstance(said, dict):
            return True
        return not any(str(name).lower() in PURPOSES and granted is False for name, granted in said.items())


def _who(kind: EventType, ids: Ids, *, proven: bool) -> Identity:
    user, anonymous, previous = ids
    if kind is EventType.ALIAS:
        if not user or not previous:
            raise Invalid("alias joins previousId and userId: send both", fields={"previousId": "is needed"})
        anonymous = anonymous or previous
    return whose(user, anonymous, proven=proven)


def _name(call: Call, kind: EventType) -> str:
    if kind is EventType.TRACK:
        if not call.event:
            raise Invalid('a track call needs "event": the name of what happened', fields={"event": "is missing"})
        name = call.event
    elif kind in (EventType.PAGE, EventType.SCREEN):
        name = call.name or ""
    else:
        name = kind.name.lower()
    if len(name) > LONGEST_NAME:
        raise Invalid(f"the name of an event has at most {LONGEST_NAME} characters", fields={"event": "is too long"})
    return clean(name)


def _ids(call: Call) -> Ids:
    return _id(call.user_id, "userId"), _id(call.anonymous_id, "anonymousId"), _id(call.previous_id, "previousId")


def _id(said: Id, name: str) -> str | None:
    if said is None or said == "":
        return None
    text = str(said)
    if len(text) > LONGEST_ID or "\x00" in text:
        raise Invalid(f"{name} has 1 to {LONGEST_ID} characters and no NUL", fields={name: "is no id"})
    return text


def _properties(call: Call, kind: EventType) -> bytes:
    if kind in TOLD_BY_TRAITS:
        return _object(call.traits, "traits")
    return _object(call.properties, "properties")


def _object(raw: Raw, name: str) -> bytes:
    """The bytes of a JSON object; PostgreSQL and `people.record` look inside."""
    if raw is NOTHING:
        return b"{}"
    said = bytes(raw)
    if said.startswith(b"{"):
        return said
    if said == b"null":
        return b"{}"
    raise Invalid(f"{name} is a JSON object", fields={name: "is no object"})


def _json(data: bytes) -> dict[str, Json]:
    try:
        return _dict(data)
    except (msgspec.MsgspecError, RecursionError) as e:  # a number beyond all range
        raise Invalid(f"the event cannot be kept: {e}") from e


def _with_original(context: bytes, said: datetime | None) -> bytes:
    start = b'{"originalTimestamp":' + msgspec.json.encode(said)
    inner = context.strip()[1:].lstrip()
    return start + (b"," if inner != b"}" else b"") + inner
