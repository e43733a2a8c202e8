"""`regulars model`: what the model ties together, what people are shown, and what answers say of the order."""

from cyclopts import App
from rich.console import Console
from rich.table import Table

from regulars import catalog, taste
from regulars import decide as deciding
from regulars.decide import rerankers
from regulars.decide.outcomes import outcomes
from regulars.kit.clock import utc_now
from regulars.kit.errors import NotFound
from regulars.kit.text import pick
from regulars.main.settings import read_settings
from regulars.main.wiring import open_database

console = Console()
model_app = App(name="model", help="Look into the model: items, exposure, and what logged decisions say.")


@model_app.command
def item(name: str, *, most: int = 10, language: str = "en") -> None:
    """Show what goes with an item: what people see because of it, and what makes people see it.

    Parameters
    ----------
    name
        Its id, or words of its title.
    most
        How many ties each way.

    Example: `regulars model item falafel-wrap`
    """
    settings = read_settings()
    with open_database(settings) as database, database.begin() as db:
        world = deciding.read_world(db, utc_now(), var=settings.var)
        known = world.shelf.by_external.get(name)
        found = known if known is not None else next((i.id for i in catalog.search(db, name, most=1)), None)
    if found is None:
        raise NotFound(f"there is no item {name!r}")
    if world.model is None:
        raise NotFound("no model serves yet: run `regulars learn`")
    title = pick(world.shelf.items[found].title, language) or name
    ties = (("is shown for it", taste.leads_to), ("it is shown for", taste.comes_from))
    for heading, look in ties:
        table = Table(heading, "weight", "parts", title=title, title_justify="left")
        for tie in look(world.model, found, world.shelf.offerable, most):
            parts = ", ".join(f"{part} {weight / tie.weight:.0%}" for part, weight in tie.parts.items())
            other = world.shelf.items[tie.item]
            table.add_row(pick(other.title, language) or other.external_id, f"{tie.weight:.4f}", parts)
        console.print(table)


@model_app.command
def shown() -> None:
    """Show what the decisions of the last days showed: coverage, concentration, new items, fairness of exposure.

    Example: `regulars model shown`
    """
    settings = read_settings()
    now = utc_now()
    with open_database(settings) as database, database.begin() as db:
        world = deciding.read_world(db, now, var=settings.var)
        found = deciding.exposure(db, world, now=now)
    console.print(
        f"{found.decisions:,} decisions, {found.places:,} places; coverage {found.coverage:.1%} of {found.offered:,} "
        f"items, Gini {found.gini:.2f}, new items {found.new_shown:.1%} of what is shown and {found.new_offered:.1%} "
        "of what is offered"
    )
    table = Table("characteristic", "value", "offered", "done", "shown", "shown / done")
    for name, groups in deciding.by_characteristic(found.groups).items():
        for group in groups:
            done = "–" if group.done is None else f"{group.done:.1%}"
            ratio = "–" if group.ratio is None else f"{group.ratio:.2f}"
            table.add_row(name, group.value, f"{group.offered:.1%}", done, f"{group.shown:.1%}", ratio)
            name = ""  # noqa: PLW2901  said once
    console.print(table)


@model_app.command
def logged(*, seed: int = 0, threads: int = 1) -> None:
    """Learn an order from the logged decisions and judge it by the newest of them, without letting it serve.

    Parameters
    ----------
    seed
        The same decisions and seed give the same figures.
    threads
        Processor cores to use.

    Example: `regulars model logged`
    """
    settings = read_settings()
    now = utc_now()
    with open_database(settings) as database, database.begin() as db:
        world = deciding.read_world(db, now, var=settings.var)
        found = outcomes(db, since=now - rerankers.LOOKS_BACK)
        judged = rerankers.judge(
            found, rerankers.setting_of(world), seed=seed, threads=threads, row=rerankers.serving_row(db)
        )  # fmt: skip
    console.print(estimates(judged))
    console.print(f"The learned order would not serve: {judged.refused}." if judged.refused else "It would serve.")


def estimates(judged: deciding.Judged) -> Table:
    """Answers a decision of each order, with intervals and what the sample is worth."""
    title = f"Answers a decision; {judged.decisions:,} decisions seen, {judged.answers:,} places answered"
    table = Table("order", "estimate", "value", "95 % interval", "effective sample", title=title, title_justify="left")
    rows = [("as logged", "mean", judged.logged)]
    for name, replayed in judged.orders.items():
        rows += [(name, "SNIPS", replayed.snips), (name, "doubly robust", replayed.robust)]
    if judged.gain is not None:
        rows.append(("learned over what serves", "doubly robust", judged.gain))
    for order, what, one in rows:
        table.add_row(
            order, what, f"{one.value:.4f}", f"{one.low:.4f} … {one.high:.4f}", f"{one.effective:,.0f} of {one.n:,}"
        )
    return table
