"""External id → ItemId, remembered by the process: an item keeps its id for ever."""

from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from regulars.catalog import store
from regulars.kit.ids import ItemId
from regulars.store import Db

CHUNK = 20_000


class Ids(Mapping[str, ItemId]):
    """What the process knows so far. It only grows, and holds nothing that a rollback could take away."""

    def __init__(self) -> None:
        self._ids: dict[str, ItemId] = {}

    def __getitem__(self, external_id: str) -> ItemId:
        return self._ids[external_id]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._ids))

    def __len__(self) -> int:
        return len(self._ids)

    def remember(self, external_id: str, item: ItemId) -> None:
        """Keep an id that is committed."""
        self._ids[external_id] = item

    def find(self, db: Db, external_ids: Iterable[str]) -> dict[str, ItemId]:
        """The ids of those that exist; asks the database only for what is not remembered."""
        found: dict[str, ItemId] = {}
        missing: list[str] = []
        for external_id in external_ids:
            item = self._ids.get(external_id)
            if item is None:
                missing.append(external_id)
            else:
                found[external_id] = item
        for start in range(0, len(missing), CHUNK):
            for external_id, number, committed in store.known(db, missing[start : start + CHUNK]):
                found[external_id] = ItemId(number)
                if committed:
                    self._ids[external_id] = ItemId(number)
        return found


_of: WeakKeyDictionary[sa.Engine, Ids] = WeakKeyDictionary()
_lock = Lock()


def ids(db: Db) -> Ids:
    """The process's ids for the database of `db`."""
    known = _of.get(db.engine)
    if known is None:
        with _lock:
            known = _of.setdefault(db.engine, Ids())
    return known
