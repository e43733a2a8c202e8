"""`regulars person`: everything known, chosen and guessed about somebody."""

import msgspec
from rich.console import Console
from rich.table import Table

from regulars import decide, people
from regulars.kit.clock import utc_now
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.main.looking_up import identity_of
from regulars.main.settings import read_settings
from regulars.main.wiring import open_database
from regulars.store import Db

console = Console()
MOST_EVENTS = 15


def person(id: str) -> None:
    """Show everything about a person: who, what they chose, what we guess, consents, what they did last.

    Parameters
    ----------
    id
        A user id, or anonymous:ID.

    Example: `regulars person 17850`
    """
    settings = read_settings()
    now = utc_now()
    with open_database(settings) as database, database.begin() as db:
        profile = people.profile(db, identity_of(db, id))
        world = decide.read_world(db, now, var=settings.var)
        root = profile.person
        assert root is not None  # identity_of found them
        profile = decide.with_guesses(profile, world, now=now, context=people.newest_context(db, root))
        console.print(_who(profile))
        console.print(_facets(profile))
        console.print(_consents(db, root))
        console.print(_events(db, root, world))


def _who(profile: people.Profile) -> Table:
    table = Table("known as", "", title=f"Person {profile.person}", title_justify="left")
    for one in profile.identities:
        table.add_row(one.kind.value, one.value)
    for name, value in profile.traits.items():
        table.add_row(f"trait {name}", _text(value))
    table.add_row("interactions", f"{len(profile.history.items)} (the newest 200 at most)")
    return table


def _facets(profile: people.Profile) -> Table:
    table = Table("facet", "where", "chosen (fact)", "guessed", "how sure", "said wrong", title_justify="left")
    table.title = "Chosen and guessed"
    for (name, scope), facet in sorted(profile.facets.items()):
        sure = f"{facet.confidence:.0%}{'' if facet.used else ', not used'}" if facet.inferred is not None else ""
        guessed = "" if facet.inferred is None else _text(facet.inferred)
        chosen = "" if facet.stated is None else f"[bold]{_text(facet.stated)}[/]"
        table.add_row(name, scope, chosen, guessed, sure, ", ".join(_text(v) for v in facet.denied))
    return table


def _consents(db: Db, root: PersonId) -> Table:
    table = Table("purpose", "said", "on which words", "where", "when", title="Consents", title_justify="left")
    for line in people.consents(db, root):
        said = "[green]yes[/]" if line.granted else "[red]no[/]"
        words = f"{line.wording} ({line.language})"
        table.add_row(line.purpose.value, said, words, line.source, f"{line.at:%F %H:%M}")
    return table


def _events(db: Db, root: PersonId, world: decide.World) -> Table:
    table = Table("when", "what", "items", "learned from", title=f"Newest {MOST_EVENTS} events", title_justify="left")
    for event in people.events(db, root, most=MOST_EVENTS):
        items = ", ".join(world.shelf.items[i].external_id for i in event.items if i in world.shelf.items)
        table.add_row(
            f"{event.at:%F %H:%M}", event.name or event.type.name.lower(), items, "yes" if event.learn else "no"
        )
    return table


def _text(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
