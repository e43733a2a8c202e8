"""What came back: delivery status notifications (RFC 3464), and the older ones that only people can read."""

import re
from collections.abc import Sequence
from email.message import Message

from regulars.channels.mail.headers import Headers, message_ids
from regulars.channels.mail.model import Bounce

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ANSWER = re.compile(r"\b(?:host .{1,200} said: )?([45]\d\d[ -].{3,300})")
_RECIPIENT = re.compile(r"<?([^\s<>;:\"']+@[^\s<>;:\"',]+)>?")
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


def bounce_of(status: Sequence[Message], returned: Sequence[Message], text: str, files: Sequence[bytes]) -> Bounce:
    """What failed, from the parts of a notification; from its words where it has no such parts."""
    fields = [Headers(one) for one in status]
    about = next((f for f in fields if "final-recipient" in f or "action" in f), None)
    code = about.raw("status") if about else ""
    found = _STATUS.search(code) or _STATUS.search(text)
    action = about.raw("action").lower().split(" ")[0] if about else "failed"
    words = _words(about, text)
    return Bounce(
        message_id=_original(returned, files, text),
        recipient=_recipient(about, text),
        status=found.group(0) if found else "",
        words=words,
        permanent=(found.group(1) != "4") if found else action == "failed",
        final=action in {"failed", ""},
    )


def _original(returned: Sequence[Message], files: Sequence[bytes], text: str) -> str | None:
    for one in returned:
        ids = message_ids(Headers(one).raw("message-id"))
        if ids:
            return ids[0]
    for content in [*files, text.encode()]:
        found = _MESSAGE_ID.search(content[:200_000].decode("utf-8", "replace"))
        if found:
            return found.group(1)
    return None


def _recipient(about: Headers | None, text: str) -> str:
    said = (about.raw("original-recipient") or about.raw("final-recipient")) if about else ""
    found = _RECIPIENT.search(said.rpartition(";")[2]) or _RECIPIENT.search(text[:5000])
    return found.group(1).lower() if found else ""


def _words(about: Headers | None, text: str) -> str:
    said = about.text("diagnostic-code").partition(";")[2].strip() if about else ""
    if said:
        return said[:500]
    found = _ANSWER.search(text[:10_000])
    return found.group(1)[:500] if found else "it came back as undeliverable"
