"""The one door for contacting anyone, and the ledger of what was sent.

`send` writes a row and queues its delivery; `deliver` hands it to its channel, once. A row whose process died in the
middle becomes unknown and is repeated only by a person.
"""

from regulars.messages.brakes import may_answer
from regulars.messages.deliver import deliver, sweep, verdict
from regulars.messages.door import DELIVER, again, bounced, cancel, known, send, states, tally, waiting_since
from regulars.messages.model import (
    Accepted,
    Carrier,
    File,
    Handed,
    LedgerId,
    Outgoing,
    Parcel,
    Purpose,
    Recipient,
    Refused,
    Sent,
    SentChanged,
    State,
    Unclear,
)

__all__ = [
    "DELIVER",
    "Accepted",
    "Carrier",
    "File",
    "Handed",
    "LedgerId",
    "Outgoing",
    "Parcel",
    "Purpose",
    "Recipient",
    "Refused",
    "Sent",
    "SentChanged",
    "State",
    "Unclear",
    "again",
    "bounced",
    "cancel",
    "deliver",
    "known",
    "may_answer",
    "send",
    "states",
    "sweep",
    "tally",
    "verdict",
    "waiting_since",
]
