"""Sites of different character, made up: a bake-off that was tuned on none of them must cope with each."""

from collections.abc import Callable

import numpy as np

from regulars.people.model import Log, Verb
from regulars.taste.histories import in_order

DAY = 86_400
START = 1_790_000_000
Rows = list[tuple[int, int, int, float]]


def tiny() -> Log:
    """Forty people, a dozen things, two circles of friends."""
    rng = np.random.default_rng(1)
    rows: Rows = []
    for person in range(1, 41):
        for day in range(int(rng.integers(3, 7))):
            rows.append((person, int(rng.integers(1, 7)) + 6 * (person % 2), Verb.VIEWED, day + rng.random()))
    return log_of(rows)


def dense() -> Log:
    """As in MovieLens: few things, hundreds of ratings each, at one sitting, tastes in eight dimensions."""
    rng = np.random.default_rng(2)
    people, items = rng.normal(0, 1, (500, 8)), rng.normal(0, 1, (200, 8))
    liking = people @ items.T + 1.5 * rng.normal(0, 1, 200)
    rows: Rows = []
    for person in range(500):
        chance = np.exp(0.7 * liking[person])
        for item in rng.choice(200, 40, replace=False, p=chance / chance.sum()):
            rows.append((person + 1, int(item) + 1, Verb.RATED, 0.0))
    return log_of(rows)


def long_sessions() -> Log:
    """As music: sessions of thirty along one of many playlists, with jumps."""
    rng = np.random.default_rng(3)
    rows: Rows = []
    for session in range(1, 401):
        at, begun = int(rng.integers(0, 600)), float(rng.integers(0, 60))
        for step in range(30):
            at = (at + 1) % 600 if rng.random() < 0.7 else int(rng.integers(0, 600))
            rows.append((session, at + 1, Verb.VIEWED, begun + step * 200 / DAY))
    return log_of(rows)


def popular() -> Log:
    """Everybody follows the crowd: a Zipf head and little taste."""
    rng = np.random.default_rng(4)
    share = 1 / np.arange(1, 301) ** 1.3
    rows: Rows = []
    for person in range(1, 801):
        own = share * rng.gamma(2.0, 1.0, 300)
        for visit in range(int(rng.integers(2, 6))):
            for item in rng.choice(300, 3, p=own / own.sum()):
                rows.append((person, int(item) + 1, Verb.VIEWED, 7 * visit + rng.random() / 100))
    return log_of(rows)


def habits() -> Log:
    """Groceries: everyone has ten things of their own and buys five of them each week."""
    rng = np.random.default_rng(5)
    rows: Rows = []
    for person in range(1, 301):
        own = rng.choice(150, 10, replace=False) + 1
        for week in range(7):
            for item in rng.choice(own, 5, replace=False):
                rows.append((person, int(item), Verb.BOUGHT, 7.0 * week + person / 1000))
    return log_of(rows)


def chance() -> Log:
    """Nobody has any taste: nothing can be learned, and nothing must break."""
    rng = np.random.default_rng(6)
    rows = [(p, int(rng.integers(1, 101)), int(Verb.VIEWED), float(d)) for p in range(1, 301) for d in range(5)]
    return log_of(rows)


def fashion() -> Log:
    """What is worn changes: every fortnight another thirty things, and people stay with their style."""
    rng = np.random.default_rng(7)
    rows: Rows = []
    for person in range(1, 601):
        style = person % 5
        for visit in np.sort(rng.integers(0, 70, 6)).tolist():
            season = visit // 14
            item = season * 30 + style * 6 + int(rng.integers(0, 6))
            rows.append((person, item + 1, Verb.VIEWED, visit + rng.random() / 10))
    return log_of(rows)


SITES: dict[str, Callable[[], Log]] = {
    "tiny": tiny,
    "dense": dense,
    "long sessions": long_sessions,
    "popular": popular,
    "habits": habits,
    "chance": chance,
    "fashion": fashion,
}


def log_of(rows: Rows) -> Log:
    """Events as (person, item, verb, day)."""
    who, what, verbs, days = (np.array(column) for column in zip(*rows, strict=True))
    at = (START + days * DAY).astype(np.int64)
    return in_order(Log(who.astype(np.int64), what.astype(np.int32), verbs.astype(np.int8), at))
