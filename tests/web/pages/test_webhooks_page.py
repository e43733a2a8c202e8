"""The page of webhooks: made, paused, removed, sent again, by administrators."""

from datetime import datetime
from functools import partial
from uuid import uuid4

from regulars.desk import hooks
from regulars.desk.hooks import DeliveryState
from regulars.kit.clock import utc_now
from regulars.store import Database
from tests.cast import MIA
from tests.desk.desk_cast import opened
from tests.web.conftest import Client
from tests.web.pages.conftest import signed_in


def test_a_webhook_is_made_paused_and_removed(client: Client, agents: None, database: Database):
    root = signed_in(client, "root@example.com")
    root.get("/admin/webhooks")
    refused = root.post("/admin/webhooks", url="https://127.0.0.1/", events=["message.sent"])
    assert refused.status_code == 422 and "no public address" in refused.text
    nothing = root.post("/admin/webhooks", url="https://127.0.0.1/")
    assert nothing.status_code == 422
    with database.begin() as db:
        made = hooks.new_webhook(db, "http://127.0.0.1:1/", ["message.received"], by="x", now=utc_now(), private=True)
    assert "http://127.0.0.1:1/" in root.get("/admin/webhooks").text
    assert made.secret not in root.get("/admin/webhooks").text
    root.post(f"/admin/webhooks/{made.webhook.id}/pause", do="pause")
    assert "Paused" in root.get("/admin/webhooks").text
    root.post(f"/admin/webhooks/{made.webhook.id}/pause", do="resume")
    assert "Paused" not in root.get("/admin/webhooks").text
    root.post(f"/admin/webhooks/{made.webhook.id}/delete")
    assert "127.0.0.1:1" not in root.get("/admin/webhooks").text


def test_what_was_given_up_can_be_sent_again(client: Client, agents: None, database: Database):
    root = signed_in(client, "root@example.com")
    with database.begin() as db:
        hooks.new_webhook(db, "http://127.0.0.1:1/", ["message.received"], by="x", now=utc_now(), private=True)
        opened(db, "a", now=utc_now())
        (waiting,) = hooks.deliveries(db)
    for n in range(len(hooks.PAUSES) + 1):
        at = partial(datetime.replace, utc_now(), year=2090 + n)
        hooks.deliver(database, waiting.id, clock=at, private=True)
    shown = root.get("/admin/webhooks").text
    assert "Send again" in shown
    root.post(f"/admin/webhooks/deliveries/{waiting.id}/again")
    with database.begin() as db:
        assert hooks.deliveries(db)[0].state is DeliveryState.QUEUED
    assert root.post(f"/admin/webhooks/deliveries/{uuid4()}/again").status_code == 404


def test_only_administrators_see_and_make_webhooks(client: Client, agents: None):
    mia = signed_in(client, MIA.email)
    assert mia.get("/admin/webhooks").status_code == 403
    for path in ("", f"/{uuid4()}/pause", f"/{uuid4()}/delete", f"/deliveries/{uuid4()}/again"):
        assert mia.post(f"/admin/webhooks{path}", url="https://example.com").status_code == 403
