"""Who left the chat before the answer came gets it by e-mail, once, and can answer from there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from regulars import messages
from regulars.channels.mail import Address, Letter, payload_of
from regulars.desk.model import ConversationId, MessageId
from regulars.desk.store import saying
from regulars.desk.store import unseen as table
from regulars.kit.i18n import speaker
from regulars.kit.ids import PersonId
from regulars.messages import Outgoing, Recipient
from regulars.store import Db

AFTER = timedelta(minutes=2)
"""So long an answer waits in the chat before it is mailed."""

NOT_AFTER = timedelta(days=3)
MOST = 100


@dataclass(frozen=True, slots=True)
class Unseen:
    """Answers in a chat that the customer has not seen: their texts, oldest first, and who gave the last."""

    conversation: ConversationId
    number: int
    subject: str
    language: str
    name: str
    ids: tuple[MessageId, ...]
    texts: tuple[str, ...]
    agent: str
    asked: str


def mail_unseen(db: Db, *, now: datetime) -> int:
    """Mail what waits unseen in chats for two minutes; of how many conversations.

    Each answer is mailed once, together with the others of its conversation. Where no address is known, nothing
    happens: the answer waits in the chat.
    """
    mailed = 0
    saying.share(db)
    for one in table.unseen(db, since=now - NOT_AFTER, until=now - AFTER, most=MOST):
        found = saying.address_of(db, one.conversation)
        ledger = None if found is None else messages.send(db, _outgoing(one, *found), now=now)
        table.mark(db, one.ids, None if ledger is None else int(ledger))
        if ledger is not None and found is not None:
            saying.add_participant(db, one.conversation, found[0], one.name, now)
            saying.tell(db, one.conversation, "changed")
            mailed += 1
    return mailed


def _outgoing(one: Unseen, address: str, person: int | None) -> Outgoing:
    _ = speaker(one.language).gettext
    to = Recipient(None if person is None else PersonId(person), address, one.name)
    intro = _("You left our chat before this answer came. Reply to this mail, and we go on from here.")
    text = "\n\n".join([*one.texts, f"{one.agent}\n\n---\n{intro}"])
    letter = Letter(
        one.subject if one.subject[:3].lower() == "re:" else f"Re: {one.subject}", text, Address(""),
        Address(address, one.name), conversation=str(one.conversation), language=one.language, quoted=one.asked,
    )  # fmt: skip
    payload = {name: value for name, value in payload_of(letter).items() if name != "from_"}
    return Outgoing(f"unseen:{one.ids[-1]}", "email", to, payload)
