"""Help pages: drafts, versions, addresses, and the catalogue that knows them."""

import pytest

from regulars import catalog, people
from regulars.catalog import SeenProduct
from regulars.desk import help as centre
from regulars.desk.help import HelpText, Moved, NewPage, Reading, Words
from regulars.kit.errors import Conflict, Forbidden, Invalid, NotFound
from regulars.kit.ids import PersonId
from regulars.store import Db
from tests.cast import NOW
from tests.desk.answers.conftest import House, house, vera

__all__ = ["house", "vera"]

CHANGE = NewPage(
    "change-an-order",
    {
        "en": HelpText("Change an order", "Until we start making it.", "Press **Change order** in the mail."),
        "es": HelpText("Cambiar un pedido", "Hasta que empezamos.", "Pulsa **Cambiar pedido** en el correo."),
    },
    "Ordering",
)


def published(db: Db, house: House, new: NewPage = CHANGE) -> centre.HelpPage:
    """A page customers read."""
    return centre.publish(db, centre.save_draft(db, new, by=house.ana, now=NOW).id, by=house.mia, now=NOW)


def reading(db: Db, slug: str, language: str = "en") -> Reading:
    """What a customer reads there."""
    found = centre.read(db, slug, language)
    assert isinstance(found, Reading)
    return found


def test_a_draft_is_read_by_nobody_until_it_is_published(db: Db, house: House):
    draft = centre.save_draft(db, CHANGE, by=house.ana, now=NOW)
    with pytest.raises(NotFound):
        centre.read(db, "change-an-order", "en")
    assert centre.entries(db, "en") == centre.search(db, "change", "en") == []
    centre.publish(db, draft.id, by=house.mia, now=NOW)
    assert reading(db, "change-an-order").text == CHANGE.texts["en"]


def test_customers_read_the_published_page_while_a_new_draft_is_written(db: Db, house: House):
    page = published(db, house)
    new = NewPage(page.slug, {"en": HelpText("Change it", "", "Otherwise.")})
    draft = centre.save_draft(db, new, by=house.ana, now=NOW, id=page.id)
    assert (draft.published, draft.newest["en"].title) == (1, "Change it")
    assert reading(db, page.slug).text.title == "Change an order"
    centre.discard_draft(db, page.id, by=house.ana, now=NOW)
    assert centre.page(db, page.id).draft is None


def test_every_version_can_be_brought_back(db: Db, house: House):
    page = published(db, house)
    new = NewPage(page.slug, {"en": HelpText("Second", "", "Two.")})
    centre.save_draft(db, new, by=house.ana, now=NOW, id=page.id)
    centre.publish(db, page.id, by=house.mia, now=NOW)
    assert reading(db, page.slug).text.title == "Second"
    back = centre.restore(db, page.id, 1, by=house.mia, now=NOW)
    assert (back.published, reading(db, page.slug).text) == (3, CHANGE.texts["en"])
    assert [(v.number, v.restored) for v in centre.versions(db, page.id)] == [(3, 1), (2, None), (1, None)]
    with pytest.raises(NotFound):
        centre.restore(db, page.id, 9, by=house.mia, now=NOW)


def test_publishing_needs_a_manager_and_writing_an_agent(db: Db, house: House):
    with pytest.raises(Forbidden):
        centre.save_draft(db, CHANGE, by=house.mallory, now=NOW)
    draft = centre.save_draft(db, CHANGE, by=house.ana, now=NOW)
    for act in (centre.publish, centre.withdraw):
        with pytest.raises(Forbidden):
            act(db, draft.id, by=house.ana, now=NOW)
    with pytest.raises(Forbidden):
        centre.restore(db, draft.id, 1, by=house.mallory, now=NOW)


def test_a_former_address_leads_on(db: Db, house: House):
    page = published(db, house)
    moved = NewPage("orders-change", CHANGE.texts, "Ordering")
    with pytest.raises(Forbidden):
        centre.save_draft(db, moved, by=house.ana, now=NOW, id=page.id)
    centre.save_draft(db, moved, by=house.mia, now=NOW, id=page.id)
    assert centre.read(db, "change-an-order", "en") == Moved("orders-change")
    with pytest.raises(Conflict):
        centre.save_draft(db, CHANGE, by=house.mia, now=NOW)
    centre.save_draft(db, CHANGE, by=house.mia, now=NOW, id=page.id)  # and back again
    assert reading(db, "change-an-order").id == page.id


