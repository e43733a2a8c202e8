"""Custom fields."""

import pytest

from regulars import desk
from regulars.desk import CustomField, FieldKind
from regulars.kit.errors import Forbidden, Invalid
from regulars.kit.json import Json
from regulars.store import Db
from tests.cast import NOW
from tests.desk.desk_cast import ana, mia, opened

SIZE = CustomField("size", FieldKind.CHOICE, {"en": "Size"}, {"s": {"en": "Small"}, "l": {"en": "Large"}})


def test_fields_are_listed_in_their_order_as_they_were_saved(db: Db):
    manager = mia(db)
    paid = CustomField("paid", FieldKind.FLAG, position=-1)
    for one in (SIZE, paid):
        desk.save_custom_field(db, one, by=manager)
    assert desk.custom_fields(db) == [paid, SIZE]
    desk.remove_custom_field(db, "paid", by=manager)
    assert desk.custom_fields(db) == [SIZE]
    with pytest.raises(Forbidden):
        desk.save_custom_field(db, paid, by=ana(db))


@pytest.mark.parametrize(
    ("kind", "good", "wrong"),
    [
        (FieldKind.TEXT, "blue", 3), (FieldKind.NUMBER, 2.5, "2.5"), (FieldKind.NUMBER, 0, True),
        (FieldKind.FLAG, False, "no"), (FieldKind.CHOICE, "s", "xl"), (None, "anything", ["a", "list"]),
    ],
)  # fmt: skip
def test_a_field_takes_what_it_holds_and_nothing_else(db: Db, kind: FieldKind | None, good: Json, wrong: Json):
    agent = ana(db)
    conversation = opened(db)
    if kind:
        desk.save_custom_field(db, CustomField("f", kind, values=SIZE.values), by=mia(db))
    with pytest.raises(Invalid, match="f takes"):
        desk.set_field(db, conversation, "f", wrong, by=agent, now=NOW)
    desk.set_field(db, conversation, "f", good, by=agent, now=NOW)
    assert desk.thread(db, conversation, by=agent).fields == {"f": good}
    desk.set_field(db, conversation, "f", None, by=agent, now=NOW)
    assert desk.thread(db, conversation, by=agent).fields == {}
