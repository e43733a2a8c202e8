"""Which conversations an actor sees, in SQL, for lists. A test holds it together with `sight.sees`."""

from regulars.desk.model import Actor
from regulars.desk.sight import agent_id, sees_all
from regulars.team import Agent

VISIBLE = """(:everywhere or c.department_id is null or c.department_id = any(:departments) or c.assignee_id = :me
    or exists (select from conversation_followers f where f.conversation_id = c.id and f.agent_id = :me)
    or exists (select from mentions x join conversation_messages n on n.id = x.message_id
               where x.agent_id = :me and n.conversation_id = c.id))"""


def looks(actor: Actor) -> dict[str, object]:
    """The parameters of VISIBLE."""
    return {
        "everywhere": sees_all(actor),
        "me": agent_id(actor),
        "departments": list(actor.departments) if isinstance(actor, Agent) else [],
    }
