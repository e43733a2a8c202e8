"""How this installation writes mail, and where it takes mail in."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.kit.errors import Invalid

MAIL_SETTINGS = {
    "REGULARS_SMTP_URL": "where mail is handed over: smtp://user:password@host:587 (STARTTLS) or smtps://…:465 (TLS)",
    "REGULARS_MAIL_FROM": "whom mail is from when a department says nothing else: Shop <help@shop.example>",
    "REGULARS_MAIL_REPLY": "plus: replies come to help+TOKEN@… (default); plain: the server knows no plus addresses",
    "REGULARS_MAIL_LISTEN": "take mail in: lmtp://127.0.0.1:2424?domains=shop.example, or smtp://…",
    "REGULARS_DKIM": "sign mail: domain:selector:/path/to/private-key.pem",
    "REGULARS_WORK": "inside: `regulars serve` also does jobs and mail (default); apart: only `regulars work` does",
}
"""Name of each setting and what it means."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The settings of mail, as they were written; who carries mail reads the addresses."""

    smtp_url: str | None = None
    sender: str | None = None
    plus: bool = True
    listen: str | None = None
    dkim: str | None = None


def read_mail_settings(environment: Mapping[str, str]) -> MailSettings:
    """The settings of mail in an environment. Raises Invalid."""
    reply = environment.get("REGULARS_MAIL_REPLY") or "plus"
    if reply not in {"plus", "plain"}:
        raise Invalid(f"REGULARS_MAIL_REPLY is plus or plain, not {reply!r}")
    sender = environment.get("REGULARS_MAIL_FROM") or None
    if sender and "@" not in sender:
        raise Invalid(f"REGULARS_MAIL_FROM is an address, like Shop <help@shop.example>, not {sender!r}")
    smtp = environment.get("REGULARS_SMTP_URL") or None
    if smtp and not sender:
        raise Invalid("with REGULARS_SMTP_URL set, say in REGULARS_MAIL_FROM whom mail is from")
    return MailSettings(
        smtp, sender, reply == "plus", environment.get("REGULARS_MAIL_LISTEN") or None,
        environment.get("REGULARS_DKIM") or None,
    )  # fmt: skip


def works_inside(environment: Mapping[str, str]) -> bool:
    """Whether `regulars serve` does the jobs, too. Raises Invalid."""
    work = environment.get("REGULARS_WORK") or "inside"
    if work not in {"inside", "apart"}:
        raise Invalid(f"REGULARS_WORK is inside or apart, not {work!r}")
    return work == "inside"
