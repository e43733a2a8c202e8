"""Fills a database with The Reading Table: its offer, its team, its guests and their half year.

Running it again changes nothing: items, facets, slots and rules are written over themselves, guests who are there stay
as they are, keys that still work are kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from regulars import catalog, people, team
from regulars.choices.definitions import define
from regulars.decide.rules import save_rule
from regulars.decide.slots import save_slot
from regulars.demo import offering
from regulars.demo.content import load
from regulars.demo.desk_filling import fill_answers, fill_company, fill_help, fill_team, fill_threads
from regulars.demo.notes import Keys, origins
from regulars.demo.population import Person
from regulars.demo.simulator import Row, Simulation, simulate
from regulars.kit.errors import NotFound
from regulars.kit.ids import ItemId, PersonId
from regulars.people import Consent, Event, EventType, IdentifyCall, Identity, IdentityKind, Purpose, Verb
from regulars.store import Database, Db
from regulars.team import ApiKey, KeyKind, NewAgent, Role

Progress = Callable[[str, float], None]
"""Told what is being done and how much of it is, from 0 to 1."""

BY = "demo"
KEY_NAME = "The Reading Table"
WORDING = "reading-table-1"
PASSWORD = "correct-horse-battery"  # noqa: S105  of the demo, and said so where it is shown
BATCH = 20_000
VERBS: Mapping[str, Verb] = {
    "Product Viewed": Verb.VIEWED,
    "Product Added": Verb.ADDED,
    "Order Completed": Verb.BOUGHT,
    "Article Read": Verb.READ,
}
TEAM = (
    ("mia@example.com", "Mia", Role.MANAGER, "en"),
    ("ana@example.com", "Ana", Role.AGENT, "es"),
    ("bram@example.com", "Bram", Role.AGENT, "nl"),
    ("tess@example.com", "Tess", Role.AGENT, "en"),
    ("joost@example.com", "Joost", Role.AGENT, "nl"),
    ("admin@example.com", "Admin", Role.ADMIN, "en"),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What is needed to use the demo. `sign_ins`: e-mail, password, name and role of each of the team."""

    write_key: str
    server_key: str
    person_secret: str
    sign_ins: Sequence[Mapping[str, str]]
    people: int
    events: int


def quietly(_what: str, _done: float) -> None:
    """A progress nobody sees."""


def fill(
    database: Database,
    *,
    seed: int = 7,
    now: datetime,
    progress: Progress = quietly,
    keys: Keys | None = None,
    url: str = "",
) -> Filled:
    """Put the demo into `database`.

    keys  those of an earlier filling, kept while they work
    url   where it is served: browsers of no other site may use its write key; "": any may
    """
    content = load()
    progress("catalogue", 0.0)
    with database.begin() as db:
        _offer(db, now)
        made = _keys(db, keys, origins(url), now)
        secret = team.secret(db, "person_token", now=now)
        _team(db, now)
        fill_company(db, now=now)
        departments = fill_team(db, now=now)
        fill_answers(db, departments, now=now)
        fill_help(db, now=now)
    with database.begin() as db:
        there = _filled_before(db)
    if not there:
        progress("people", 0.05)
        made_up = simulate(content, seed=seed, now=now)
        with database.begin() as db:
            _guests(db, made_up, now=now, progress=progress)
            progress("desk", 0.95)
            fill_threads(db, made_up.people, departments, seed=seed, now=now)
    progress("done", 1.0)
    with database.begin() as db:
        counted = _counts(db)
    sign_ins = [{"email": e, "password": PASSWORD, "name": n, "role": str(r)} for e, n, r, _ in TEAM]
    return Filled(made.write, made.server, secret, sign_ins, *counted)


def _offer(db: Db, now: datetime) -> None:
    content = load()
    catalog.upsert(db, offering.items(content, now), now=now)
    for position, definition in enumerate(offering.facets(content)):
        define(db, definition, now=now, position=position)
    for slot in offering.slots():
        save_slot(db, slot, by=BY, now=now)
    for rule in offering.rules(now):
        save_rule(db, rule, by=BY, now=now)


