"""Letting a socket in: the key and where it may be used, who it is, what it is told first."""

from dataclasses import dataclass, replace

from litestar import WebSocket
from litestar.datastructures import State

from regulars import people, team
from regulars.desk import chat
from regulars.desk.chat import ChatSettings, Entry
from regulars.kit.clock import utc_now
from regulars.kit.errors import Forbidden, Unauthorized
from regulars.kit.i18n import speaker
from regulars.kit.text import LANGUAGES, clean, pick
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.team.tokens import PERSON
from regulars.web.auth import Caller, address_of, origin_allowed
from regulars.web.chat.frames import Hello
from regulars.web.edge import Edge

Socket = WebSocket[object, object, State]
NAMES = ("first_name", "firstName", "name")


@dataclass(frozen=True, slots=True)
class Entrance:
    """Somebody who was let in.

    secret    kept for as long as the socket is open, to look again whether it still opens the chat
    user      proven by a person token when the socket was opened; None: anonymous
    """

    entry: Entry
    settings: ChatSettings
    secret: str
    user: str | None
    anonymous: str | None
    language: str
    page: str
    name: str
    greeting: str
    gpc: bool

    def again(self, edge: Edge) -> "Entrance":
        """Look once more at what this browser may do."""
        with edge.work() as work:
            entry = chat.enter(work.db, self.secret, user=self.user, anonymous=self.anonymous, now=work.now)
        return replace(self, entry=entry)


async def let_in(edge: Edge, socket: Socket, hello: Hello) -> Entrance:
    """Who says hello. Raises Unauthorized, Forbidden, Invalid, TooMany, Unavailable."""
    address = address_of(socket, edge.settings.trusted_proxies)
    edge.brake.spend(address)
    return await edge.in_thread(_let_in, edge, hello, (socket.headers.get("origin"), socket.headers.get("sec-gpc")))


def _let_in(edge: Edge, hello: Hello, said: tuple[str | None, str | None]) -> Entrance:
    origin, gpc = said[0], said[1] == "1"
    _check(edge, hello, origin)
    user = None
    if hello.token is not None:
        user = team.user_of(edge.keyring.secret(PERSON), hello.token, now=utc_now())
    anonymous = None if gpc or hello.anonymous is None else clean(hello.anonymous)
    language = _language(hello.language)
    with edge.work() as work:
        entry = chat.enter(work.db, hello.secret, user=user, anonymous=anonymous, now=work.now)
        settings = chat.settings(work.db)
        name = _name(work.db, entry.identity) if user and not entry.anew else ""
    greeting = _greeting(settings, language, name, back=hello.visits > 1)
    return Entrance(
        entry, settings, hello.secret, user, anonymous, language, clean(hello.page.url), name, greeting, gpc
    )


def _check(edge: Edge, hello: Hello, origin: str | None) -> None:
    key = edge.keyring.key(hello.key)
    if key is None:
        raise Unauthorized("this key is unknown or was revoked: look at the keys in the admin pages")
    caller = Caller(key, origin)
    if caller.is_server:
        raise Forbidden("a server key does not belong in a browser: use a write key, and revoke this one")
    if not origin_allowed(edge, caller):
        raise Forbidden(f"this write key may not be used on {str(origin)[:200]}: add the origin to the key")


def _language(said: str) -> str:
    base = said.split("-", maxsplit=1)[0].lower()
    return base if base in LANGUAGES else "en"


def _name(db: Db, identity: Identity) -> str:
    """What the company calls a proven user."""
    if identity.kind is not IdentityKind.USER:
        return ""
    traits = people.profile(db, identity, newest=0).traits
    found = next((traits[n] for n in NAMES if isinstance(traits.get(n), str) and traits[n]), "")
    return str(found)[:100]


def _greeting(settings: ChatSettings, language: str, name: str, *, back: bool) -> str:
    """The first words: the company's own, else ours; by name to whom we know."""
    _ = speaker(language).gettext
    if own := pick(settings.greeting, language):
        return own.replace("{name}", name).replace(" ,", ",") if name or "{name}" not in own else _without_name(own)
    if name:
        first = name.split(maxsplit=1)[0]
        return _("Good to see you again, {name}. How can we help?").format(name=first)
    return _("Welcome back. How can we help?") if back else _("Hello. How can we help?")


def _without_name(greeting: str) -> str:
    return " ".join(greeting.replace("{name}", "").split()).replace(" ,", ",").replace(" !", "!").replace(" .", ".")
