"""What the shop's site needs to be told, as any customer's site: an address, a write key, a secret."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """How the site reaches Regulars.

    write_key      of the browser script
    person_secret  signs who is signed in, so that a visitor cannot claim to be another
    secure         whether the site is reached over TLS: then its cookies are for TLS only
    var            where the demo keeps its guests' mail
    mail_in        host and port where Regulars takes mail, for answers from the demo's mailboxes
    """

    write_key: str
    person_secret: str
    secure: bool = False
    var: Path = Path("var")
    mail_in: tuple[str, int] = ("127.0.0.1", 0)
