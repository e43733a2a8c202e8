"""What the tests of the desk share: its agents, and messages as customers write them."""

from datetime import datetime, timedelta

from regulars import desk, team
from regulars.desk import Arrival, Channel, ConversationId, Sender, Thread
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.team import Agent, NewAgent, Role
from tests.cast import ANA, BRAM, MIA, NOW, Colleague

VERA = Sender(Identity(IdentityKind.USER, "vera"), "vera@example.org", "Vera")
OMAR = Sender(None, "omar@example.org", "Omar")
MALLORY = Sender(None, "mallory@example.net", "Mallory")


def colleague(db: Db, who: Colleague, role: Role | None = None) -> Agent:
    """An agent of the cast, hired."""
    new = NewAgent(who.email, who.name, role or Role(who.role), who.password, who.language)
    return team.create_agent(db, new, now=NOW)


def ana(db: Db) -> Agent:
    """Ana, an agent without a department."""
    return colleague(db, ANA)


def bram(db: Db) -> Agent:
    """Bram, an agent without a department."""
    return colleague(db, BRAM)


def mia(db: Db) -> Agent:
    """Mia, a manager: she sees everything."""
    return colleague(db, MIA)


def mail(key: str, text: str = "Where is my order?", *, sender: Sender = OMAR, **more: object) -> Arrival:
    """A mail with the Message-ID <key@example>."""
    given: dict[str, object] = {"subject": "My order", "message_id": f"<{key}@example>", **more}
    return Arrival(f"email:<{key}@example>", Channel.EMAIL, sender, NOW, text, **given)  # type: ignore[arg-type]


def answering(key: str, to: str, text: str = "Any news?", *, sender: Sender = OMAR) -> Arrival:
    """A mail that answers the one with the key `to`."""
    return mail(key, text, sender=sender, thread=Thread(in_reply_to=f"<{to}@example>"))


def chat(key: str, conversation: ConversationId, text: str = "Hello?", *, sender: Sender = VERA) -> Arrival:
    """A word in a chat."""
    return Arrival(f"chat:{key}", Channel.CHAT, sender, NOW, text, thread=Thread(conversation))


def opened(db: Db, key: str = "a", *, now: datetime = NOW, **more: object) -> ConversationId:
    """A conversation begun by mail."""
    return desk.receive(db, [mail(key, **more)], now=now)[0].conversation  # type: ignore[arg-type]


def later(**span: float) -> datetime:
    """Some time after NOW."""
    return NOW + timedelta(**span)
