"""Why you saw it: the last decisions with their reasons, each correctable, and the receipt of every correction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromQuery

from regulars import decide, people
from regulars.choices.model import CorrectionKind, Fact, Says
from regulars.decide.model import Decision
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.i18n import N_, speaker
from regulars.kit.ids import DecisionId, EventId
from regulars.web.pages.forms import GivenForm
from regulars.web.pages.me.door import BY, GivenVisit, Look, uuid_of
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.me.sentences import seen
from regulars.web.pages.outcomes import Outcome, outcomes
from regulars.web.pages.scene import world_of

MOST_READ = 40
MOST_SHOWN = 8
MOST_RECEIPTS = 5
FLUSH_SECONDS = 0.5

KINDS = {
    CorrectionKind.NOT_FOR_ME: N_("Not for me"),
    CorrectionKind.LESS_LIKE_THIS: N_("Less like this"),
    CorrectionKind.WRONG_ABOUT_ME: N_("Wrong about me"),
    CorrectionKind.DO_NOT_LEARN: N_("Don’t learn from this"),
    CorrectionKind.MORE_LIKE_THIS: N_("More like this"),
}


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision."""

    id: str
    title: str
    at: datetime
    items: list[Outcome]
    without: "WithoutView | None" = None


@dataclass(frozen=True, slots=True)
class WithoutView:
    """What would go and come without one thing they did, as it was asked of one item."""

    item: str
    about: str
    removed: list[str]
    added: list[str]


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What one correction changed."""

    id: str
    title: str
    said: str
    removed: list[str]
    added: list[str]
    facts: list[str]
    at: datetime
    undone: bool


@get("/me/why", sync_to_thread=True)
def why_page(
    visit: GivenVisit, without: FromQuery[int] = 0, of: FromQuery[str] = "", item: FromQuery[str] = ""
) -> Response[str]:
    """The newest decision of each slot, and the last receipts.

    without, of, item   ask what the decision `of` would show without that event, at that item
    """
    visit.edge.decision_log.flush(FLUSH_SECONDS)
    with visit.edge.work() as work:
        look = visit.look(work)
        root = look.profile.person
        nodes = people.nodes(work.db, root) if root is not None else []
        events = seen(work.db, root)
        made = _newest_each(decide.recent(work.db, nodes, most=MOST_READ))
        receipts = [_receipt(c, look.labels) for c in decide.corrections(work.db, nodes, most=MOST_RECEIPTS)]
        asked = _without(look, (of, without), item) if of and 0 < without < 2**63 else None
        shown = [
            _view(d, look, outcomes(d.items, look.labels, events, look.world.rules), asked if str(d.id) == of else None)
            for d in made
        ]
        return look.page("why", {"decisions": [d for d in shown if d.items], "receipts": receipts})


@post("/me/correct", sync_to_thread=True)
def correct_outcome(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Put one outcome right."""
    kind = form.one("kind")
    if kind not in set(CorrectionKind):
        raise Invalid("there is no such correction", fields={"kind": "is unknown"})
    decision = DecisionId(uuid_of(form.one("decision")))
    with visit.edge.work() as work:
        profile = people.profile(work.db, visit.identity)
        world = world_of(visit.edge, profile.versions, work.now)
        item = world.shelf.by_external.get(form.needed("item"))
        if item is None:
            raise NotFound("this item is not in the catalogue any more")
        said = decide.Correction(decision, item, CorrectionKind(kind), form.one("facet") or None)
        decide.correct(work.db, said, profile, world, by=BY, now=work.now)
    return visit.back("why", said="corrected")


@post("/me/uncorrect", sync_to_thread=True)
def undo_correction(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Take a correction back."""
    try:
        with visit.edge.work() as work:
            profile = people.profile(work.db, visit.identity)
            decide.undo_correction(work.db, uuid_of(form.one("correction")), profile, by=BY, now=work.now)
    except Conflict:
        return visit.back("why", said="same")
    return visit.back("why", said="undone")


def _newest_each(decisions: Sequence[Decision]) -> list[Decision]:
    newest: dict[str, Decision] = {}
    for decision in decisions:
        newest.setdefault(decision.slot, decision)
    return list(newest.values())[:MOST_SHOWN]


def _without(look: Look, asked: tuple[str, int], item: str) -> WithoutView | None:
    """The counterfactual; none where the decision or the event is not (or no more) theirs."""
    work, labels = look.work, look.labels
    profile = people.profile(work.db, look.visit.identity)
    try:
        found = decide.without(
            work.db, DecisionId(uuid_of(asked[0])), EventId(asked[1]), profile=profile, world=look.world, now=work.now
        )
    except NotFound:
        return None
    about = ", ".join(labels.item(i) for i in found.about)
    return WithoutView(item, about, [labels.item(i) for i in found.removed], [labels.item(i) for i in found.added])


def _view(decision: Decision, look: Look, items: list[Outcome], without: WithoutView | None) -> DecisionView:
    title = decision.title or look.labels.slot(decision.slot)
    page = decision.context.get("item")
    if isinstance(page, str) and page:
        title = title.replace("…", look.labels.external(page))
    return DecisionView(str(decision.id), title, decision.at, items, without)


def _receipt(made: decide.Corrected, labels: Labels) -> ReceiptView:
    _ = speaker(labels.language).gettext
    return ReceiptView(
        str(made.id),
        labels.item(made.item),
        _(KINDS[made.kind]),
        [labels.item(i) for i in made.receipt.removed],
        [labels.item(i) for i in made.receipt.added],
        [fact(f, labels) for f in made.receipt.facts],
        made.at,
        made.undone_at is not None,
    )


def fact(one: Fact, labels: Labels) -> str:
    """A fact as a person says it: "hidden: Beef burger", "diet is not vegan"."""
    _ = speaker(labels.language).gettext
    said = {"facet": labels.facet(one.facet), "value": labels.values(one.facet, one.value)}
    match one.says:
        case Says.DENIED:
            return _("%(facet)s is not %(value)s") % said
        case Says.NOT_LEARNED:
            return _("what is behind it counts no more")
        case Says.MORE:
            return _("more like %(item)s") % {"item": labels.external(str(one.value))}
    return _("%(facet)s: %(value)s") % said
