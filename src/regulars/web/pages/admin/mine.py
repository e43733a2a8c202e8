"""An agent's own page: profile, signature, presence, second factor, sessions."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import segno
from litestar import Response, get, post
from litestar.params import FromPath

from regulars import team
from regulars.kit.errors import Forbidden, Invalid
from regulars.kit.text import LANGUAGES
from regulars.team import Presence, Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.admin.team import capacity_of
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import AnyRequest, Form, GivenForm
from regulars.web.pages.signin import place

HERE = "/admin/me"


@get(HERE, sync_to_thread=True)
def my_page(desk: GivenDesk) -> Response[str]:
    """Everything of mine."""
    with desk.work() as work:
        return _shown(desk, work, {})


@post(HERE, sync_to_thread=True)
def save_me(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """Name, languages, signature, capacity."""
    desk.check(form, Role.VIEWER)
    said = replace(
        desk.agent,
        name=form.one("name"),
        language=form.one("language"),
        languages=tuple(form.one("languages").replace(",", " ").split()),
        signature={code: form.one(f"signature.{code}") for code in LANGUAGES},
    )
    with desk.work() as work:
        team.change_profile(work.db, said)
        team.set_capacity(work.db, desk.agent.id, capacity_of(form))
    return render.go(HERE)


@post("/admin/me/presence", sync_to_thread=True)
def set_presence(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """What I want to be seen as."""
    desk.check(form, Role.VIEWER)
    said = form.one("presence")
    if said not in set(Presence):
        raise Invalid(f"one is {', '.join(Presence)}", fields={"presence": "is unknown"})
    with desk.work() as work:
        team.set_presence(work.db, desk.agent.id, Presence(said), now=work.now)
    return render.go(_back(form))


@post("/admin/me/password", sync_to_thread=True)
def change_password(desk: GivenDesk, form: GivenForm, request: AnyRequest) -> Response[None]:
    """A new password, by the old one; every session ends, this one too."""
    desk.check(form, Role.VIEWER)
    _know_password(desk, form, request)
    with desk.work() as work:
        team.change_password(work.db, desk.agent.id, form.one("new"))
        desk.audit(work, "password changed", {})
    return render.go("/sign-in?next=/admin/me")


@post("/admin/me/factor/begin", sync_to_thread=True, status_code=200)
def begin_factor(desk: GivenDesk, form: GivenForm, request: AnyRequest) -> Response[str]:
    """The QR code for the phone."""
    desk.check(form, Role.VIEWER)
    _know_password(desk, form, request)
    with desk.work() as work:
        return _beginning(desk, work)


@post("/admin/me/factor/confirm", sync_to_thread=True, status_code=200)
def confirm_factor(desk: GivenDesk, form: GivenForm) -> Response[str]:
    """A code of the phone makes it count; the recovery codes are shown, this once."""
    desk.check(form, Role.VIEWER)
    with desk.work() as work:
        try:
            codes = team.totp_confirm(work.db, desk.agent.id, form.one("code"), now=work.now)
        except Invalid as e:
            return _beginning(desk, work, fault=e.detail)
        desk.audit(work, "second factor set up", {})
        return _shown(desk, work, {"codes": codes})


@post("/admin/me/factor/codes", sync_to_thread=True, status_code=200)
def renew_codes(desk: GivenDesk, form: GivenForm, request: AnyRequest) -> Response[str]:
    """New recovery codes, by a code of the phone."""
    desk.check(form, Role.VIEWER)
    _know_code(desk, form, request)
    with desk.work() as work:
        codes = team.new_recovery_codes(work.db, desk.agent.id)
        desk.audit(work, "recovery codes renewed", {})
        return _shown(desk, work, {"codes": codes})


@post("/admin/me/factor/remove", sync_to_thread=True)
def remove_my_factor(desk: GivenDesk, form: GivenForm, request: AnyRequest) -> Response[None]:
    """No second factor any more, by a code of it."""
    desk.check(form, Role.VIEWER)
    _know_code(desk, form, request)
    with desk.work() as work:
        team.totp_remove(work.db, desk.agent.id)
        desk.audit(work, "second factor removed", {"email": desk.agent.email})
    return render.go(HERE)


@post("/admin/me/sessions/{session:uuid}/end", sync_to_thread=True)
def end_my_session(desk: GivenDesk, form: GivenForm, session: FromPath[UUID]) -> Response[None]:
    """Sign out in one other place."""
    desk.check(form, Role.VIEWER)
    with desk.work() as work:
        team.end_session_of(work.db, desk.agent.id, session)
    return render.go(HERE)


@post("/admin/me/sessions/end", sync_to_thread=True)
def end_my_sessions(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """Sign out everywhere else."""
    desk.check(form, Role.VIEWER)
    with desk.work() as work:
        team.end_sessions(work.db, desk.agent.id, keep=desk.token)
    return render.go(HERE)


def _know_password(desk: Desk, form: Form, request: AnyRequest) -> None:
    address, _ = place(request, desk.edge)
    with desk.work() as work:  # of its own: a wrong try counts although the page says no
        right = team.right_password(work.db, desk.agent, form.one("password"), address=address, now=work.now)
    if not right:
        raise Forbidden("that is not your password: nothing was changed")


def _know_code(desk: Desk, form: Form, request: AnyRequest) -> None:
    address, _ = place(request, desk.edge)
    with desk.work() as work:
        right = team.right_code_of(work.db, desk.agent, form.one("code"), address=address, now=work.now)
    if not right:
        raise Forbidden("that code does not fit: nothing was changed")


def _back(form: Form) -> str:
    to = form.one("next")
    return to if to.startswith(("/admin", "/desk")) and "//" not in to and "\\" not in to else HERE


def _beginning(desk: Desk, work: Work, *, fault: str = "") -> Response[str]:
    totp = team.totp_begin(work.db, desk.agent)
    out = BytesIO()
    segno.make(totp.uri, error="m").save(out, kind="svg", xmldecl=False, svgns=False, border=2, omitsize=True)
    values = {"totp": totp, "qr": out.getvalue().decode(), "fault": fault}
    return _shown(desk, work, values, status=422 if fault else 200)


def _shown(desk: Desk, work: Work, values: Mapping[str, object], *, status: int = 200) -> Response[str]:
    shown = {
        "agent": team.agent(work.db, desk.agent.id),
        "capacity": team.capacity(work.db)[desk.agent.id],
        "presences": list(Presence),
        "presence": team.chosen_presence(work.db, desk.agent.id),
        "factor": team.factor(work.db, desk.agent.id),
        "sessions": team.sessions(work.db, desk.agent.id, current=desk.token, now=work.now),
        "named": {d.id: d for d in team.departments(work.db, archived=True)},
        "totp": None,
        "qr": "",
        "codes": None,
        "fault": "",
        **values,
    }
    return desk.page("admin/me.html", shown, status=status)
