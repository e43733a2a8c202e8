"""Who sees which conversation, and who may change it. Pure; `store.rows` asks it for every row it hands out."""

from dataclasses import dataclass
from uuid import UUID

from regulars.desk.model import Actor, Machine
from regulars.kit.errors import Forbidden, NotFound
from regulars.team import Agent, AgentId, DepartmentId, Role

NIL = UUID(int=0)
"""Stands for "no department" in lists, and for the customer among seen marks."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What decides about a conversation."""

    department: DepartmentId | None
    assignee: AgentId | None
    follows: bool
    mentioned: bool


def sees_all(actor: Actor) -> bool:
    """Whether nothing is hidden from `actor`: everybody but plain agents, who see their departments' conversations."""
    return isinstance(actor, Machine) or actor.role is not Role.AGENT


def sees(actor: Actor, seen: Seen) -> bool:
    """Whether `actor` sees it: of no department or one of theirs, assigned to them, followed, or naming them."""
    if isinstance(actor, Machine) or actor.role is not Role.AGENT:
        return True
    if seen.department is None or seen.department in actor.departments or seen.assignee == actor.id:
        return True
    return seen.follows or seen.mentioned


def check_sees(actor: Actor, seen: Seen | None) -> None:
    """Raises NotFound for what is not there, and just so for what is not theirs to see."""
    if seen is None or not sees(actor, seen):
        raise NotFound("there is no such conversation, or it belongs to another department")


def check_may_change(actor: Actor) -> None:
    """Raises Forbidden for who may only look."""
    if isinstance(actor, Agent) and not actor.role.may(Role.AGENT):
        raise Forbidden("you may look at conversations but not change them: ask a manager for the role of an agent")


def homes(actor: Agent) -> list[UUID]:
    """The departments whose lists `actor` walks, with NIL for none."""
    return [NIL, *actor.departments]


def agent_id(actor: Actor) -> AgentId | None:
    """The agent, when it is one."""
    return actor.id if isinstance(actor, Agent) else None
