"""The desk for the company's programs: conversations, webhooks, channels of other services."""

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from httpx import Response

from regulars import team
from regulars.channels.webhook import signed
from regulars.desk import Machine, hooks
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team import NewAgent, Role
from tests.cast import ANA, VERA
from tests.web.conftest import Client, Keys, key

OMAR = {"email": "omar@example.org", "name": "Omar"}


def opened(client: Client, keys: Keys, **more: object) -> dict[str, Any]:
    """A conversation begun by the shop's server."""
    body = {"customer": OMAR, "text": "Where is my order?", "subject": "Order 7"} | more
    answer = client.post("/v1/conversations", json=body, auth=key(keys.server))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def say(client: Client, keys: Keys, conversation: object, **body: object) -> Response:
    """One more message."""
    return client.post(f"/v1/conversations/{conversation}/messages", json=body, auth=key(keys.server))


def read(client: Client, keys: Keys, conversation: object) -> dict[str, Any]:
    """The conversation as it is."""
    answer = client.get(f"/v1/conversations/{conversation}", auth=key(keys.server))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_conversation_begins_goes_on_and_is_read(client: Client, keys: Keys):
    talk = opened(client, keys, tags=["Late Order"], priority="high")["conversation"]
    written = say(client, keys, talk, text="It is **on its way**.", status="solved")
    assert written.status_code == 201 and written.json()["undoUntil"]
    say(client, keys, talk, text="Driver called in sick", author="note")
    say(client, keys, talk, text="Thanks!", author="customer", customer=OMAR)
    found = read(client, keys, talk)
    assert [(m["author"], m["text"]) for m in found["messages"]] == [
        ("customer", "Where is my order?"), ("agent", "It is **on its way**."), ("note", "Driver called in sick"),
        ("customer", "Thanks!"),
    ]  # fmt: skip
    shown = found["conversation"]
    assert (shown["status"], shown["priority"], shown["tags"]) == ("open", "high", ["late-order"])


def test_the_same_key_begins_one_conversation(client: Client, keys: Keys):
    first, again = (opened(client, keys, key="order-7") for _ in range(2))
    assert (first["fresh"], again["fresh"]) == (True, False)
    assert again["conversation"] == first["conversation"]


@pytest.mark.parametrize("author", ["agent", "note", "customer"])
def test_the_same_key_says_a_thing_once(client: Client, keys: Keys, author: str):
    talk = opened(client, keys)["conversation"]
    said = {"text": "Said once", "author": author, "key": "n1", "customer": OMAR}
    first, again = (say(client, keys, talk, **said).json() for _ in range(2))
    assert (first["message"], first["conversation"]) == (again["message"], again["conversation"])
    assert len(read(client, keys, talk)["messages"]) == 2


def test_a_note_of_a_program_names_colleagues(client: Client, keys: Keys, database: Database):
    with database.begin() as db:
        team.create_agent(db, NewAgent(ANA.email, "Ana", Role.AGENT, ANA.password), now=utc_now())
    talk = opened(client, keys)["conversation"]
    say(client, keys, talk, text="@ana, have a look", author="note")
    with database.begin() as db:
        assert db.execute(sa.text("select count(*) from mentions")).scalar_one() == 1


def test_a_placeholder_without_a_value_is_named_and_nothing_goes_out(client: Client, keys: Keys):
    talk = opened(client, keys)["conversation"]
    refused = say(client, keys, talk, text="Dear {{ customer.city }}")
    assert refused.status_code == 422 and "customer.city" in refused.json()["fields"]
    say(client, keys, talk, text="Dear {{ customer.first_name }}, order {{ conversation.number }}")
    assert read(client, keys, talk)["messages"][-1]["text"].startswith("Dear Omar, order #")


def test_a_user_of_the_shop_is_that_user(client: Client, keys: Keys):
    talk = opened(client, keys, customer={"userId": VERA, "name": "Vera"})["conversation"]
    opened(client, keys)
    found = client.get("/v1/conversations", params={"person": VERA}, auth=key(keys.server)).json()
    assert [c["id"] for c in found["conversations"]] == [talk]


def test_lists_go_page_by_page_and_by_status(client: Client, keys: Keys):
    talks = [opened(client, keys, text=f"Nr {n}")["conversation"] for n in range(5)]
    client.patch(f"/v1/conversations/{talks[0]}", json={"status": "solved"}, auth=key(keys.server))
    seen: list[object] = []
    after = ""
    for _ in range(3):
        page = client.get("/v1/conversations", params={"most": 2, "after": after}, auth=key(keys.server)).json()
        seen += [c["id"] for c in page["conversations"]]
        after = page["next"] or ""
    assert sorted(map(str, seen)) == sorted(map(str, talks)) and not after
    solved = client.get("/v1/conversations", params={"status": ["solved"]}, auth=key(keys.server)).json()
    assert [c["id"] for c in solved["conversations"]] == [talks[0]]


