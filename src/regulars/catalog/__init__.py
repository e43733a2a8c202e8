"""What can be offered: products, services, articles, help pages, offers; feeds; search; the shelf for deciding."""

from regulars.catalog.find import get, items, kinds, search
from regulars.catalog.giving import patch, upsert, withdraw_others
from regulars.catalog.ids import Ids, ids
from regulars.catalog.learned import seen
from regulars.catalog.model import Change, Item, Mask, NewItem, Patched, Rejected, SeenProduct, Shelf, Upserted
from regulars.catalog.shelf import shelf

__all__ = [
    "Change", "Ids", "Item", "Mask", "NewItem", "Patched", "Rejected", "SeenProduct", "Shelf", "Upserted",
    "get", "ids", "items", "kinds", "patch", "search", "seen", "shelf", "upsert", "withdraw_others",
]  # fmt: skip
