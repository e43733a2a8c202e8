"""What the company gives: whole items, and what changes between two feeds."""

from collections.abc import Collection, Sequence
from datetime import datetime

from regulars.catalog import store
from regulars.catalog.checks import refuse_invalid, refuse_invalid_changes
from regulars.catalog.model import HELP, Change, NewItem, Patched, Upserted
from regulars.catalog.rows import cents, row
from regulars.kit.text import clean
from regulars.store import Db, bump

CHUNK = 2_500  # rows a statement


def upsert(db: Db, items: Sequence[NewItem], *, now: datetime) -> Upserted:
    """Put `items` in the catalogue; the last one wins where an id comes twice. Unchanged ones are left untouched.

    An item given is listed, also when it had been withdrawn. With the first items a company gives, those that
    were only learned from events leave the list; help pages do not count for that.
    Raises Invalid with every fault by field (`items[3].price`), TooLarge over 10,000.
    """
    refuse_invalid(items)
    latest = {clean(item.external_id): item for item in items}
    version = store.lock(db)
    first = any(item.kind != HELP for item in latest.values()) and not store.any_given(db)
    held = {external_id for external_id, _, _ in store.known(db, list(latest))}
    changed = _run(db, store.UPDATE, [i for e, i in latest.items() if e in held], version=version, now=now)
    new = _run(db, store.INSERT, [i for e, i in latest.items() if e not in held], version=version, now=now, given=True)
    if first:
        store.run(db, store.HIDE_LEARNED, version=version, now=now)
    if new or changed:
        bump(db, "catalog")
    return Upserted(new, changed, len(latest) - new - changed)


def _run(db: Db, statement: str, items: Sequence[NewItem], **values: object) -> int:
    """How many rows `statement` touched, given all of `items` in chunks."""
    chunks = (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
    return sum(store.run(db, statement, rows=store.as_rows([row(i) for i in chunk]), **values) for chunk in chunks)


def patch(db: Db, changes: Sequence[Change], *, now: datetime) -> Patched:
    """Change availability and prices, all others stay as they are; ids we do not have are told, not refused.

    Raises Invalid by field (`items[0].price`), TooLarge over 10,000.
    """
    refuse_invalid_changes(changes)
    latest = {clean(change.external_id): change for change in changes}
    version = store.lock(db)
    known = {external_id for external_id, _, _ in store.known(db, list(latest))}
    rows = [
        {"external_id": e, "available": c.available, "price": cents(c.price), "currency": c.currency}
        for e, c in latest.items()
        if e in known
    ]
    changed = store.run(db, store.PATCH, rows=store.as_rows(rows), version=version, now=now)
    if changed:
        bump(db, "catalog")
    return Patched(changed, len(rows) - changed, tuple(e for e in latest if e not in known))


def withdraw_others(db: Db, kept: Collection[str], *, kinds: Collection[str], now: datetime) -> int:
    """Take every given item of `kinds` that is not in `kept` off the list: the feed was complete without it."""
    version = store.lock(db)
    gone = store.run(
        db, store.WITHDRAW_OTHERS, kept=[clean(k) for k in kept], kinds=list(kinds), version=version, now=now
    )
    if gone:
        bump(db, "catalog")
    return gone
