"""Saved views: own ones, and those a manager gives to everybody."""

from dataclasses import dataclass
from datetime import datetime

from regulars.desk.filters import FIELDS
from regulars.desk.model import ViewId
from regulars.desk.sight import check_may_change
from regulars.desk.store import views as table
from regulars.kit.conditions import Condition, dump, parse
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team import Agent, AgentId, Role


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list by condition. `owner` None: everybody's."""

    id: ViewId
    owner: AgentId | None
    name: str
    condition: Condition
    position: int = 0


def saved_views(db: Db, *, agent: Agent) -> list[SavedView]:
    """Everybody's views, then the agent's own."""
    return [_view(found) for found in table.of(db, agent.id)]


def save_view(
    db: Db, name: str, condition: Json, *, shared: bool = False, id: ViewId | None = None, by: Agent, now: datetime
) -> SavedView:
    """Keep a view, or change the one with that id. Raises Invalid with the field, NotFound; Forbidden for agents who
    would change what is everybody's."""
    check_may_change(by)
    before = None if id is None else _own(db, id, by)
    if shared and not by.role.may(Role.MANAGER):
        raise Forbidden("a view for everybody is made by a manager: keep it as your own, or ask one")
    if not 1 <= len(name.strip()) <= 80:
        raise Invalid("a view needs a name of 1 to 80 characters", fields={"name": "1 to 80 characters"})
    tree = parse(condition, FIELDS, path="condition")
    position = before.position if before else 0
    view = SavedView(id or ViewId(new_id()), None if shared else by.id, clean(name.strip()), tree, position)
    table.save(db, table.Saved(view.id, view.owner, view.name, dump(tree), position), now)
    return view


def remove_view(db: Db, id: ViewId, *, by: Agent) -> None:
    """Forget a view. Raises NotFound, Forbidden."""
    check_may_change(by)
    _own(db, id, by)
    table.remove(db, id)


def _own(db: Db, id: ViewId, by: Agent) -> table.Saved:
    """A view that `by` may change."""
    found = table.get(db, id, by.id)
    if found is None:
        raise NotFound("there is no such view")
    if found.owner is None and not by.role.may(Role.MANAGER):
        raise Forbidden("this view is everybody's: a manager changes it")
    return found


def _view(found: table.Saved) -> SavedView:
    return SavedView(found.id, found.owner, found.name, parse(found.condition, FIELDS), found.position)
