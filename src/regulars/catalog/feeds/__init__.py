"""Catalogues as companies have them: CSV, JSON Lines, Parquet, Google product feeds, RSS and Atom; gzip or plain."""

from regulars.catalog.feeds.files import Opened, opened
from regulars.catalog.feeds.items import COLUMNS, money, to_item
from regulars.catalog.feeds.read import Feed, Format, format_of, read_items, read_rows
from regulars.catalog.feeds.tables import Record, rejected

__all__ = [
    "COLUMNS", "Feed", "Format", "Opened", "Record", "format_of", "money", "opened", "read_items",
    "read_rows", "rejected", "to_item",
]  # fmt: skip
