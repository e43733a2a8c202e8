"""Own views: lists by what is asked of conversations, made, changed and forgotten beside the list itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from regulars import desk as room
from regulars import team
from regulars.desk import FIELDS, Priority, SavedView, ViewId
from regulars.desk.filters import ME
from regulars.kit.conditions import And, Kind, Operator, Test, dump
from regulars.kit.errors import Invalid
from regulars.kit.i18n import speaker
from regulars.kit.json import Json
from regulars.kit.text import fold
from regulars.store import Db
from regulars.team import Agent, Role
from regulars.web.pages import render
from regulars.web.pages.desk import GivenDesk
from regulars.web.pages.forms import Form, GivenForm
from regulars.web.pages.inbox.shell import CHANNELS, PRIORITIES, STATUSES, Shell

ROWS = 3
EMPTY = ("", "is", "")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True, slots=True)
class Viewing:
    """What the forms of views show.

    mine    the view that is looked at, when it may be changed by who looks; None otherwise
    rows    what it asks: (field, operator, value), with empty rows to add
    simple  whether rows can say what it asks; else only its name can be changed
    known   what can be meant by a value, for suggestions
    """

    mine: SavedView | None
    rows: Sequence[tuple[str, str, str]]
    simple: bool
    known: Sequence[str]


@post("/desk/views", sync_to_thread=True)
def save_view(desk: GivenDesk, form: GivenForm) -> Response[None]:
    """Keep a list by what is asked of it."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        asked, shared = _condition(work.db, form, desk.agent), form.one("shared") == "yes"
        view = room.save_view(work.db, form.one("name"), asked, shared=shared, by=desk.agent, now=work.now)
    return render.go(f"/desk?view=saved&saved={view.id}")


