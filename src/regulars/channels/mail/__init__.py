"""Mail: reading it (`parse` never fails), writing it, showing it harmlessly, carrying it.

What runs connections is imported by whoever carries: `imap`, `listener`, `smtp`, `dkim`, `store`.
"""

from regulars.channels.mail.compose import compose, letter_of, message_id_of, payload_of, reply_address
from regulars.channels.mail.model import (
    Address,
    Appointment,
    Automatic,
    AutomaticKind,
    Bounce,
    File,
    Letter,
    Mail,
    Payload,
)
from regulars.channels.mail.parse import parse
from regulars.channels.mail.show import Shown, show, show_text
from regulars.channels.mail.tokens import conversation_of, reply_token

__all__ = [
    "Address",
    "Appointment",
    "Automatic",
    "AutomaticKind",
    "Bounce",
    "File",
    "Letter",
    "Mail",
    "Payload",
    "Shown",
    "compose",
    "conversation_of",
    "letter_of",
    "message_id_of",
    "parse",
    "payload_of",
    "reply_address",
    "reply_token",
    "show",
    "show_text",
]
