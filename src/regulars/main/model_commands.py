"""Commands of the model: learn, decide."""

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from regulars import decide as deciding
from regulars import people, taste
from regulars.kit.clock import utc_now
from regulars.kit.text import pick
from regulars.main import learning
from regulars.main.amounts import Budget, Seed
from regulars.main.looking_commands import estimates
from regulars.main.looking_up import identity_of
from regulars.main.settings import read_settings
from regulars.main.sources import Engines, Source
from regulars.main.wiring import open_database

console = Console()


def learn(
    *,
    budget: Budget = 60.0,
    seed: Seed = 0,
    threads: Annotated[int, Parameter(validator=Number(gte=1, lte=256))] = 1,
    lake: Annotated[str | None, Parameter(name="--from")] = None,
    engine: Engines = Engines.LOCAL,
    master: str = "local[*]",
) -> None:
    """Learn from everything that happened, compare models on the newest data, and let the best one serve.

    Parameters
    ----------
    budget
        How long trying models may take: seconds, or 60s, 2m, 1h.
    seed
        The same data and seed give the same model.
    threads
        Processor cores to use.
    lake
        Read history from the lake at this address (see `regulars lake export`) and not from the database.
    engine
        Where pairs are counted and items solved: here, or on Spark over the lake.
    master
        Which Spark: local[2], spark://host:7077, yarn …

    Examples: `regulars learn` · `regulars learn --budget 10m --threads 4` · `regulars learn --from s3://bucket/lake
    --engine spark --master spark://host:7077`
    """
    settings = read_settings()
    source = Source(lake or (settings.lake if engine is Engines.SPARK else None), engine, master)
    with open_database(settings) as database, _bar() as bar:
        task = bar.add_task("starting", total=1.0)
        made = learning.learn(
            database, settings.var, now=utc_now(), budget_seconds=budget, seed=seed, threads=threads, source=source,
            progress=lambda what, done: bar.update(task, description=what, completed=done),
        )  # fmt: skip
    console.print(report_table(made.report))
    if made.order.orders:
        console.print(estimates(made.order))
    if made.order.decisions:
        order = f"stays: {made.order.refused}" if made.order.refused else "is adjusted by what people answered"
        console.print(f"The order {order}.", highlight=False)
    for note in made.report.notes:
        console.print(f"[yellow]![/] {note}")
    serves = f"does not serve: {made.report.refused}" if made.report.refused else "serves"
    console.print(
        f"Model {made.model} {serves}. Guesses stored for {made.guessed:,} people.  {made.path}", highlight=False
    )


def decide(
    *,
    slot: str,
    person: str | None = None,
    size: Annotated[int | None, Parameter(validator=Number(gte=1, lte=100))] = None,
    language: str = "en",
    city: str = "",
    item: str = "",
    why: bool = False,
) -> None:
    """Show what a person would be given in a slot now. Nothing is logged.

    Parameters
    ----------
    slot
        Name of the slot, e.g. home.for-you.
    person
        A user id, or anonymous:ID. Without one: somebody of whom nothing is known.
    city
        Where they are, for what is popular there.
    item
        External id of the item of the page, for slots about one.
    why
        Also show what each reason rests on, with shares.

    Example: `regulars decide --slot home.for-you --person 17850 --why`
    """
    settings = read_settings()
    now = utc_now()
    context = {"language": language, "city": city, "item": item}
    with open_database(settings) as database, database.begin() as db:
        profile = people.profile(db, identity_of(db, person) if person else None)
        world = deciding.read_world(db, now, var=settings.var)
        asked = deciding.Asked(slot, profile, context={k: v for k, v in context.items() if v}, size=size)
        decision = deciding.decide(asked, world, now=now)
    _show(decision, world)
    if why:
        _explain(decision, world, profile)


def _show(decision: deciding.Decision, world: deciding.World) -> None:
    title = f"{decision.title or decision.slot}  ({decision.mode.value}{'' if decision.personal else ', not personal'})"
    table = Table("", "item", "title", "price", "kind", "reason", "propensity", title=title, title_justify="left")
    for place, chosen in enumerate(decision.items, 1):
        item = world.shelf.items[chosen.item]
        price = "" if item.price is None else f"{item.price} {item.currency}"
        table.add_row(
            str(place), item.external_id, pick(item.title, decision.language), price,
            chosen.reason.kind.value, chosen.reason.text, f"{chosen.propensity:.3f}",
        )  # fmt: skip
    console.print(table)
    if not decision.items:
        console.print("Nothing may stand here: nothing in the catalogue fits the slot and what this person chose.")


def _explain(decision: deciding.Decision, world: deciding.World, profile: people.Profile) -> None:
    """What each reason rests on: the person's own events, facets and the shop's rules, with their shares."""
    history = profile.history
    row_of = {int(event): row for row, event in enumerate(history.events)}
    table = Table("for", "because of", "what", "when", "share", title="Why", title_justify="left")
    for chosen in decision.items:
        name = pick(world.shelf.items[chosen.item].title, decision.language)
        for part in chosen.reason.because:
            what, when = f"{part.facet} = {part.value}{' (guess)' if part.guess else ''}", ""
            if part.event is not None and (row := row_of.get(part.event)) is not None:
                about = world.shelf.items[int(history.items[row])]
                what = f"{people.Verb(int(history.verbs[row])).name.lower()} {pick(about.title, decision.language)}"
                when = f"{datetime.fromtimestamp(float(history.at[row]), UTC):%F %H:%M}"
            elif part.rule is not None:
                what = f"rule {next((r.name for r in world.rules if r.id == part.rule), part.rule)}"
            elif part.facet is None:
                what = part.text
            table.add_row(name, _source(part), what, when, f"{part.share:.0%}")
            name = ""
    console.print(table)


def _source(part: deciding.Because) -> str:
    named = {"event": part.event, "rule": part.rule, "facet": part.facet}
    return next((name for name, value in named.items() if value is not None), "page")


def report_table(report: taste.Report) -> Table:
    """What was tried and how well it did on the newest data."""
    title = f"{report.people:,} people, {report.items:,} items, {report.events:,} events, {report.seconds:.1f} s"
    table = Table("figure", "value", title=title, title_justify="left")
    for name, figure in report.figures.items():
        table.add_row(name, f"{figure:,.4f}")
    for name, size in report.parts.items():
        table.add_row(f"pairs in {name}", f"{size:,}")
    return table


def _bar() -> Progress:
    return Progress(TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn(), transient=True)