@post("/desk/views/{view:uuid}", sync_to_thread=True)
def change_view(desk: GivenDesk, form: GivenForm, view: FromPath[UUID]) -> Response[None]:
    """Call a list something else, or ask something else of it."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        held = next((v for v in room.saved_views(work.db, agent=desk.agent) if v.id == view), None)
        kept = dump(held.condition) if held and not form.all("ask.field") else None  # what no form can say
        asked = kept or _condition(work.db, form, desk.agent)
        how = {"shared": form.one("shared") == "yes", "id": ViewId(view), "by": desk.agent, "now": work.now}
        room.save_view(work.db, form.one("name"), asked, **how)  # type: ignore[arg-type]  # by name
    return render.go(f"/desk?view=saved&saved={view}")


@post("/desk/views/{view:uuid}/delete", sync_to_thread=True)
def remove_view(desk: GivenDesk, form: GivenForm, view: FromPath[UUID]) -> Response[None]:
    """Forget a list; its conversations stay."""
    desk.check(form, Role.AGENT)
    with desk.work() as work:
        room.remove_view(work.db, ViewId(view), by=desk.agent)
    return render.go("/desk")


def viewing(around: Shell, me: Agent) -> Viewing:
    """The forms of views, as they stand on a page of `me`."""
    here = next((v for v in around.views if v.id == around.where.view.saved and not around.where.words), None)
    mine = here if here and (here.owner == me.id or (here.owner is None and me.role.may(Role.MANAGER))) else None
    parts = _parts(mine)
    rows = [_row(part, around, me.language) for part in parts or ()]
    _ = speaker(me.language).gettext
    closed = [_(label) for label in (*STATUSES.values(), *PRIORITIES.values(), *(c[1] for c in CHANNELS.values()))]
    known = [*dict.fromkeys(closed), *(d.name for d in around.named.values()), *(a.name for a in around.colleagues)]
    return Viewing(mine, [*rows, *[EMPTY] * max(1, ROWS - len(rows))], mine is None or parts is not None, known)


def _parts(view: SavedView | None) -> list[Test] | None:
    """What a view asks, when that is a plain row of questions."""
    if view is None or not isinstance(view.condition, And):
        return None
    tests = [part for part in view.condition.parts if isinstance(part, Test)]
    offered = {Operator.IS, Operator.IS_NOT, Operator.CONTAINS, Operator.AT_LEAST, Operator.AT_MOST}
    fine = len(tests) == len(view.condition.parts) and all(t.operator in offered for t in tests)
    return tests if fine and not any(isinstance(t.value, list | tuple | None) for t in tests) else None


def _row(test: Test, around: Shell, language: str) -> tuple[str, str, str]:
    value = test.value
    if isinstance(value, bool):
        shown = "yes" if value else "no"
    elif isinstance(value, float):
        shown = f"{value:g}"
    else:
        labels = _labels(test.field, language)
        shown = labels.get(str(value)) or _name_of(test.field, str(value), around)
    return test.field, test.operator.value, shown


def _name_of(field: str, value: str, around: Shell) -> str:
    named: Mapping[str, Mapping[UUID, object]] = {"department": around.named, "assignee": around.agents}  # type: ignore[dict-item]  # ids are UUIDs
    found = next((one for id, one in named.get(field, {}).items() if str(id) == value), None)
    return str(getattr(found, "name", value))


def _condition(db: Db, form: Form, me: Agent) -> Json:
    """Everything asked has to hold. Raises Invalid for what could never be found, naming what could."""
    fields, operators, values = form.all("ask.field"), form.all("ask.operator"), form.all("ask.value")
    tests: list[Json] = []
    for field, operator, value in zip(fields, operators, values, strict=False):
        if field and value.strip():
            closed = field in ("department", "assignee") or bool(_labels(field, me.language))
            how = "is" if closed and operator == "contains" else operator
            tests.append({"field": field, "operator": how, "value": _meant(db, field, value.strip(), me)})
    if not tests:
        raise Invalid("a view needs something to ask for", fields={"condition": "is empty"})
    return {"and": tests}


def _meant(db: Db, field: str, value: str, me: Agent) -> Json:
    """What somebody means who writes `value`: an id for a name, a word of ours for its translation."""
    if labels := _labels(field, me.language):
        return _one(field, value, [(id, (id, id.replace("_", " "), label)) for id, label in labels.items()])
    if field == "department":
        return _one(field, value, [(str(d.id), (str(d.id), d.name)) for d in team.departments(db)])
    if field == "assignee":
        _ = speaker(me.language).gettext
        agents = [(str(a.id), (str(a.id), a.name, a.email)) for a in team.agents(db) if not a.disabled_at]
        return _one(field, value, [(ME, (ME, _("me"))), *agents])
    typed = _TYPED.get(FIELDS.fields[field].kind) if field in FIELDS.fields else None
    return typed(value) if typed else value


def _labels(field: str, language: str) -> dict[str, str]:
    """The few values a field can have, in words; empty for a field that is free."""
    known: Mapping[str, Mapping[str, str]] = {
        "status": STATUSES, "priority": {p.name.lower(): PRIORITIES[p.name.lower()] for p in Priority},
        "channel": {name: label for name, (_, label) in CHANNELS.items()},
    }  # fmt: skip
    _ = speaker(language).gettext
    return {id: _(label) for id, label in known.get(field, {}).items()}


def _one(field: str, value: str, known: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The id that `value` names, whole or (for one alone) by a word of its name."""
    wanted = fold(value)
    whole = [id for id, names in known if wanted in map(fold, names)]
    found = whole or [id for id, names in known if set(wanted.split()) <= set(fold(names[1]).split())]
    if len(set(found)) == 1:
        return found[0]
    label = FIELDS.fields[field].label["en"]
    words = f"{label}: {value[:50]!r} is {'more than one' if found else 'none'} of them"
    raise Invalid(f"{words}; there are {', '.join(names[1] for _, names in known)}", fields={"condition": words})


def _number(value: str) -> Json:
    try:
        return float(value.replace(",", "."))
    except ValueError as e:
        raise Invalid(f"{value[:50]!r} is no number", fields={"condition": "is no number"}) from e


def _flag(value: str) -> Json:
    said = value.lower()
    if said not in (*_YES, *_NO):
        raise Invalid(f"{value[:50]!r} is neither yes nor no", fields={"condition": "yes or no"})
    return said in _YES


def _moment(value: str) -> Json:
    return f"{value}T00:00:00+00:00" if len(value) == 10 else value  # a day; what is none is refused where it is read


_TYPED: Mapping[Kind, Callable[[str], Json]] = {Kind.NUMBER: _number, Kind.FLAG: _flag, Kind.MOMENT: _moment}
