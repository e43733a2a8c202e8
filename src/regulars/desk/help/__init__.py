"""The help centre: pages written, published, found, read, and judged by whether they helped."""

from regulars.desk.help.model import Entry, Helped, HelpId, HelpPage, HelpText, NewPage, Reading, Version, Words
from regulars.desk.help.pages import (
    discard_draft,
    page,
    pages,
    publish,
    restore,
    save_draft,
    slug_of,
    versions,
    withdraw,
)
from regulars.desk.help.reading import Moved, entries, helped, read, search, visitor
from regulars.desk.help.store import sayings

__all__ = [
    "Entry", "HelpId", "HelpPage", "HelpText", "Helped", "Moved", "NewPage", "Reading", "Version", "Words",
    "discard_draft", "entries", "helped", "page", "pages", "publish", "read", "restore", "save_draft", "sayings",
    "search", "slug_of", "versions", "visitor", "withdraw",
]  # fmt: skip
