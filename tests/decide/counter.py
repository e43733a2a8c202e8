"""The small shop of `shop.py` in a database: catalogue, facets, people and a model that serves."""

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from regulars import catalog, choices, people, taste
from regulars.catalog import NewItem
from regulars.decide import keep
from regulars.kit.ids import ItemId, PersonId
from regulars.people import Event, EventType, Identity, IdentityKind, Profile, Verb
from regulars.store import Db
from tests.cast import NOW
from tests.decide.shop import ALLERGENS, DIET, TOPICS, model, shelf


def stock(db: Db) -> dict[str, ItemId]:
    """Give the catalogue and the facets; the ids by external id."""
    db.execute(sa.text("truncate items restart identity"))  # the ids of `shop.py` begin at 1
    fields = NewItem.__slots__
    menu = [shelf().items[i] for i in sorted(shelf().items)]
    catalog.upsert(db, [NewItem(**{f: getattr(item, f) for f in fields}) for item in menu], now=NOW)
    for definition in (DIET, ALLERGENS, TOPICS):
        choices.define(db, definition, now=NOW)
    return dict(catalog.shelf(db, None).by_external)


def teach(db: Db, var: Path) -> None:
    """Have the model of the small shop serve; the ids of the database are those of the shop."""
    assert stock_matches(db)
    path = var / "models" / "small.taste"
    digest = taste.save(replace(model()), path)
    keep(db, model().id, path, digest=digest, report={}, now=NOW)


def stock_matches(db: Db) -> bool:
    """Whether items have the same ids in the database as in `shop.py`."""
    return dict(catalog.shelf(db, None).by_external) == dict(shelf().by_external)


def someone(db: Db, name: str) -> PersonId:
    """The node of a user."""
    who = Identity(IdentityKind.USER, name)
    return people.resolve(db, [who], now=NOW)[who]


def did(db: Db, node: PersonId, verb: Verb, item: ItemId, *, message: str) -> None:
    """One event."""
    people.record(db, [Event(message, node, EventType.TRACK, verb.name, NOW, verb, (item,))], now=NOW)


def read(db: Db, node: PersonId) -> Profile:
    """The person as they are."""
    return people.profile_of(db, node)
