"""Words of a message: what is searched, what a list shows, what is short enough for an index."""

import re
from hashlib import sha256

from regulars.desk.model import Arrival
from regulars.kit.text import clean, fold

MOST_SEARCHED = 100_000
"""Characters of a message that are searched; the rest is kept and read, not found."""

LONGEST_KEY = 500
LONGEST_SUBJECT = 300
PREVIEW = 160
_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}\.[^@\s<>\".]{2,63}")


def is_address(text: str) -> bool:
    """Whether `text` is an e-mail address that mail can go to, and nothing else."""
    return _ADDRESS.fullmatch(text) is not None


def words(*parts: str) -> str:
    """What a text is searched by: folded, so that "cafe" finds "Café"."""
    return clean(fold(" ".join(p for p in parts if p)[:MOST_SEARCHED]))


def short(key: str) -> str:
    """`key`, or for a long one its beginning and digest: an index holds no more."""
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:200]}#{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def line(text: str, most: int) -> str:
    """The beginning of `text` on one line."""
    start = " ".join(text[: most * 4].split())
    return start if len(start) <= most else start[: most - 1].rstrip() + "…"


def preview(arrival: Arrival) -> str:
    """What a list shows of a message."""
    return line(arrival.text, PREVIEW) or ", ".join(f.name for f in arrival.attachments)[:PREVIEW]


def subject_of(arrival: Arrival) -> str:
    """What a conversation is called that begins with this message."""
    return line(arrival.subject, LONGEST_SUBJECT) or line(arrival.text, 80)