def test_a_page_is_an_item_of_the_catalogue(db: Db, house: House):
    page = published(db, house)
    item = catalog.get(db, page.item)
    assert (item.kind, item.title["es"], item.available, item.listed) == ("help", "Cambiar un pedido", True, True)
    centre.withdraw(db, page.id, by=house.mia, now=NOW)
    assert not catalog.get(db, page.item).available
    with pytest.raises(NotFound):
        centre.read(db, page.slug, "en")
    centre.restore(db, page.id, 1, by=house.mia, now=NOW)
    assert catalog.get(db, page.item).available


def test_a_help_page_takes_no_learned_product_off_the_list(db: Db, house: House):
    catalog.seen(db, [SeenProduct("soup", "Soup")], now=NOW)
    published(db, house)
    catalog.seen(db, [SeenProduct("bread", "Bread")], now=NOW)
    assert [catalog.get(db, id).listed for id in ("soup", "bread")] == [True, True]


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewPage("Change It", CHANGE.texts), "slug"),
        (NewPage("search", CHANGE.texts), "slug"),
        (NewPage("a", {}), "title"),
        (NewPage("a", {"en": HelpText("", "", "body")}), "title"),
        (NewPage("a", {"x!": HelpText("t")}), "texts.x!"),
        (NewPage("a", {"en": HelpText("t" * 201)}), "en.title"),
    ],
)
def test_a_page_that_cannot_be_is_refused_by_field(db: Db, house: House, new: NewPage, field: str):
    with pytest.raises(Invalid) as refused:
        centre.save_draft(db, new, by=house.ana, now=NOW)
    assert field in refused.value.fields


def test_a_page_is_found_by_stems_and_beginnings_in_its_language(db: Db, house: House):
    published(db, house)
    published(db, house, NewPage("hours", {"en": HelpText("Opening hours", "When we open", "From seven.")}))
    assert [e.slug for e in centre.search(db, "how do I change my orders?", "en")] == ["change-an-order"]
    assert [e.slug for e in centre.search(db, "pedidos", "es")] == ["change-an-order"]
    assert [e.slug for e in centre.search(db, "open", "en")] == ["hours"]
    assert centre.search(db, "chan", "en")[0].slug == "change-an-order"
    assert centre.search(db, "the", "en") == centre.search(db, "'&|!(", "en") == []
    assert "\x02" in centre.search(db, "mail", "en")[0].snippet


def test_a_page_is_read_in_the_nearest_language(db: Db, house: House):
    published(db, house)
    assert (reading(db, CHANGE.slug, "es").language, reading(db, CHANGE.slug, "nl").language) == ("es", "en")
    assert reading(db, CHANGE.slug, "es").languages == ("en", "es")
    assert [e.title for e in centre.entries(db, "es")] == ["Cambiar un pedido"]


def test_whether_it_helped_counts_once_a_visitor(db: Db, house: House, vera: PersonId):
    page = published(db, house)
    for who, yes in (("a", True), ("b", False), ("b", True), ("c", False)):
        centre.helped(db, page.id, who, Words(yes, f"said {who}", "en", NOW))
    held = centre.page(db, page.id)
    assert (held.helped.yes, held.helped.no) == (2, 1)
    centre.helped(db, page.id, "vera", Words(True, "", "en", NOW), node=vera)
    assert [(e.name, e.properties["helped"]) for e in people.events(db, vera)] == [("Help Page Rated", True)]


def test_who_asks_to_be_forgotten_takes_back_what_they_said(db: Db, house: House, vera: PersonId):
    page = published(db, house)
    centre.helped(db, page.id, f"person:{vera}", Words(False, "I am Vera of Utrecht", "en", NOW), node=vera)
    assert len(centre.sayings(db, page.id, 9)) == 1
    people.erase(db, vera)
    assert centre.sayings(db, page.id, 9) == []


def test_a_visitor_is_counted_without_being_known():
    one = centre.visitor("secret", "192.0.2.1", "Firefox")
    assert one == centre.visitor("secret", "192.0.2.1", "Firefox")
    assert one != centre.visitor("secret", "192.0.2.2", "Firefox")
    assert one != centre.visitor("other", "192.0.2.1", "Firefox")
    assert "192" not in one
