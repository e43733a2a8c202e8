"""/desk: the list, and a conversation beside it."""

from collections.abc import Mapping, Sequence

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from regulars import desk as room
from regulars import team
from regulars.desk import FIELDS, Attachment, Author, MessageId, Priority, Status
from regulars.kit.clock import utc_now
from regulars.kit.ids import new_id
from regulars.kit.text import pick
from regulars.team import Agent, DepartmentId, Presence, Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import AnyRequest
from regulars.web.pages.inbox.customer import panel
from regulars.web.pages.inbox.here import here
from regulars.web.pages.inbox.own_fields import own_fields
from regulars.web.pages.inbox.shell import CHANNELS, PRIORITIES, STATUSES, Shell, shell
from regulars.web.pages.inbox.talk import DELIVERY, talk
from regulars.web.pages.inbox.viewing import viewing
from regulars.web.pages.inbox.ways import ways
from regulars.web.pages.inbox.where import where_of

EMOJI = tuple("😀😊😉😍🤗🤔😅😢😮👍👎🙏👏💪🎉✨🔥✅❌📦🚚🕐📞📧💳🥪🥗☕🍰🌱")
POLICY = {"frame-src": "'self'"}


@get("/desk", sync_to_thread=True)
def inbox_page(desk: GivenDesk, request: AnyRequest) -> Response[str]:
    """A list, or what was searched; nothing chosen yet."""
    with desk.work() as work:
        around = shell(desk, work, where_of(request))
    return shown(desk, around, {"talk": None, **_undoable(request)})


@get("/desk/c/{number:int}", sync_to_thread=True)
def conversation_page(
    desk: GivenDesk, request: AnyRequest, number: FromPath[int], earlier: FromQuery[int | None] = None
) -> Response[str]:
    """A conversation; everything in it is seen from now on."""
    with desk.work() as work:
        values = conversation(desk, work, request, (number, earlier))
    return shown(desk, values.pop("around"), values)  # type: ignore[arg-type]  # what `conversation` puts there


def conversation(
    desk: Desk, work: Work, request: AnyRequest, which: tuple[int, int | None], more: Mapping[str, object] | None = None
) -> dict[str, object]:
    """What the page of a conversation shows. `which`: (number, messages before)."""
    where, (number, earlier) = where_of(request), which
    there = room.by_number(work.db, number, by=desk.agent)
    found = room.thread(work.db, there, by=desk.agent, before=MessageId(earlier) if earlier else None, most=100)
    newest = max((m.id for m in found.messages), default=None)
    if newest is not None and earlier is None:
        room.mark_seen(work.db, found.id, newest, by=desk.agent, now=work.now)
    around = shell(desk, work, where, here=found.id)
    draft, beside = room.draft(work.db, found.id, by=desk.agent), panel(desk, work, found.row.person)
    return {
        "around": around,
        "talk": talk(found, around, desk.agent, work.now),
        "draft": draft,
        "panel": beside,
        "here": here(work, found, beside.story if beside else None),
        "lookers": [x for x in room.looking(work.db, found.id, now=work.now) if x.agent != desk.agent.id],
        "earlier": min((m.id for m in found.messages), default=None) if len(found.messages) == 100 else None,
        "signature": signature(work, desk.agent, found.row.department, found.row.language),
        "channels": ways(found, beside),
        "channel": ways(found, beside)[0],
        "warning": None,
        "joining": None,
        "own_fields": own_fields(work, found.fields, desk.agent.language),
        "nonce": str(new_id()),
        "kept": kept_files(found, desk.agent) if earlier is None else (),
        "typed": draft.text if draft else "",
        **_undoable(request),
        **(more or {}),
    }  # fmt: skip


def shown(desk: Desk, around: Shell, values: Mapping[str, object], *, status: int = 200) -> Response[str]:
    """The page around `values`."""
    frame = {
        "desk": desk, "around": around, "where": around.where, "Role": Role, "statuses": STATUSES,
        "priorities": PRIORITIES, "channel_names": CHANNELS, "presences": list(Presence), "emoji": EMOJI,
        "Status": Status, "Priority": Priority, "may": desk.may(Role.AGENT), "undo": None, "undone": 0,
        "view_fields": FIELDS.fields, "viewing": viewing(around, desk.agent), "now": utc_now(),
        "deliveries": DELIVERY,
    }  # fmt: skip
    return render.page("inbox/desk.html", desk.agent.language, frame | dict(values), status=status, policy=POLICY)


def kept_files(found: room.Conversation, me: Agent) -> Sequence[Attachment]:
    """The files of what `me` took back last, until they answer again."""
    own = [m for m in found.messages if m.author is Author.AGENT and m.agent == me.id]
    return own[-1].attachments if own and own[-1].withdrawn else ()


def signature(work: Work, agent: Agent, department: DepartmentId | None, language: str) -> str:
    """What stands under an answer: the agent's own, and the department's, in the customer's language."""
    held = team.department(work.db, department).signature if department else {}
    return "\n".join(text for text in (pick(agent.signature, language), pick(held, language)) if text)


def _undoable(request: AnyRequest) -> dict[str, object]:
    """The mass change that was just made, as the address says."""
    mass, count = request.query_params.get("undo", ""), request.query_params.get("n", "0")
    fine = len(mass) == 36 and count.isdecimal() and len(count) < 6
    return {"undo": mass, "undone": int(count)} if fine else {"undo": None, "undone": 0}
