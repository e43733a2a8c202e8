"""What the demo writes down beside its database: its address, keys and sign-ins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from regulars import __version__

FILE = "demo.json"
MAIL_DOMAIN = "reading-table.example"


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys an earlier filling made; only their hashes are in the database."""

    write: str
    server: str


class Notes(msgspec.Struct, frozen=True):
    """`var/demo.json`. The demo's secrets are public; a real installation keeps no such file.

    sign_ins   of the company's side: email, password, name, role
    version    of the Regulars that filled it
    mail_in    where Regulars takes mail in, while the demo runs: smtp://…
    customers  of the shop: user_id, and the person token its site would sign for them
    people     guests who let it learn from them; events: what these did
    """

    url: str
    write_key: str
    server_key: str
    sign_ins: Sequence[Mapping[str, str]] = ()
    customers: Sequence[Mapping[str, str]] = ()
    people: int = 0
    events: int = 0
    mail_in: str = ""
    version: str = __version__

    @property
    def keys(self) -> Keys:
        """The keys, for filling again."""
        return Keys(self.write_key, self.server_key)


def origins(url: str) -> tuple[str, ...]:
    """The sites whose browsers may use the demo's write key when it is served at `url`; none = any."""
    parts = urlsplit(url.lower())
    if not parts.netloc:
        return ()
    netlocs = dict.fromkeys((parts.netloc, parts.netloc.replace("127.0.0.1", "localhost", 1)))
    return tuple(f"{parts.scheme}://{netloc}" for netloc in netlocs)


def read_notes(var: Path) -> Notes | None:
    """The notes of an earlier start; None when there are none that can be read."""
    try:
        return msgspec.json.decode((var / FILE).read_bytes(), type=Notes)
    except (OSError, msgspec.DecodeError):
        return None


def write_notes(var: Path, notes: Notes) -> None:
    """Write the notes, whole or not at all, for this user only."""
    temporary = var / f".{FILE}.part"
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(notes), indent=2) + b"\n")
    temporary.chmod(0o600)
    temporary.replace(var / FILE)
