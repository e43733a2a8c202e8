"""One cast for all tests. Customers are user ids; agents sign in."""

from dataclasses import dataclass
from datetime import UTC, datetime

VERA = "vera"  # a vegan regular
OMAR = "omar"  # eats everything
ANON = "anon-first-visit"  # a first-time visitor: an anonymous id


@dataclass(frozen=True)
class Colleague:
    """Someone on the company's side."""

    email: str
    name: str
    role: str
    language: str = "en"
    password: str = "correct-horse-battery"


ANA = Colleague("ana@example.com", "Ana", "agent", "es")
BRAM = Colleague("bram@example.com", "Bram", "agent", "nl")
MIA = Colleague("mia@example.com", "Mia", "manager")
MALLORY = "mallory"  # no access to anything


def utc(*parts: int) -> datetime:
    """An instant: utc(2026, 1, 9, 16)."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # six ints at most


NOW = utc(2026, 11, 20, 12)
