"""Ana answers for Orders, Bram for Sweets, Mia sees all, a viewer only looks; Omar has written to Orders."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from litestar.testing import TestClient

from regulars import desk as room
from regulars import team
from regulars.desk import Channel, ConversationId, NewAttachment
from regulars.kit.clock import utc_now
from regulars.kit.ids import PersonId
from regulars.store import Database, Db
from regulars.team import DepartmentId, NewAgent, Role
from tests.cast import ANA, BRAM, MIA
from tests.desk.desk_cast import OMAR, mail
from tests.web.application import application
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, PASSWORD, Desk

VIEWER = "vic@example.com"
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff"
    b"\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
)


@dataclass
class Office:
    """A company with two departments, and what Omar wrote to one of them."""

    database: Database
    client: Client
    orders: DepartmentId
    sweets: DepartmentId
    conversation: ConversationId
    number: int

    @property
    def path(self) -> str:
        """The page of Omar's conversation."""
        return f"/desk/c/{self.number}"

    def signed_in(self, email: str) -> Desk:
        """An agent in a browser of their own."""
        client = TestClient(self.client.app, raise_server_exceptions=False, base_url="http://testserver.local")
        client.post("/sign-in", data={"email": email, "password": PASSWORD}, headers=HTML)
        desk = Desk(client)
        desk.get("/admin/me")
        return desk

    def read(self, email: str = MIA.email) -> room.Conversation:
        """The conversation as it is now."""
        with self.database.begin() as db:
            agent = next(a for a in team.agents(db) if a.email == email)
            return room.thread(db, self.conversation, by=agent)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    now = utc_now()
    with database.begin() as db:
        orders, sweets = (team.save_department(db, team.new_department(name), now=now) for name in ("Orders", "Sweets"))
        for who, role, home in (
            (ANA, Role.AGENT, orders), (BRAM, Role.AGENT, sweets), (MIA, Role.MANAGER, None),
        ):  # fmt: skip
            made = team.create_agent(db, NewAgent(who.email, who.name, role, PASSWORD, "en"), now=now)
            team.set_departments(db, made.id, [home.id] if home else [])
        team.create_agent(db, NewAgent(VIEWER, "Vic", Role.VIEWER, PASSWORD, "en"), now=now)
        html = (
            '<h1>Hello</h1><script>alert("gotcha")</script><img src="https://evil.example/seen.gif">'
            '<img src="cid:cake"><p onclick="steal()">Where is my <b>cake</b>?</p>'
        )
        files = (
            NewAttachment("cake.png", "image/png", PIXEL, "cake"),
            NewAttachment("../../bill.html", "text/html", b"<script>alert(1)</script>"),
        )
        arrival = replace(mail("one", "Where is my cake?", html=html, attachments=files), at=now, department=orders.id)
        [got] = room.receive(db, [arrival], now=now)
        number = room.for_person(db, _person(db, got.conversation))[0].number
    with TestClient(
        application(database, tmp_path), raise_server_exceptions=False, base_url="http://testserver.local"
    ) as client:
        yield Office(database, client, orders.id, sweets.id, got.conversation, number)


def _person(db: Db, conversation: ConversationId) -> PersonId:
    found = room.thread(db, conversation, by=room.Machine("test"))
    assert found.row.person and found.row.channel is Channel.EMAIL and OMAR.address == found.row.address
    return found.row.person


@pytest.fixture
def ana(office: Office) -> Desk:
    """Ana, of the department the conversation belongs to."""
    return office.signed_in(ANA.email)
