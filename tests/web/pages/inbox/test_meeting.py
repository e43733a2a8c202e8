"""What came with a mail beside its words stands in the message."""

from dataclasses import replace

import pytest

from regulars import desk as room
from regulars.kit.clock import utc_now
from regulars.kit.json import Json
from regulars.web.pages.inbox.meeting import span
from tests.desk.desk_cast import answering
from tests.web.pages.conftest import Desk
from tests.web.pages.inbox.conftest import Office


def test_an_invitation_and_the_address_to_answer_to_are_shown(office: Office, ana: Desk):
    about = {"method": "REQUEST", "summary": "Tasting", "starts": "2026-11-27T10:00:00+01:00", "ends": "",
             "place": "The bar", "organizer": "omar@example.org"}  # fmt: skip
    with office.database.begin() as db:
        said = answering("two", "one", "Come and taste")
        meta: dict[str, Json] = {"appointment": about, "reply_to": "omar@work.example"}
        room.receive(db, [replace(said, meta=meta)], now=utc_now())
    page = ana.get(office.path).text
    for words in ("Invitation", "Tasting", "Fri 27 Nov 2026, 10:00", "The bar", "answers go to omar@work.example"):
        assert words in page


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("2026-11-27T10:00:00", "2026-11-27T11:30:00", "Fri 27 Nov 2026, 10:00 – 11:30"),
        ("2026-11-27T22:00:00+00:00", "2026-11-28T01:00:00", "Fri 27 Nov 2026, 22:00 – Sat 28 Nov 2026, 01:00 (UTC)"),
        ("2026-11-27", "2026-11-28", "Fri 27 Nov 2026"),  # whole days end before the day they name
        ("2026-11-27", "2026-11-30", "Fri 27 Nov 2026 – Sun 29 Nov 2026"),
        ("next week", "", "next week"),
    ],
)  # fmt: skip
def test_when_it_is(starts: str, ends: str, words: str):
    assert span(starts, ends, "en") == words