def _keys(db: Db, known: Keys | None, sites: Sequence[str], now: datetime) -> Keys:
    """Keys that work: those known, where they do and are for these sites, else new ones in their place."""
    working: dict[KeyKind, tuple[ApiKey, str]] = {}
    for plain in (known.write, known.server) if known else ():
        key = team.key_of(db, plain)
        if key and (key.kind is KeyKind.SERVER or set(key.origins) == set(sites)):
            working[key.kind] = key, plain
    kept = {key.id for key, _ in working.values()}
    for key in team.keys(db):
        if key.name == KEY_NAME and key.revoked_at is None and key.id not in kept:
            team.revoke_key(db, key.id, now=now)
    for kind, bound in ((KeyKind.WRITE, sites), (KeyKind.SERVER, ())):
        if kind not in working:
            made = team.create_key(db, kind, KEY_NAME, now=now, origins=bound)
            working[kind] = made.key, made.plain
    return Keys(working[KeyKind.WRITE][1], working[KeyKind.SERVER][1])


def _team(db: Db, now: datetime) -> None:
    there = {agent.email for agent in team.agents(db)}
    for email, name, role, language in TEAM:
        if email not in there:
            team.create_agent(db, NewAgent(email, name, role, PASSWORD, language), now=now)


def _filled_before(db: Db) -> bool:
    try:
        people.find(db, Identity(IdentityKind.USER, "vera"))
    except NotFound:
        return False
    return True


def _guests(db: Db, made_up: Simulation, *, now: datetime, progress: Progress) -> None:
    """Everybody and everything they did, in one transaction: all of it or nothing."""
    sign_ups = _sign_ups(made_up)
    nodes = people.resolve(db, {_who(row) for row in made_up.rows}, now=now)
    progress("people", 0.2)
    people.identify_all(db, sign_ups, now=now)
    progress("events", 0.5)
    _record(db, made_up, nodes, now=now, progress=progress)
    progress("choices", 0.85)
    last = {row.person: _who(row) for row in made_up.rows}
    _say(db, [(p, nodes[last[p.index]]) for p in made_up.people if p.index in last], now)


def _who(row: Row) -> Identity:
    if row.user_id:
        return Identity(IdentityKind.USER, row.user_id)
    return Identity(IdentityKind.ANONYMOUS, row.anonymous_id)


def _sign_ups(made_up: Simulation) -> list[IdentifyCall]:
    """Who signed up; with the device they had been on as somebody unknown, where they had."""
    unknown = {row.anonymous_id for row in made_up.rows if row.user_id is None}
    return [
        IdentifyCall(
            row.user_id,
            row.anonymous_id if row.anonymous_id in unknown else None,
            proven=True,
            traits=row.properties,
            email=str(row.properties.get("email", "")),
        )
        for row in made_up.rows
        if row.type == "identify"
    ]


def _record(
    db: Db, made_up: Simulation, nodes: Mapping[Identity, PersonId], *, now: datetime, progress: Progress
) -> None:
    ids = catalog.ids(db).find(db, {external for row in made_up.rows for external in row.products})
    learn = [p.personalise for p in made_up.people]
    for start in range(0, len(made_up.rows), BATCH):
        batch = made_up.rows[start : start + BATCH]
        people.record(db, [_event(row, nodes, ids, learn=learn[row.person]) for row in batch], now=now)
        progress("events", 0.5 + 0.35 * min(1.0, (start + BATCH) / len(made_up.rows)))


def _event(row: Row, nodes: Mapping[Identity, PersonId], ids: Mapping[str, ItemId], *, learn: bool) -> Event:
    return Event(
        message_id=row.message_id,
        person=nodes[_who(row)],
        type=EventType.IDENTIFY if row.type == "identify" else EventType.TRACK,
        name=row.event,
        at=row.at,
        verb=VERBS.get(row.event),
        items=tuple(ids[external] for external in row.products),
        learn=learn,
        properties=msgspec.json.encode(row.properties),
        context=msgspec.json.encode(row.context),
    )


def _say(db: Db, everybody: Sequence[tuple[Person, PersonId]], now: datetime) -> None:
    """Their word on being remembered, and what they stated on their page."""
    purpose = Purpose.PERSONALISATION
    words = [(node, Consent(purpose, p.personalise, WORDING, p.language, "demo", now)) for p, node in everybody]
    people.consent_all(db, words)
    for person, node in everybody:
        for facet, value in person.states.items():
            people.state(db, node, facet, value, by="person", now=now)


def _counts(db: Db) -> tuple[int, int]:
    log = people.logs(db, marks=False)
    return len(set(log.people.tolist())), len(log.items)
