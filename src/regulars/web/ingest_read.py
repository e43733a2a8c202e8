"""What one sent event says: who it was, what it means, when it happened, and whether it may be learned from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import msgspec
from msgspec import Raw

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
PURPOSES = frozenset({"personalisation", "personalization"})

_json = msgspec.json.Decoder()


@dataclass(slots=True)
class Sent:
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
        type_ = (type_ or call.type).lower()
        kind = TYPES.get(type_)
        if kind is None:
            raise Invalid(f"type is one of {', '.join(TYPES)}", fields={"type": "is unknown"})
        traits = kind in (EventType.IDENTIFY, EventType.GROUP)
        properties = _object(call.traits if traits else call.properties, "traits" if traits else "properties")
        context, kept = self._context(call)
        at, set_aside = happened_at(call.timestamp, call.sent_at or self.common.sent_at, self.received)
        if set_aside:
            kept = _with_original(kept, call.timestamp)
        user, anonymous = _id(call.user_id, "userId"), _id(call.anonymous_id, "anonymousId")
        proven = self._is_proven(user, call, context)
        return Sent(
            kind,
            _name(call, kind),
            self._message_id(call),
            _who(kind, (user, anonymous, _id(call.previous_id, "previousId")), proven=proven),
            at,
            bytes(call.traits if traits else call.properties) if properties else b"{}",
            kept,
            self._may_learn(context),
            interaction(call.event or "", properties) if kind is EventType.TRACK else None,
            _says(kind, (user, anonymous, _id(call.previous_id, "previousId")), properties, proven=proven),
        )

    def _context(self, call: Call) -> tuple[Mapping[str, Json], bytes]:
        """What the context says, and the bytes of it that are kept: never a token."""
        context = _object(call.context, "context")
        if self.common.context is not NOTHING and (common := _object(self.common.context, "context")):
            context = {**common, **context}
        elif "personToken" not in context:
            return context, bytes(call.context) if context else b"{}"
        return context, msgspec.json.encode({k: v for k, v in context.items() if k != "personToken"})

    def _is_proven(self, user: str | None, call: Call, context: Mapping[str, Json]) -> bool:
        if user is None or self.caller.is_server:
            return user is not None
        token = call.person_token or context.get("personToken") or self.common.person_token or self.caller.token
        if token is None:
            return False
        key = str(token)
        if key not in self._proven:
            self._proven[key] = proven_user(self.edge, self.caller, token)
        if self._proven[key] != user:
            raise Invalid("the person token proves another user id", fields={"userId": "is not the token's"})
        return True

    def _message_id(self, call: Call) -> str:
        """The id under which the event is recorded once. A public key cannot take an id that a server will use."""
        said = call.message_id
        if not said:
            return str(new_id())
        if len(said) > LONGEST_ID:
            raise Invalid(f"messageId has at most {LONGEST_ID} characters", fields={"messageId": "is too long"})
        return clean(said) if self.caller.is_server else f"w:{clean(said)}"

    def _may_learn(self, context: Mapping[str, Json]) -> bool:
        if self.caller.gpc or context.get("gpc") is True:
            return False
        consent = context.get("consent")
        said = consent.get("categoryPreferences") if isinstance(consent, dict) else None
        if not isinstance(said, dict):
            return True
        return not any(name.lower() in PURPOSES and granted is False for name, granted in said.items())


Ids = tuple[str | None, str | None, str | None]
"""user id, anonymous id, previous id"""


def _who(kind: EventType, ids: Ids, *, proven: bool) -> Identity:
    user, anonymous, previous = ids
    if kind is EventType.ALIAS:
        if not user or not previous:
            raise Invalid("alias joins previousId and userId: send both", fields={"previousId": "is needed"})
        anonymous = anonymous or previous
    return whose(user, anonymous, proven=proven)


def _says(kind: EventType, ids: Ids, told: Mapping[str, Json], *, proven: bool) -> IdentifyCall | AliasCall | None:
    user, anonymous, previous = ids
    if kind is EventType.IDENTIFY:
        return IdentifyCall(user, anonymous, proven, told)
    if kind is EventType.ALIAS and user and previous:
        return AliasCall(previous, user, proven)
    return None


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


def _id(said: Id, name: str) -> str | None:
    if said is None or said == "":
        return None
    text = str(said)
    if len(text) > LONGEST_ID or "\x00" in text:
        raise Invalid(f"{name} has 1 to {LONGEST_ID} characters and no NUL", fields={name: "is no id"})
    return text


def _object(raw: Raw, name: str) -> Mapping[str, Json]:
    if raw is NOTHING:
        return {}
    try:
        value = _json.decode(raw)
    except (msgspec.MsgspecError, RecursionError) as e:  # a number beyond all range
        raise Invalid(f"{name} cannot be kept: {e}", fields={name: str(e)}) from e
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(f"{name} is a JSON object", fields={name: "is no object"})
    return cast("Mapping[str, Json]", value)


def _with_original(context: bytes, said: datetime | None) -> bytes:
    start = b'{"originalTimestamp":' + msgspec.json.encode(said)
    inner = context.strip()[1:].lstrip()
    return start + (b"," if inner != b"}" else b"") + inner
