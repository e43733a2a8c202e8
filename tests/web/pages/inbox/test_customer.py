"""Beside a conversation: where the customer is now, what was asked and sent, and how they want to be answered."""

import json
from dataclasses import replace

from regulars import choices, people
from regulars import desk as room
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.desk import chat
from regulars.desk.chat import Visitor, VisitorId
from regulars.kit.clock import utc_now
from regulars.kit.ids import new_id
from regulars.people import Event, EventType
from tests.cast import BRAM
from tests.desk.desk_cast import OMAR
from tests.desk.desk_cast import chat as said_in_chat
from tests.web.pages.conftest import Desk
from tests.web.pages.inbox.conftest import Office


def test_the_page_the_customer_is_on_is_told_and_read_anew(office: Office, ana: Desk):
    now = utc_now()
    visit = Visitor(VisitorId(new_id()), None, "https://shop.example/cake", "Our cakes", "en", 1, 1, now, now, now)
    assert "On this page now" not in ana.get(office.path).text
    with office.database.begin() as db:
        chat.save_visitors(db, [replace(visit, conversation=office.conversation)], [], news=False, now=now)
    for path in (office.path, f"{office.path}/here"):
        page = ana.get(path).text
        assert "On this page now" in page and 'href="https://shop.example/cake"' in page
    assert office.signed_in(BRAM.email).get(f"{office.path}/here").status_code == 404
    with office.database.begin() as db:
        chat.save_visitors(db, [], [visit.id], news=False, now=now)
    assert "On this page now" not in ana.get(f"{office.path}/here").text


def test_what_was_asked_of_them_and_sent_to_them_is_told(office: Office, ana: Desk):
    now = utc_now()
    with office.database.begin() as db:
        person = office.read().row.person
        assert person is not None
        said = json.dumps({"question": "How was the soup?", "score": 9}).encode()
        people.record(
            db, [Event("s", person, EventType.TRACK, "Survey Answered", now, None, (), properties=said)], now=now
        )
    ana.get(office.path)
    ana.post(f"{office.path}/reply", text="Here it is.", back=office.path)
    page = ana.get(office.path).text
    assert "How was the soup?" in page and "Sent to them" in page and "waits to go out" in page


def test_a_customer_is_answered_the_way_they_chose_else_the_way_they_wrote_last(office: Office, ana: Desk):
    now = utc_now()
    with office.database.begin() as db:
        words = replace(said_in_chat("c1", office.conversation, sender=OMAR), at=now)
        room.receive(db, [words], now=now)
        ways = (Value("email"), Value("chat"))
        definition = FacetDefinition("channel", Many.ONE, Acts.NOTHING, {"en": "Channel"}, values=ways)
        choices.define(db, definition, now=now)
    assert '<option value="chat" selected>' in ana.get(office.path).text
    ana.post(f"{office.path}/fact", fact="channel=email", back=office.path)
    page = ana.get(office.path).text
    assert '<option value="email" selected>' in page and '<option value="chat">' in page
