"""What became of replies that went out: who looks at a conversation sees it at once."""

from collections.abc import Iterable

from regulars.desk.store import saying
from regulars.messages import LedgerId
from regulars.store import Db


def tell_delivery(db: Db, ledgers: Iterable[LedgerId]) -> None:
    """Tell who looks that the delivery of the messages behind these rows of the ledger came into another state."""
    for conversation, message in saying.of_ledger(db, ledgers):
        saying.tell(db, conversation, f"message:{message}")
