"""The inbox at a million conversations: pages and searches against the bare SQL behind them, `receive` against inserts.

    python bench/inbox.py [--conversations 1000000] [--each 5] [--rounds 60] [--var /tmp/regulars-bench] [--keep]

Makes a scratch database in the bundled PostgreSQL (or where REGULARS_DATABASE_URL points), fills it by COPY, measures,
drops it (or keeps it for the next run). The bare side runs the very statements the verb ran, prepared, through the
driver alone, rows left as tuples: what is between the two is ours (checking, building, reading into values). Each call
is made twice: the first, on pages nobody read before, gives p95; the second and the bare one after it the ratio. Words
are drawn as in real text (Zipf).
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from sqlalchemy import event

from regulars import desk, team
from regulars.desk import Arrival, Channel, Cursor, Sender, Thread, View, ViewKind
from regulars.desk.filters import folded
from regulars.desk.store.shape import as_json
from regulars.store import Database, Db, bundled_url, driver, migrate
from regulars.team import Agent, NewAgent, Role

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = "regulars_bench_inbox"
VOCABULARY, TEXTS, DEPARTMENTS, AGENTS = 60_000, 50_000, 8, 40
LISTS = (
    ViewKind.MINE,
    ViewKind.UNASSIGNED,
    ViewKind.DEPARTMENT,
    ViewKind.ALL,
    ViewKind.WAITING,
    ViewKind.BREACHING,
    ViewKind.SPAM,
)
STATUSES = ("solved", "closed", "open", "pending", "new", "on_hold", "spam")
SHARES = (0.62, 0.28, 0.03, 0.03, 0.015, 0.005, 0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--var", type=Path, default=Path("/tmp/regulars-bench"))
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    server = os.environ.get("REGULARS_DATABASE_URL") or bundled_url(asked.var)
    with psycopg.connect(server, autocommit=True) as admin:
        kept = asked.keep and admin.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone()
        if not kept:
            admin.execute(f"drop database if exists {NAME} with (force)")
            admin.execute(f"create database {NAME}")
        head, _, query = server.partition("?")
        database = Database(f"{head.rsplit('/', 1)[0]}/{NAME}?{query}")
        try:
            migrate(database)
            world = known(database, asked.conversations) if kept else fill(database, asked.conversations, asked.each)
            print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            pages(database, world, asked.rounds)
            searches(database, world, asked.rounds)
            arrivals(database)
        finally:
            database.close()
            if not asked.keep:
                admin.execute(f"drop database if exists {NAME} with (force)")


@dataclass
class World:
    """What was filled in."""

    agents: list[Agent]
    departments: list[UUID]
    words: list[str]
    conversations: int
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(11))


def fill(database: Database, conversations: int, each: int) -> World:
    """COPY without indexes, then the indexes, then statistics."""
    rng = np.random.default_rng(7)
    began = time.perf_counter()
    with database.begin() as db:
        world = house(db, conversations)
    with psycopg.connect(database.url, autocommit=True) as pg:
        tables = ["conversations", "conversation_messages", "conversation_people"]
        dropped = drop_indexes(pg, tables)
        pg.execute("set session_replication_role = replica")  # the rows are right: no need to look up each reference
        pool = texts(pg, world, rng)
        copy_conversations(pg, world, rng)
        copy_messages(pg, pool, conversations, each)
        spent = time.perf_counter() - began
        print(f"filled {conversations:,} conversations, {conversations * each:,} messages in {spent:.0f} s")
        began = time.perf_counter()
        pg.execute("set maintenance_work_mem = '1GB'")
        for definition in dropped:
            pg.execute(definition.encode())
        pg.execute("vacuum analyze")
        size = pg.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchone()
        print(f"indexes and statistics in {time.perf_counter() - began:.0f} s; {size[0] if size else ''}")
    return world


def house(db: Db, conversations: int) -> World:
    """Departments and agents: the first is a manager, the others see two departments."""
    departments = [
        team.save_department(db, team.new_department(f"Department {n}"), now=NOW).id for n in range(DEPARTMENTS)
    ]
    for n in range(AGENTS):
        role = Role.AGENT if n else Role.MANAGER
        agent = team.create_agent(db, NewAgent(f"a{n}@example.com", f"Agent {n}", role, "correct-horse"), now=NOW)
        team.set_departments(db, agent.id, [departments[n % DEPARTMENTS], departments[(n + 1) % DEPARTMENTS]])
    return the_house(db, conversations)


def known(database: Database, conversations: int) -> World:
    """What an earlier run filled in."""
    with database.begin() as db:
        return the_house(db, conversations)


def the_house(db: Db, conversations: int) -> World:
    """Who works here."""
    by_name = sorted(team.agents(db), key=lambda a: int(a.name.split()[1]))
    departments = [d.id for d in sorted(team.departments(db), key=lambda d: d.name)]
    return World(by_name, list(departments), [f"word{n:05d}" for n in range(VOCABULARY)], conversations)


def texts(pg: psycopg.Connection[tuple[object, ...]], world: World, rng: np.random.Generator) -> list[tuple[str, str]]:
    """A pool of texts of 10 to 40 words, the n-th word as frequent as 1/n, each with what it is searched by."""
    weights = 1 / np.arange(1, VOCABULARY + 1)
    drawn = rng.choice(VOCABULARY, size=TEXTS * 25, p=weights / weights.sum()).reshape(TEXTS, 25)
    said = [" ".join(world.words[w] for w in row[: 10 + n % 16]) for n, row in enumerate(drawn)]
    rows = pg.execute("select t, to_tsvector('simple', t)::text from unnest(%s::text[]) t", [said])
    return [(str(t), str(v)) for t, v in rows]


def copy_conversations(pg: psycopg.Connection[tuple[object, ...]], world: World, rng: np.random.Generator) -> None:
    n = world.conversations
    status = rng.choice(len(STATUSES), size=n, p=SHARES)
    home, agent = rng.integers(0, DEPARTMENTS + 1, n), rng.integers(-10, AGENTS, n)
    ages = np.sort(rng.integers(60, 3 * 365 * 86400, n))[::-1]
    columns = """id, root_id, subject, channel, last_channel, status, name, address, department_id, assignee_id, tags,
        created_at, updated_at, last_at, last_message_id, last_customer_message_id, messages, preview, waiting_since,
        due_at, folded, search"""
    with pg.cursor() as cursor, cursor.copy(f"copy conversations ({columns}) from stdin") as copy:
        for i in range(n):
            at, name = NOW - timedelta(seconds=int(ages[i])), f"person{i % 200_000}"
            active = STATUSES[status[i]] in ("new", "open")
            where = None if home[i] == DEPARTMENTS else world.departments[home[i]]
            who = None if agent[i] < 0 or STATUSES[status[i]] == "new" else world.agents[agent[i]].id
            tags = [f"tag{i % 199}"] if i % 3 == 0 else []
            searched = ["subject", str(i), name, f"{name}@example.org", *tags]
            address, waits = f"{name}@example.org", at if active else None
            copy.write_row((
                of(i), of(i), f"subject {i}", "email", "email", STATUSES[status[i]], name, address, where, who, tags,
                at, at, at, i * 5 + 5, i * 5 + 5, 5, "preview of what was said last", waits,
                waits + timedelta(hours=24) if waits else None,
                as_json(folded(f"subject {i}", name, address, tags, {})), " ".join(searched),
            ))  # fmt: skip
    with (
        pg.cursor() as cursor,
        cursor.copy("copy conversation_people (conversation_id, origin_id, address, name, since) from stdin") as copy,
    ):
        for i in range(n):
            copy.write_row((of(i), of(i), f"person{i % 200_000}@example.org", f"person{i % 200_000}", NOW))


def copy_messages(
    pg: psycopg.Connection[tuple[object, ...]], pool: list[tuple[str, str]], conversations: int, each: int
) -> None:
    """Messages in the order they came in: conversations follow each other, as old ones do."""
    columns = (
        "conversation_id, origin_id, at, received_at, channel, author, name, address, text, key, message_id, search"
    )
    authors = ("customer", "agent")
    with pg.cursor() as cursor, cursor.copy(f"copy conversation_messages ({columns}) from stdin") as copy:
        for i in range(conversations):
            id, name = of(i), f"person{i % 200_000}"
            for k in range(each):
                n = i * each + k
                text, search = pool[n * 7919 % TEXTS]
                copy.write_row((
                    id, id, NOW, NOW, "email", authors[k % 2], name, f"{name}@example.org", f"{text} unique{n}",
                    f"email:<{n}@bench>", f"<{n}@bench>", f"{search} 'unique{n}':41",
                ))  # fmt: skip


def of(n: int) -> UUID:
    """The id of the n-th conversation."""
    return UUID(int=(0x01 << 120) + n)


def drop_indexes(pg: psycopg.Connection[tuple[object, ...]], tables: Sequence[str]) -> list[str]:
    """Drop what is no constraint; how to make them again."""
    found = pg.execute(
        """select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
           where i.indrelid::regclass::text = any(%s) and not i.indisprimary
                 and not exists (select from pg_constraint k where k.conindid = i.indexrelid)""",
        [list(tables)],
    ).fetchall()
    for name, _ in found:
        pg.execute(f"drop index {name}".encode())
    return [str(definition) for _, definition in found]


@dataclass
class Timing:
    """Times of one kind of call, ours and bare, in milliseconds."""

    name: str
    first: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        ours, bare = np.median(self.ours), np.median(self.bare)
        return f"{self.name:42} {ours:8.2f} {bare:8.2f}   {ours / bare:5.2f} x   {np.percentile(self.first, 95):8.2f}"


HEAD = f"{'':42} {'ours ms':>8} {'bare ms':>8}   {'ratio':>7}   {'p95 ms':>8}"


Call = Callable[[Db], object]


def compare(database: Database, name: str, calls: Iterator[Call]) -> Timing:
    """Each call by the verb, twice; then its statements by the driver alone, in the same transaction."""
    timing = Timing(name)
    with database.begin() as db:
        for call in calls:
            ran: list[tuple[str, object]] = []

            def keep(*given: object, ran: list[tuple[str, object]] = ran) -> None:
                ran.append((str(given[2]), given[3]))

            event.listen(db, "before_cursor_execute", keep)
            timing.first.append(clocked(call, db))
            event.remove(db, "before_cursor_execute", keep)
            timing.ours.append(clocked(call, db))
            timing.bare.append(clocked(lambda db, ran=ran: replay(db, ran), db))  # type: ignore[misc]
    print(timing, flush=True)
    return timing


def clocked(call: Call, db: Db) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    call(db)
    return (time.perf_counter() - began) * 1e3


def replay(db: Db, ran: Sequence[tuple[str, object]]) -> None:
    """The same statements, without us."""
    bare = driver(db).cursor()
    for statement, params in ran:
        bare.execute(statement.encode(), params, prepare="explain" not in statement).fetchall()  # type: ignore[arg-type]


def pages(database: Database, world: World, rounds: int) -> None:
    """First pages and pages far down, for who sees everything and for who sees two departments."""
    print(f"\ninbox pages of 50\n{HEAD}")
    timings = []
    for who, agents in (("manager", world.agents[:1]), ("agent", world.agents[1:])):
        for kind in LISTS:
            timings.append(
                compare(database, f"{kind.value}, {who}", page_calls(world, kind, agents, rounds, deep=False))
            )
        timings.append(
            compare(database, f"all, far down, {who}", page_calls(world, ViewKind.ALL, agents, rounds, deep=True))
        )
    agents = world.agents
    counting = (lambda db, a=agents[n % AGENTS]: desk.counts(db, a, now=NOW) for n in range(rounds))
    compare(database, "counts of every list", counting)
    total(timings, "inbox page")


def page_calls(
    world: World, kind: ViewKind, agents: list[Agent], rounds: int, *, deep: bool
) -> Iterator[Callable[[Db], object]]:
    for n in range(rounds):
        agent = agents[n % len(agents)]
        home = agent.departments[0] if kind is ViewKind.DEPARTMENT else None
        after = Cursor(NOW - timedelta(days=int(world.rng.integers(30, 1000))), of(n)) if deep else None
        yield partial(page, view=View(kind, home), agent=agent, after=after)


def page(db: Db, view: View, agent: Agent, after: Cursor | None) -> object:
    return desk.inbox(db, view, agent=agent, after=after, now=NOW)


def searches(database: Database, world: World, rounds: int) -> None:
    """Words of every frequency, alone, together, as a phrase, with operators."""
    print(f"\nsearches, 30 hits\n{HEAD}")

    def word(low: int, high: int) -> str:
        return world.words[int(world.rng.integers(low, high))]

    queries: dict[str, Callable[[], str]] = {
        "a word that one message has": lambda: f"unique{int(world.rng.integers(0, world.conversations * 5))}",
        "a rare word": lambda: word(20_000, 60_000),
        "a word in a thousandth of the messages": lambda: word(1_000, 3_000),
        "a word in a hundredth": lambda: word(100, 300),
        "a very common word": lambda: word(0, 10),
        "two words": lambda: f"{word(10, 1_000)} {word(10, 1_000)}",
        "a common word with a tag": lambda: f"{word(0, 100)} tag:tag{int(world.rng.integers(0, 199))}",
        "an address": lambda: f"from:person{int(world.rng.integers(0, 200_000))}@example.org",
        "a name": lambda: f"person{int(world.rng.integers(0, 200_000))}",
        "status and tag": lambda: f"status:open tag:tag{int(world.rng.integers(0, 199))}",
    }
    timings = []
    for name, query in queries.items():
        agents = (world.agents[n % AGENTS] for n in range(rounds))
        calls = (partial(found, agent=a, query=query()) for a in agents)
        timings.append(compare(database, name, calls))
    total(timings, "search")


def found(db: Db, agent: Agent, query: str) -> object:
    return desk.search(db, query, agent=agent, now=NOW)


def total(timings: Sequence[Timing], name: str) -> None:
    """Over all kinds together: the median of the ratios, the worst ratio, p95 of all times."""
    ratios = [float(np.median(t.ours) / np.median(t.bare)) for t in timings]
    everything = np.concatenate([t.first for t in timings])
    p95 = np.percentile(everything, 95)
    print(f"{name}: {np.median(ratios):.2f} x the bare SQL (worst {max(ratios):.2f} x), p95 {p95:.1f} ms")


def arrivals(database: Database, batches: int = 20, size: int = 500) -> None:
    """Mails in bulk, half of them answers, against bare inserts of the same rows; and one by one."""
    print("\nreceive")
    run = time.time_ns()
    for name, count, many in ((f"batches of {size}", batches, size), ("one by one", 300, 1)):
        ours = sum(timed(database, partial(take, arrivals=mails(f"o{run}.{many}.{b}.", many))) for b in range(count))
        bare = sum(timed(database, partial(insert, arrivals=mails(f"b{run}.{many}.{b}.", many))) for b in range(count))
        n = count * many
        share = bare / ours * 100
        print(f"{name:20} {n / ours:8,.0f} /s   bare inserts {n / bare:8,.0f} /s   {share:4.0f} % of their rate")


def take(db: Db, arrivals: Sequence[Arrival]) -> None:
    desk.receive(db, arrivals, now=NOW)


def timed(database: Database, call: Callable[[Db], object]) -> float:
    """Seconds, with the commit."""
    began = time.perf_counter()
    with database.begin() as db:
        call(db)
    return time.perf_counter() - began


def mails(prefix: str, count: int) -> list[Arrival]:
    """Mails of as many senders; every second answers the one before."""
    text = " ".join(f"word{n:05d}" for n in range(0, 2_500, 100))
    return [
        Arrival(
            f"{prefix}:{n}", Channel.EMAIL, Sender(None, f"{prefix}{n // 2}@example.org", "Someone"), NOW,
            text, subject="About my order", message_id=f"<{prefix}{n}@bench>",
            thread=Thread(in_reply_to=f"<{prefix}{n - 1}@bench>") if n % 2 else Thread(),
        )
        for n in range(count)
    ]  # fmt: skip


def insert(db: Db, arrivals: Sequence[Arrival]) -> None:
    """What has to be written at the least: a conversation or its update, and the message with its words. Row by row."""
    pg = driver(db)
    opened = of(0)
    for n, a in enumerate(arrivals):
        if n % 2 == 0:
            opened = UUID(int=time.time_ns() << 40 | n)
            row = [opened, opened, a.subject, NOW, NOW, NOW, a.sender.name, a.sender.address, a.subject]
            pg.execute(OPEN, row, prepare=True)
        said = [opened, opened, NOW, NOW, a.sender.name, a.sender.address, a.text, a.key, a.message_id, a.text]
        pg.execute(SAY, said, prepare=True)
        pg.execute(STAND, [NOW, NOW, opened], prepare=True)


OPEN = """
insert into conversations (id, root_id, subject, channel, last_channel, created_at, updated_at, last_at, name, address,
    search) values (%s, %s, %s, 'email', 'email', %s, %s, %s, %s, %s, to_tsvector('simple', %s))"""
SAY = """
insert into conversation_messages (conversation_id, origin_id, at, received_at, channel, author, name, address, text,
    key, message_id, search)
values (%s, %s, %s, %s, 'email', 'customer', %s, %s, %s, %s, %s, to_tsvector('simple', %s))"""
STAND = "update conversations set last_at = %s, messages = messages + 1, waiting_since = %s where id = %s"


if __name__ == "__main__":
    main()