def test_everything_about_a_conversation_can_be_changed(client: Client, keys: Keys, database: Database):
    with database.begin() as db:
        agent = team.create_agent(db, NewAgent(ANA.email, "Ana", Role.AGENT, ANA.password), now=utc_now())
        kitchen = team.save_department(db, team.new_department("Kitchen"), now=utc_now())
    talk = opened(client, keys)["conversation"]
    change = {
        "status": "on_hold", "priority": "urgent", "assignee": ANA.email, "department": str(kitchen.id),
        "add_tags": ["a", "b"], "fields": {"order": 7},
    }  # fmt: skip
    found = client.patch(f"/v1/conversations/{talk}", json=change, auth=key(keys.server)).json()
    shown = found["conversation"]
    assert (shown["status"], shown["priority"], shown["assignee"]) == ("on_hold", "urgent", str(agent.id))
    assert (shown["department"], shown["tags"], found["fields"]) == (str(kitchen.id), ["a", "b"], {"order": 7})
    back = {"assignee": None, "department": None, "remove_tags": ["a"], "fields": {"order": None}}
    found = client.patch(f"/v1/conversations/{talk}", json=back, auth=key(keys.server)).json()
    assert (found["conversation"]["assignee"], found["conversation"]["tags"], found["fields"]) == (None, ["b"], {})
    with database.begin() as db:
        who = db.execute(sa.text("select distinct by_whom from conversation_changes")).scalars().all()
    assert who == ["key:Shop server"]


def test_files_come_along_and_are_read_of_their_conversation_only(client: Client, keys: Keys):
    file = {"name": "note.txt", "type": "text/plain", "content": b64encode(b"hello").decode()}
    talk, other = (opened(client, keys, attachments=[file])["conversation"] for _ in range(2))
    (held,) = read(client, keys, talk)["messages"][0]["attachments"]
    got = client.get(f"/v1/conversations/{talk}/files/{held['id']}", auth=key(keys.server))
    assert got.content == b"hello" and got.headers["content-disposition"] == "attachment"
    assert client.get(f"/v1/conversations/{other}/files/{held['id']}", auth=key(keys.server)).status_code == 404


