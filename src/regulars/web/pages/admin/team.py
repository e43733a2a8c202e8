"""Who works here: agents, their roles and departments, invitations."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from regulars import team
from regulars.kit.errors import Invalid
from regulars.team import AgentId, DepartmentId, Invitation, Role
from regulars.web.edge import GivenEdge, Work
from regulars.web.pages import render
from regulars.web.pages.admin.inviting import send_invitation
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import Form, GivenForm


@get("/admin/team", sync_to_thread=True)
def team_page(desk: GivenDesk) -> Response[str]:
    """Everybody, and who is invited."""
    desk.need(Role.MANAGER)
    with desk.work() as work:
        return _shown(desk, work)


@post("/admin/team/invite", sync_to_thread=True, status_code=200)
def invite(desk: GivenDesk, form: GivenForm, edge: GivenEdge) -> Response[str]:
    """Invite somebody by e-mail; the link is shown to the administrator too, this once."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        chosen = (_role(form), _departments(form))
        made = team.invite(work.db, form.one("email"), *chosen, by=desk.agent.id, now=work.now)
        desk.audit(work, "agent invited", {"email": made.email, "role": made.role})
        link = f"{edge.settings.base_url}/join?t={made.token}"
        send_invitation(work, desk.agent, made, link)
        return _shown(desk, work, made=made, link=link)


@post("/admin/team/invitations/{invitation:uuid}/revoke", sync_to_thread=True)
def revoke_invitation(desk: GivenDesk, form: GivenForm, invitation: FromPath[UUID]) -> Response[None]:
    """Take an invitation back."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        team.revoke_invitation(work.db, invitation, now=work.now)
        desk.audit(work, "invitation revoked", {"invitation": str(invitation)})
    return render.go("/admin/team")


@post("/admin/team/{agent:uuid}", sync_to_thread=True)
def save_agent(desk: GivenDesk, form: GivenForm, agent: FromPath[UUID]) -> Response[None]:
    """Change somebody's role, departments and capacity."""
    desk.check(form, Role.ADMIN)
    role, departments, id = _role(form), _departments(form), AgentId(agent)
    with desk.work() as work:
        before = team.agent(work.db, agent)
        team.change_role(work.db, id, role)
        team.set_departments(work.db, id, departments)
        team.set_capacity(work.db, id, capacity_of(form))
        what = {"email": before.email, "role": role, "departments": [str(d) for d in departments]}
        desk.audit(work, "agent changed", what)
    return render.go("/admin/team")


@post("/admin/team/{agent:uuid}/disable", sync_to_thread=True)
def disable_agent(desk: GivenDesk, form: GivenForm, agent: FromPath[UUID]) -> Response[None]:
    """Let somebody in no more."""
    desk.check(form, Role.ADMIN)
    if agent == desk.agent.id:
        raise Invalid("you cannot disable yourself: ask another administrator")
    with desk.work() as work:
        team.disable_agent(work.db, AgentId(agent), now=work.now)
        desk.audit(work, "agent disabled", {"email": team.agent(work.db, agent).email})
    return render.go("/admin/team")


@post("/admin/team/{agent:uuid}/enable", sync_to_thread=True)
def enable_agent(desk: GivenDesk, form: GivenForm, agent: FromPath[UUID]) -> Response[None]:
    """Let somebody in again."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        team.enable_agent(work.db, AgentId(agent))
        desk.audit(work, "agent enabled", {"email": team.agent(work.db, agent).email})
    return render.go("/admin/team")


@post("/admin/team/{agent:uuid}/factor/remove", sync_to_thread=True)
def remove_factor(desk: GivenDesk, form: GivenForm, agent: FromPath[UUID]) -> Response[None]:
    """Somebody lost their phone and their codes: let them in with the password alone, and end their sessions."""
    desk.check(form, Role.ADMIN)
    with desk.work() as work:
        found = team.agent(work.db, agent)
        team.totp_remove(work.db, found.id)
        team.end_sessions(work.db, found.id)
        desk.audit(work, "second factor removed", {"email": found.email})
    return render.go("/admin/team")


def capacity_of(form: Form) -> dict[str, int]:
    """How much somebody takes on at once. Raises Invalid."""
    said = {name: form.one(f"capacity.{name}").strip() for name in team.DEFAULT_CAPACITY}
    if wrong := [name for name, text in said.items() if text and not text.isdecimal()]:
        raise Invalid("a capacity is a whole number", fields={wrong[0]: "is no whole number"})
    return {name: int(text[:6]) for name, text in said.items() if text}


def _role(form: Form) -> Role:
    said = form.one("role")
    if said not in set(Role):
        raise Invalid(f"a role is one of {', '.join(Role)}", fields={"role": "is unknown"})
    return Role(said)


def _departments(form: Form) -> Sequence[DepartmentId]:
    try:
        return [DepartmentId(UUID(said)) for said in form.many("departments")]
    except ValueError as e:
        raise Invalid("there is no such department", fields={"departments": "is unknown"}) from e


def _shown(desk: Desk, work: Work, *, made: Invitation | None = None, link: str = "") -> Response[str]:
    present = {p.agent.id: p for p in team.present(work.db, now=work.now)}
    everybody = team.agents(work.db)
    values = {
        "agents": everybody,
        "present": present,
        "factors": {a.id: team.factor(work.db, a.id) for a in everybody},
        "capacity": team.capacity(work.db),
        "departments": team.departments(work.db),
        "named": {d.id: d for d in team.departments(work.db, archived=True)},
        "invitations": team.invitations(work.db, now=work.now),
        "roles": list(Role),
        "made": made,
        "link": link,
    }
    return desk.page("admin/team.html", values)
