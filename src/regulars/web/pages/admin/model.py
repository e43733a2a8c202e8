"""The model: which one serves, what it ties together, what it shows, how it was chosen, what answers say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from litestar import Response, get
from litestar.params import FromQuery

from regulars import catalog, decide, people, taste
from regulars.decide import Exposure, World
from regulars.kit.i18n import N_
from regulars.kit.ids import ItemId
from regulars.kit.json import Json
from regulars.web.pages.desk import GivenDesk
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.scene import labels_in, world_of

MOST_FOUND, MOST_TRIED, NEAREST = 6, 12, 8
ORDERS = {"logged": N_("As it was shown"), "model": N_("The plain order"), "learned": N_("The learned order"),
          "serving": N_("The order that serves")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """One recipe or blend of the bake-off."""

    place: str
    what: str
    score: float


@dataclass(frozen=True, slots=True)
class Line:
    """One estimate of the chart of orders; the positions are in percent of the chart's width."""

    label: str
    value: float
    low: float | None
    high: float | None
    effective: float
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class About:
    """One item with its ties both ways: titles, weights over the greatest, and the part that gives most."""

    title: str
    people: int
    leads: list[tuple[str, float, str]]
    comes: list[tuple[str, float, str]]


@get("/admin/model", sync_to_thread=True)
def model_page(desk: GivenDesk, q: FromQuery[str] = "") -> Response[str]:
    """Every model there was, the one that serves first; `q` looks an item up."""
    with desk.work() as work:
        found = decide.models(work.db)
        world = world_of(desk.edge, people.profile(work.db, None).versions, work.now)
        exposure = decide.exposure(work.db, world, now=work.now)
        judged = decide.last_judged(work.db)
        query = q.strip()[:100]
        items = catalog.search(work.db, query, most=MOST_FOUND) if query else []
    labels = labels_in(world, desk.agent.language)
    serving = next((m for m in found if m.serving_since and not m.refused), None)
    report = serving.report if serving and isinstance(serving.report, Mapping) else {}
    values = {
        "models": found,
        "serving": serving,
        "query": query,
        "found": [about(world, item.id, labels) for item in items],
        "exposure": exposure,
        "shown": [(labels.item(ItemId(i)), share) for i, share in exposure.most],
        "groups": _groups(exposure, labels),
        "drivers": [(labels.item(ItemId(d.item)), d.share) for d in exposure.drivers],
        "pairs": [(labels.item(ItemId(d.item)), labels.item(ItemId(d.led or 0)), d.share) for d in exposure.pairs],
        "order": judged,
        "lines": lines(judged[2]) if judged else [],
        "labels_of_orders": ORDERS,
        "named": FEATURES,
        **_report(report),
    }
    return desk.page("admin/model.html", values)


FEATURES = {"score": N_("Score of the model"), "together": N_("Together"), "next": N_("What comes next"),
            "popularity": N_("Popularity"), "trend": N_("Trend"), "age": N_("Age"), "price": N_("Price fit"),
            "category": N_("Category fit"), "known": N_("Known already"), "content": N_("Words")}  # fmt: skip


def about(world: World, item: ItemId, labels: Labels) -> About:
    """The strongest ties of an item among what is offered."""
    model, title = world.model, labels.item(item)
    if model is None:
        return About(title, 0, [], [])
    allowed = world.shelf.offerable
    leads = taste.leads_to(model, item, allowed, NEAREST)
    comes = taste.comes_from(model, item, allowed, NEAREST)
    many = int(model.counts[item]) if item < len(model.counts) else 0
    return About(title, many, _tied(leads, labels), _tied(comes, labels))


def _tied(ties: Sequence[taste.Tie], labels: Labels) -> list[tuple[str, float, str]]:
    most = max((t.weight for t in ties), default=1.0)
    return [
        (labels.item(ItemId(t.item)), t.weight / most, max(t.parts, key=lambda name: t.parts[name])) for t in ties
    ]  # fmt: skip


def _groups(exposure: Exposure, labels: Labels) -> list[tuple[str, list[tuple[str, decide.Group]]]]:
    found = decide.by_characteristic(exposure.groups)
    return [(labels.facet(name), [(labels.value(name, g.value), g) for g in those]) for name, those in found.items()]


def lines(report: Mapping[str, Json]) -> list[Line]:
    """The estimates of a report on one scale, for the chart: doubly robust where there is one."""
    orders = report.get("orders")
    estimates = {"logged": report.get("logged")}
    if isinstance(orders, Mapping):
        estimates |= {name: one.get("robust") for name, one in orders.items() if isinstance(one, Mapping)}
    known = {name: one for name, one in estimates.items() if isinstance(one, Mapping)}
    top = max((_number(one, "high") or _number(one, "value") or 0 for one in known.values()), default=0) or 1.0
    return [_line(name, one, top) for name, one in known.items()]


def _line(name: str, one: Mapping[str, Json], top: float) -> Line:
    value, low, high = _number(one, "value") or 0.0, _number(one, "low"), _number(one, "high")
    ends = [100 * min(max(x if x is not None else value, 0.0) / top, 1.0) for x in (value, low, high)]
    return Line(ORDERS.get(name, name), value, low, high, _number(one, "effective") or 0.0, *ends)


def _number(one: Mapping[str, Json], name: str) -> float | None:
    value = one.get(name)
    return float(value) if isinstance(value, int | float) else None


def _report(report: Mapping[str, Json]) -> dict[str, object]:
    """The report as figures, lists, and the bake-off: the best first."""
    figures = [(n, _figure(n, v)) for n, v in report.items() if not isinstance(v, Mapping | list | tuple)]
    parts = [(n, list(flat(v))) for n, v in report.items() if isinstance(v, Mapping | list | tuple) and n != "tried"]
    tried = list(_tried(report.get("tried")))
    best = _best(tried)[:MOST_TRIED]
    top = max((t.score for t in tried), default=1.0) or 1.0
    return {"report": figures, "parts": [p for p in parts if p[1]], "tried": tried, "best": best, "top": top}


def _best(tried: Sequence[Tried]) -> list[Tried]:
    """The best of each kind of place, then the best recipe of each family, the better ones first."""
    found: dict[tuple[str, str], Tried] = {}
    for one in tried:
        family = one.place, "" if one.place else one.what.split("(", maxsplit=1)[0].split(":", maxsplit=1)[0].strip()
        if family not in found or one.score > found[family].score:
            found[family] = one
    return sorted(found.values(), key=lambda t: (not t.place, -t.score))


def _tried(said: Json) -> Iterator[Tried]:
    for one in said if isinstance(said, list | tuple) else ():
        if isinstance(one, Mapping) and isinstance(one.get("score"), int | float):
            yield Tried(str(one.get("place", "")), str(one.get("what", "")), float(one["score"]))


def _figure(name: str, value: Json) -> object:
    """`until` is an instant in seconds; the rest stands for itself."""
    return datetime.fromtimestamp(value, UTC) if name == "until" and isinstance(value, int | float) else value


def flat(report: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """The leaves of a report with their paths, for a table."""
    if isinstance(report, Mapping):
        for name, value in report.items():
            yield from flat(value, f"{path} · {name}" if path else name)
    elif isinstance(report, list | tuple) and any(isinstance(v, Mapping | list | tuple) for v in report):
        for i, value in enumerate(report):
            yield from flat(value, f"{path} · {i + 1}")
    elif isinstance(report, list | tuple):
        yield path, ", ".join(str(v) for v in report)
    else:
        yield path, report