@pytest.mark.parametrize(("body", "field"), [
    ({"text": "x"}, "customer"), ({"text": "x", "customer": {}}, "customer"),
    ({"text": "x", "customer": {"email": "nobody"}}, "customer.email"), ({"customer": OMAR}, "text"),
    ({"text": "x", "customer": OMAR, "attachments": [{"name": "a", "content": "%"}]}, "attachments[0].content"),
    ({"text": "x", "customer": OMAR, "priority": "very"}, "priority"), ({"text": "x", "customer": OMAR, "odd": 1}, ""),
    ({"text": "x", "customer": OMAR, "at": "9999-12-31T23:59:59Z"}, "at"),
    ({"text": "x", "customer": OMAR, "at": "0001-01-01T00:00:00+14:00"}, "at"),
    ({"text": "x", "customer": OMAR, "department": "0195a0f0-0000-7000-8000-000000000000"}, "department"),
    ({"text": " \n", "customer": OMAR}, "text"), ({"text": "x", "customer": {"email": "a@"}}, "customer.email"),
    ({"text": "x", "customer": {"email": "@b.example"}}, "customer.email"),
    ({"text": "x", "customer": {"email": "a@b.example\r\nBcc: c@d.example"}}, "customer.email"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_by_field(client: Client, keys: Keys, body: dict[str, object], field: str):
    answer = client.post("/v1/conversations", json=body, auth=key(keys.server))
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in json.dumps(answer.json())


def test_what_is_not_there_is_not_found(client: Client, keys: Keys):
    gone = uuid4()
    server = key(keys.server)
    assert client.get(f"/v1/conversations/{gone}", auth=server).status_code == 404
    assert client.patch(f"/v1/conversations/{gone}", json={"status": "open"}, auth=server).status_code == 404
    for author in ("agent", "note"):
        assert say(client, keys, gone, text="x", author=author).status_code == 404
    assert say(client, keys, gone, text="x", author="customer", customer=OMAR).status_code == 404
    assert client.delete(f"/v1/webhooks/{gone}", auth=server).status_code == 404
    assert client.post(f"/v1/webhooks/deliveries/{gone}/again", auth=server).status_code == 404
    assert client.delete("/v1/channels/none", auth=server).status_code == 404


def test_webhooks_are_made_listed_and_removed_and_keep_their_secret(client: Client, keys: Keys, database: Database):
    server = key(keys.server)
    refused = client.post("/v1/webhooks", json={"url": "https://127.0.0.1/", "events": ["message.sent"]}, auth=server)
    assert refused.status_code == 403
    with database.begin() as db:
        made = hooks.new_webhook(
            db, "http://127.0.0.1:1/", ["message.sent"], by=Machine("x").name, now=utc_now(), private=True
        )
    (listed,) = client.get("/v1/webhooks", auth=server).json()["webhooks"]
    assert listed["id"] == str(made.webhook.id) and "secret" not in listed
    talk = opened(client, keys)["conversation"]
    say(client, keys, talk, text="Here.")
    (told,) = client.get("/v1/webhooks/deliveries", auth=server).json()["deliveries"]
    assert (told["event"], told["conversation"], told["state"]) == ("message.sent", talk, "queued")
    assert client.delete(f"/v1/webhooks/{made.webhook.id}", auth=server).status_code == 204
    assert client.get("/v1/webhooks/deliveries", auth=server).json()["deliveries"] == []


def test_a_state_that_is_none_is_refused_by_its_own_name(client: Client, keys: Keys):
    refused = client.get("/v1/webhooks/deliveries?state=zz", auth=key(keys.server))
    assert refused.status_code == 422 and "state" in refused.json()["fields"]
    assert client.get("/v1/webhooks/deliveries?state=dead", auth=key(keys.server)).json() == {"deliveries": []}


@pytest.fixture
def app(database: Database) -> hooks.ChannelHook:
    """A channel of another service."""
    with database.begin() as db:
        return hooks.save_channel(db, "our-app", "http://127.0.0.1:1/", by="x", now=utc_now(), private=True)


def tell(client: Client, secret: str, body: object, name: str = "our-app") -> Response:
    """A message of the other service, signed."""
    raw = json.dumps(body).encode()
    headers = signed(secret, "msg_1", raw, utc_now()) | {"content-type": "application/json"}
    return client.post(f"/v1/channels/{name}/messages", content=raw, headers=headers)


def test_another_service_is_a_channel(client: Client, keys: Keys, app: hooks.ChannelHook):
    file = {"name": "a.txt", "content": b64encode(b"x").decode()}
    said = {"id": "1", "sender": {"id": "u", "name": "Uma"}, "text": "Hello", "thread": "t", "files": [file]}
    first, again = tell(client, app.secret, said), tell(client, app.secret, said)
    assert (first.status_code, first.json()["opened"], again.json()["fresh"]) == (202, True, False)
    (message,) = read(client, keys, first.json()["conversation"])["messages"]
    assert (message["channel"], message["name"], message["attachments"][0]["name"]) == ("webhook", "Uma", "a.txt")


@pytest.mark.parametrize(("more", "field"), [
    ({"at": "9999-12-31T23:59:59Z"}, "at"), ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
    ({"sender": {"id": "u", "email": "a@"}}, "sender.email"), ({"text": " "}, "text"),
])  # fmt: skip
def test_what_another_service_cannot_mean_is_refused(
    client: Client, app: hooks.ChannelHook, more: dict[str, object], field: str
):
    answer = tell(client, app.secret, {"id": "1", "sender": {"id": "u"}, "text": "Hello"} | more)
    assert answer.status_code == 422 and field in answer.json()["fields"], answer.text


def test_who_does_not_sign_says_nothing(client: Client, keys: Keys, app: hooks.ChannelHook, database: Database):
    said = {"id": "1", "sender": {"id": "u"}, "text": "Hello"}
    forged = tell(client, "whsec_" + b64encode(b"wrong").decode(), said)
    unknown = tell(client, app.secret, said, name="no-such-channel")
    assert forged.status_code == unknown.status_code == 401
    assert forged.json()["detail"] == unknown.json()["detail"]  # nobody learns which channels there are
    unsigned = client.post("/v1/channels/our-app/messages", json=said, auth=key(keys.server))
    assert unsigned.status_code == 401
    with database.begin() as db:
        assert db.execute(sa.text("select count(*) from conversations")).scalar_one() == 0


def test_a_channel_is_saved_by_the_server_and_keeps_its_secret(client: Client, keys: Keys, app: hooks.ChannelHook):
    refused = client.put("/v1/channels/our-app", json={"url": "https://10.0.0.1/"}, auth=key(keys.server))
    assert refused.status_code == 403
    odd = client.put("/v1/channels/Our App", json={"url": "https://example.com/"}, auth=key(keys.server))
    assert odd.status_code == 422
    nowhere = {"url": "https://93.184.215.14/", "department": str(uuid4())}
    assert client.put("/v1/channels/our-app", json=nowhere, auth=key(keys.server)).status_code == 422
    assert client.delete("/v1/channels/our-app", auth=key(keys.server)).status_code == 204
    assert tell(client, app.secret, {"id": "1", "sender": {"id": "u"}, "text": "x"}).status_code == 401
