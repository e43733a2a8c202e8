"""Webhooks: /admin/webhooks. Who is told, what was given up, and sending it again."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from regulars.desk import hooks
from regulars.desk.hooks import DeliveryId, DeliveryState, HookEvent, NewWebhook, WebhookId
from regulars.kit.errors import Fault, Forbidden, Invalid
from regulars.kit.i18n import N_
from regulars.team import Role
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import GivenForm

EVENTS = {
    HookEvent.OPENED: N_("A conversation began"),
    HookEvent.CHANGED: N_("A conversation changed"),
    HookEvent.RECEIVED: N_("A customer wrote"),
    HookEvent.SENT: N_("We answered"),
    HookEvent.NOTE: N_("A colleague left a note"),
}
MOST = 50


@get("/admin/webhooks", sync_to_thread=True)
def webhooks_page(desk: GivenDesk) -> Response[str]:
    """Who is told of what."""
    desk.need(Role.ADMIN)
    return _page(desk)


@post("/admin/webhooks", sync_to_thread=True)
def make_webhook(desk: GivenDesk, form: GivenForm) -> Response[str]:
    """Tell a server from now on; its secret is shown this once."""
    desk.check(form, Role.ADMIN)
    url, private = form.one("url").strip(), desk.edge.settings.private_webhooks
    try:
        with desk.work() as work:
            made = hooks.new_webhook(work.db, url, form.many("events"), by=desk.by, now=work.now, private=private)
            desk.audit(work, "webhook made", {"url": url})
    except (Invalid, Forbidden) as fault:
        return _page(desk, fault=fault, url=url)
    return _page(desk, made=made)


@post("/admin/webhooks/{webhook:uuid}/pause", sync_to_thread=True)
def pause_webhook(desk: GivenDesk, webhook: FromPath[UUID], form: GivenForm) -> Response[None]:
    """Tell it no more for now, or again."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        if form.one("do") == "resume":
            hooks.resume_webhook(work.db, WebhookId(webhook))
        else:
            hooks.pause_webhook(work.db, WebhookId(webhook), now=work.now, because=desk.agent.name)
        desk.audit(work, f"webhook {form.one('do') or 'pause'}d", {"webhook": str(webhook)})
    return render.go("/admin/webhooks")


@post("/admin/webhooks/{webhook:uuid}/delete", sync_to_thread=True)
def remove_webhook(desk: GivenDesk, webhook: FromPath[UUID], form: GivenForm) -> Response[None]:
    """Tell it nothing more."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        hooks.remove_webhook(work.db, WebhookId(webhook))
        desk.audit(work, "webhook removed", {"webhook": str(webhook)})
    return render.go("/admin/webhooks")


@post("/admin/webhooks/deliveries/{delivery:uuid}/again", sync_to_thread=True)
def send_again(desk: GivenDesk, delivery: FromPath[UUID], form: GivenForm) -> Response[None]:
    """Try one once more that was given up."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        hooks.send_again(work.db, DeliveryId(delivery))
        desk.audit(work, "webhook sent again", {"delivery": str(delivery)})
    return render.go("/admin/webhooks")


def _page(desk: Desk, *, made: NewWebhook | None = None, fault: Fault | None = None, url: str = "") -> Response[str]:
    with desk.work() as work:
        values = {
            "webhooks": hooks.webhooks(work.db), "events": EVENTS, "made": made, "fault": fault, "url": url,
            "dead": hooks.deliveries(work.db, state=DeliveryState.DEAD, most=MOST),
            "recent": hooks.deliveries(work.db, most=20),
        }  # fmt: skip
    return desk.page("answering/webhooks.html", values, status=422 if fault else 200)
