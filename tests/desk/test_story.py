"""The customer's story: what there was between them and us, as far as the agent may see it."""

import itertools
import json

import pytest
import sqlalchemy as sa

from regulars import catalog, choices, desk, people, team
from regulars.catalog import NewItem
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.desk.change import assign, move
from regulars.desk.model import Actor, ConversationId
from regulars.desk.sight import Seen, sees
from regulars.desk.store.visible import VISIBLE, looks
from regulars.desk.story import note_fact, noted_by, story
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.kit.ids import PersonId
from regulars.people import Event, EventType, IdentifyCall, Identity, IdentityKind, Verb
from regulars.store import Db
from regulars.team import Role
from tests.cast import ANA, NOW
from tests.desk.desk_cast import VERA, ana, colleague, later, mia, opened

DIET = FacetDefinition(
    "diet", Many.ONE, label={"en": "Diet"}, acts=Acts.REQUIRE, values=(Value("vegan"),), attribute="diet"
)


def person(db: Db) -> PersonId:
    """Vera, known by her browser first and by her account since."""
    people.identify(db, IdentifyCall("vera", "browser-1", proven=True, traits={"name": "Vera Blum"}), now=NOW)
    return people.find(db, Identity(IdentityKind.USER, "vera"))


def did(db: Db, node: PersonId, name: str, type: EventType, minutes: float, **said: object) -> None:
    """Something she did so many minutes ago."""
    verb = Verb.BOUGHT if name == "Order Completed" else None
    items = (catalog.get(db, "soup").id,) if verb else ()
    event = Event(f"{name}-{minutes}", node, type, name, later(minutes=-minutes), verb, items,
                  properties=json.dumps(said).encode())  # fmt: skip
    people.record(db, [event], now=NOW)


def test_the_story_tells_who_since_when_and_what_there_was(db: Db):
    node, agent = person(db), ana(db)
    catalog.upsert(db, [NewItem("soup", title={"en": "Soup"})], now=NOW)
    did(db, node, "Menu", EventType.PAGE, 3, title="Our menu", url="https://shop.example/menu")
    did(db, node, "Order Completed", EventType.TRACK, 90, order_id="A7", total=12.5, currency="EUR",
        products=[{"product_id": "soup"}])  # fmt: skip
    did(db, node, "Survey Answered", EventType.TRACK, 30, question="How was the soup?", score=9, comment="Hot!")
    talk = opened(db, "a", sender=VERA)
    told = story(db, node, by=agent, now=NOW)
    first = later(minutes=-90)  # her order was brought in after she was
    assert (told.name, told.since, told.visits) == ("Vera Blum", first, 1)
    assert told.here is not None and told.here.title == "Our menu"
    (order,) = told.orders
    assert (order.number, str(order.total), order.currency, order.items) == ("A7", "12.5", "EUR", ("soup",))
    assert [(s.about, s.answer) for s in told.surveys] == [("How was the soup?", "9 · Hot!")]
    assert [t.id for t in told.talks] == [talk] and told.hidden == 0


def test_who_was_last_seen_an_hour_ago_is_not_there_now(db: Db):
    node, agent = person(db), ana(db)
    did(db, node, "Menu", EventType.PAGE, 60, title="Our menu")
    told = story(db, node, by=agent, now=NOW)
    assert told.here is None and told.pages[0].title == "Our menu"


def test_another_departments_conversations_are_counted_not_shown(db: Db):
    node, agent, chief = person(db), ana(db), mia(db)
    kitchen = team.save_department(db, team.new_department("Kitchen"), now=NOW)
    talk = opened(db, "a", sender=VERA)
    move(db, talk, kitchen.id, by=chief, now=NOW)
    told = story(db, node, by=agent, now=NOW)
    assert (told.talks, told.hidden) == ((), 1)
    assert [t.id for t in story(db, node, by=chief, now=NOW).talks] == [talk]


def test_hostile_events_do_not_break_it(db: Db):
    node, agent = person(db), ana(db)
    catalog.upsert(db, [NewItem("soup")], now=NOW)
    did(db, node, "Order Completed", EventType.TRACK, 5, total="NaN", products="soup", order_id={"a": 1}, currency=None)
    did(db, node, "Order Completed", EventType.TRACK, 6, total=True, products=[1, None, {"product_id": []}])
    did(db, node, "P", EventType.PAGE, 7, url="javascript:alert(1)", title=["x"])
    told = story(db, node, by=agent, now=NOW)
    assert [o.total for o in told.orders] == [None, None]
    assert told.pages[0].url == ""


def test_nobody_has_no_story(db: Db):
    agent = ana(db)
    with pytest.raises(NotFound):
        story(db, PersonId(2**62), by=agent, now=NOW)


def test_an_agent_writes_down_a_fact_and_it_is_marked_so(db: Db):
    choices.define(db, DIET, now=NOW)
    node, agent = person(db), ana(db)
    change = note_fact(db, node, "diet", "vegan", by=agent, now=NOW)
    (fact,) = story(db, node, by=agent, now=NOW).chosen
    assert (fact.name, fact.stated, noted_by(fact)) == ("diet", "vegan", agent.email)
    people.undo(db, node, change.id, by=f"agent:{agent.email}", now=NOW)
    assert story(db, node, by=agent, now=NOW).chosen == ()
    with pytest.raises(Invalid):
        note_fact(db, node, "diet", "stones", by=agent, now=NOW)
    with pytest.raises(NotFound):
        note_fact(db, PersonId(2**62), "diet", "vegan", by=agent, now=NOW)


def test_who_may_only_look_writes_nothing_down(db: Db):
    choices.define(db, DIET, now=NOW)
    node = person(db)
    with pytest.raises(Forbidden):
        note_fact(db, node, "diet", "vegan", by=colleague(db, ANA, Role.VIEWER), now=NOW)


def test_lists_and_the_guarded_door_show_the_same(db: Db):
    kitchen = team.save_department(db, team.new_department("Kitchen"), now=NOW).id
    orders = team.save_department(db, team.new_department("Orders"), now=NOW).id
    agent, chief = ana(db), mia(db)
    team.set_departments(db, agent.id, [orders])
    agent = team.agent(db, agent.id)
    for n, (department, assignee) in enumerate(itertools.product((None, kitchen, orders), (None, agent.id))):
        talk = opened(db, f"m{n}")
        move(db, talk, department, by=chief, now=NOW)
        assign(db, talk, assignee, by=chief, now=NOW)
    actors: list[Actor] = [agent, chief, desk.Machine("api")]
    for actor in actors:
        assert shown(db, actor) == {
            row.id for row in db.execute(sa.text("select id, department_id, assignee_id from conversations"))
            if sees(actor, Seen(row.department_id, row.assignee_id, False, False))
        }  # fmt: skip


def shown(db: Db, actor: Actor) -> set[ConversationId]:
    """What a list shows `actor`."""
    found = db.execute(sa.text(f"select c.id from conversations c where {VISIBLE}"), looks(actor))
    return {ConversationId(id) for id in found.scalars()}
