"""The line under an answer by mail that leads its reader to the conversation on our own pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from regulars import desk, team
from regulars.channels.mail import Letter
from regulars.kit.errors import Fault
from regulars.kit.i18n import speaker
from regulars.people import IdentityKind
from regulars.store import Database

LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Portal:
    """Where our pages are. `secret`: signs links that open somebody's conversations, and nothing else of theirs."""

    database: Database
    url: str
    secret: str

    def line(self, letter: Letter, now: datetime) -> str:
        """The line for whom `letter` goes to; empty where such a link would show them nothing."""
        address = letter.to.address
        if letter.conversation is None or not self._opens(letter.conversation, address):
            return ""
        expires = now.replace(hour=0, minute=0, second=0, microsecond=0) + LASTS  # the same at every try of a day
        token = team.me_token(self.secret, IdentityKind.EMAIL.value, address, expires=expires)
        link = f"<{self.url.rstrip('/')}/my/{letter.conversation}?{urlencode({'t': token})}>"
        return speaker(letter.language).gettext("This conversation on our site: %(link)s") % {"link": link}

    def _opens(self, conversation: str, address: str) -> bool:
        try:
            with self.database.begin() as db:
                return desk.opens_for(db, desk.ConversationId(UUID(conversation)), address)
        except (Fault, ValueError):  # the answer matters more than the line under it
            return False
