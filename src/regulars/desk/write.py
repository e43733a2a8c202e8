"""What agents say: replies, which go out through `messages` and can be taken back for ten seconds, and notes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from regulars import messages, team
from regulars.channels.mail import Address, Letter, payload_of
from regulars.desk.change import apply_to
from regulars.desk.changing import Change, Held
from regulars.desk.marks import forget_draft
from regulars.desk.model import (
    Actor,
    Author,
    Changed,
    Channel,
    ConversationId,
    MessageId,
    NewAttachment,
    NewReply,
    Status,
    Written,
)
from regulars.desk.policy import UNDO_FOR
from regulars.desk.sight import agent_id
from regulars.desk.store import files, rows, saying, summary
from regulars.desk.words import PREVIEW, line, short, words
from regulars.kit import liquid
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import PersonId, new_id
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.messages import Outgoing, Recipient
from regulars.store import Db
from regulars.team import AgentId

LONGEST = 200_000
PLACEHOLDER = re.compile(r"\{\{|\{%")
BY_MAIL = frozenset({Channel.FORM, Channel.API})
"""Channels that carry nothing back: who wrote by them is answered by e-mail."""


def write(db: Db, conversation: ConversationId, reply: NewReply, *, by: Actor, now: datetime) -> Written:
    """Answer the customer. Until `undo_until` it can be taken back; a chat shows it at once all the same.

    Then it is the customer's turn, or what `close_with` says; an unassigned conversation is `by`'s from now on.
    What stands in it like in a ready answer, {{ customer.first_name }}, is filled in, never sent as it is.
    Raises NotFound, Forbidden; Invalid when there is nothing to send, nowhere to send it to, or no value for what is
    to be filled in (by name); Conflict when a colleague answered what `reply.seen` had not seen.
    """
    saying.share(db)
    held = rows.hold(db, conversation, by)
    key = _key("reply", reply.key)
    if (before := saying.under(db, key)) is not None:
        return _written_before(before)
    _check_nobody_answered(db, held, reply, by)
    envelope = _envelope(db, held, reply)
    text = _filled(db, held, _checked(reply.text, reply.attachments), reply.language, by=by, now=now)
    new = saying.New(
        held.id, envelope.channel, Author.AGENT, agent_id(by), by.name, key,
        text=text, html=clean(reply.html), address=envelope.to.address, subject=envelope.subject,
        language=reply.language, words=words(text, by.name, *(f.name for f in reply.attachments)),
        meta={"before": _standing(held, reply)},
    )  # fmt: skip
    message = saying.add(db, new, now)
    files.attach(db, [(message, _tidy(reply.attachments))])
    ledger = messages.send(db, _outgoing(envelope, message, text, reply, now), now=now)
    saying.set_ledger(db, message, ledger)
    saying.answered(db, new, message, line(text, PREVIEW) or ", ".join(f.name for f in reply.attachments), now)
    _turn(db, held, reply, by=by, now=now)
    if envelope.to.address:
        saying.add_participant(db, held.id, envelope.to.address, envelope.to.name, now)
    forget_draft(db, held.id, by)
    saying.tell(db, held.id, f"message:{message}")
    return Written(message, held.id, ledger, now + UNDO_FOR)


def note(
    db: Db, conversation: ConversationId, text: str, mentions: Sequence[AgentId] = (), *, by: Actor, now: datetime,
    attachments: Sequence[NewAttachment] = (), key: str = "",
) -> MessageId:  # fmt: skip
    """Say something to colleagues; customers never see it. Who is named in it sees the conversation from now on.

    key  the same key twice is one note
    Raises NotFound, Forbidden, Invalid.
    """
    saying.share(db)
    held = rows.hold(db, conversation, by)
    text, key = _checked(text, attachments), _key("note", key)
    if (before := saying.under(db, key)) is not None:
        return before.id
    new = saying.New(
        held.id, Channel(held.last_channel), Author.NOTE, agent_id(by), by.name, key,
        text=text, words=words(text, by.name, *(f.name for f in attachments)),
    )  # fmt: skip
    message = saying.add(db, new, now)
    files.attach(db, [(message, _tidy(attachments))])
    named = saying.mention(db, message, mentions, now)
    saying.tell(db, held.id, f"message:{message}", named)
    return message


def unsend(db: Db, message: MessageId, *, by: Actor, now: datetime) -> str:
    """Take a reply back while that is possible; its text, to go on with. The conversation stands as it stood before.

    Raises NotFound, Forbidden; Conflict when it went out already, or was taken back.
    """
    said = _own(db, message, by)
    if said.withdrawn is not None:
        raise Conflict("this was taken back already")
    too_late = now > said.at + UNDO_FOR
    if said.channel is not Channel.CHAT and said.ledger is not None:
        too_late = too_late or not messages.cancel(db, messages.LedgerId(said.ledger), now=now)
    if too_late:
        raise Conflict("too late: it is on its way to the customer")
    held = rows.hold(db, said.conversation, by)
    saying.withdraw(db, message, now)
    apply_to(db, [held], _restoring(held, said, now), by=by, now=now)
    summary.refresh(db, [held.id])
    saying.tell(db, held.id, f"message:{message}")
    return said.text


def send_again(db: Db, message: MessageId, *, by: Actor, now: datetime) -> None:
    """Send a reply once more that failed, or of which nobody knows whether it arrived.

    Raises NotFound, Forbidden; Conflict when it arrived or is on its way.
    """
    said = _own(db, message, by)
    if said.ledger is None or said.withdrawn is not None:
        raise Conflict("this was taken back, or never had to be sent")
    messages.again(db, messages.LedgerId(said.ledger), by=by.name, now=now)
    saying.tell(db, said.conversation, f"message:{message}")


@dataclass(frozen=True, slots=True)
class _Envelope:
    channel: Channel
    to: Recipient
    held: Held
    subject: str
    in_reply_to: str | None
    references: tuple[str, ...]
    quoted: str
    sender: Address


def _envelope(db: Db, held: Held, reply: NewReply) -> _Envelope:
    channel = Channel(reply.channel or held.last_channel)
    channel = Channel.EMAIL if channel in BY_MAIL else channel
    mail = channel is Channel.EMAIL
    last = saying.last_from(db, held.id, mail=mail)
    address, person, name = (last.address, last.person, last.name) if last else ("", None, held.name)
    if mail and not address:
        address, person = saying.address_of(db, held.id) or ("", person)
    if mail and "@" not in address:
        words = "no e-mail address of this customer is known: ask for one, or choose another channel"
        raise Invalid(words, fields={"channel": words})
    to = Recipient(None if person is None else PersonId(person), address, name)
    subject = last.subject if last and last.subject else held.subject
    subject = subject if subject[:3].lower() == "re:" else f"Re: {subject}"
    return _Envelope(
        channel, to, held, subject if mail else "", last.message_id if last else None,
        tuple(saying.references(db, held.id)) if mail else (), last.text if last and mail else "",
        _sender(db, held) if mail else Address(""),
    )  # fmt: skip


def _check_nobody_answered(db: Db, held: Held, reply: NewReply, by: Actor) -> None:
    """Two who write at once: the second is told, and sends it once more if they still want to."""
    other = None if reply.seen is None else saying.answered_since(db, held.id, reply.seen, agent_id(by))
    if other is not None:
        words = f"{other} has answered meanwhile: look at it, and send yours once more if it is still needed"
        raise Conflict(words, fields={"text": words})


def _sender(db: Db, held: Held) -> Address:
    """The department's own address, where it has one; the house's otherwise."""
    if held.department is None:
        return Address("")
    department = team.department(db, held.department)
    return Address(department.address, department.name) if department.address else Address("")


def _outgoing(envelope: _Envelope, message: MessageId, text: str, reply: NewReply, now: datetime) -> Outgoing:
    held = envelope.held
    if envelope.channel is Channel.EMAIL:
        signed = f"{text}\n\n-- \n{clean(reply.signature.strip())}" if reply.signature.strip() else text
        payload = payload_of(
            Letter(
                envelope.subject, signed, envelope.sender, Address(envelope.to.address, envelope.to.name),
                conversation=str(held.id), in_reply_to=envelope.in_reply_to, references=envelope.references,
                language=reply.language or held.language, quoted=envelope.quoted,
            )
        )  # fmt: skip
        if not envelope.sender.address:
            payload = {name: value for name, value in payload.items() if name != "from_"}
    else:
        payload = {"conversation": str(held.id), "number": held.number, "message": message, "text": text}
    return Outgoing(
        f"message:{message}", envelope.channel.value, envelope.to, payload, not_before=now + UNDO_FOR,
        files=[messages.File(f.name, f.type, f.content, f.inline_id or None) for f in reply.attachments],
    )  # fmt: skip


def _key(kind: str, said: str) -> str:
    return short(f"{kind}:{clean(said) or new_id()}")


def _written_before(said: saying.Said) -> Written:
    if said.withdrawn is not None:
        raise Conflict("this was taken back: write it anew")
    return Written(said.id, said.conversation, said.ledger, said.at + UNDO_FOR, fresh=False)


def _filled(db: Db, held: Held, text: str, language: str, *, by: Actor, now: datetime) -> str:
    if not PLACEHOLDER.search(text):
        return text
    from regulars.desk.answers import filling  # noqa: PLC0415  few texts need it, and it knows this room

    about = filling.About(
        by, None if held.person is None else PersonId(held.person), held.name, held.address, held.number,
        held.subject, held.department,
    )  # fmt: skip
    return _checked(liquid.render(text, filling.values(db, about, now=now), language=language or held.language), [])


def _turn(db: Db, held: Held, reply: NewReply, *, by: Actor, now: datetime) -> list[Changed]:
    """Say whose turn it is now, and whose conversation."""
    change = Change(status=_afterwards(held, reply))
    mine = agent_id(by)
    if held.assignee is None and mine is not None:
        change = replace(change, assignee=mine)
    answered = replace(held, waiting_since=None, first_reply_at=held.first_reply_at or now)
    return apply_to(db, [answered], change, by=by, now=now, always=True)


def _own(db: Db, message: MessageId, by: Actor) -> saying.Said:
    """A reply that `by` may act on. Raises NotFound, Forbidden."""
    said = saying.said(db, message)
    if said is None or said.author is not Author.AGENT:
        raise NotFound("there is no such reply")
    rows.hold(db, said.conversation, by)
    return said


def _afterwards(held: Held, reply: NewReply) -> Status | None:
    """The status that `reply` gives the conversation; None when it leaves it."""
    return reply.close_with or (Status.PENDING if held.status is not Status.SPAM else None)


def _standing(held: Held, reply: NewReply) -> dict[str, Json]:
    """How the conversation stood before `reply`, and what that makes of it: for taking it back."""
    return {
        "status": held.status.value, "set": _afterwards(held, reply), "answered": held.first_reply_at is not None,
        "assignee": None if held.assignee is None else str(held.assignee),
        "snoozed": None if held.snoozed_until is None else held.snoozed_until.isoformat(),
    }  # fmt: skip


def _restoring(held: Held, said: saying.Said, now: datetime) -> Change:
    """What the reply itself had changed, where nobody changed it since."""
    before = said.meta.get("before")
    if not isinstance(before, dict):
        return Change()
    change = Change()
    if held.status == before.get("set", Status.PENDING):
        change = replace(change, status=Status(str(before["status"])))
        slept = datetime.fromisoformat(str(before["snoozed"])) if before.get("snoozed") else now
        change = replace(change, snoozed_until=slept) if slept > now and held.snoozed_until is None else change
    if before["assignee"] is None and held.assignee == said.agent:
        change = replace(change, assignee=None)
    return change


def _checked(text: str, attachments: Sequence[NewAttachment]) -> str:
    text = clean(text.strip())
    if not text and not attachments:
        raise Invalid("write something, or attach a file", fields={"text": "is empty"})
    if len(text) > LONGEST:
        raise Invalid(f"a message has at most {LONGEST:,} characters", fields={"text": "is too long"})
    return text


def _tidy(attachments: Sequence[NewAttachment]) -> list[NewAttachment]:
    return [replace(f, name=clean(f.name)[:255], type=clean(f.type)[:255]) for f in attachments]
