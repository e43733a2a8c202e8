"""Batches of chat that are written at the same time."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
import sqlalchemy as sa

from regulars.desk import Received, chat
from regulars.store import Database, Db
from tests.cast import NOW

SECRETS = [sha256(f"{n}".encode()).hexdigest() for n in range(40)]


def posts(db: Db, lane: int) -> list[chat.Post]:
    """A word of each visitor of a lane."""
    entries = (chat.enter(db, secret, user=None, anonymous=None, now=NOW) for secret in SECRETS)
    said = [chat.Post(entry, "message-1", "Hello?", NOW) for entry in entries]
    return [post for post in said if chat.lane_of(post, 2) == lane]


def again(said: list[chat.Post]) -> list[chat.Post]:
    return [chat.Post(post.entry, "message-2", "Still there?", NOW) for post in said]


def take(database: Database, said: list[chat.Post]) -> list[Received]:
    with database.begin() as db:
        return chat.post(db, said, now=NOW)


def test_one_lane_never_waits_for_the_other_but_for_itself(database: Database):
    with database.begin() as db:
        chat.post(db, [*posts(db, 0), *posts(db, 1)], now=NOW)
    with ThreadPoolExecutor(2) as pool, database.begin() as db:
        mine, other = again(posts(db, 0)), again(posts(db, 1))
        assert len(mine) > 5 < len(other)
        chat.post(db, mine, now=NOW)
        assert all(r.fresh for r in pool.submit(take, database, other).result(timeout=30))
        waits = pool.submit(take, database, mine)
        with pytest.raises(TimeoutError):
            waits.result(timeout=0.2)
        db.commit()
        assert not any(r.fresh for r in waits.result(timeout=30))
    with database.begin() as db:
        assert db.execute(sa.text("select count(*) from conversation_messages")).scalar_one() == 2 * len(SECRETS)


def test_a_ticket_written_down_a_moment_ago_is_not_written_again(database: Database):
    noted = chat.Noted()
    with database.begin() as db:
        said = posts(db, 0)
        noted.add(said, chat.post(db, said, now=NOW, noted=noted), NOW)
        assert db.execute(sa.text("delete from chat_tickets")).rowcount == len(said)
        chat.post(db, again(said), now=NOW, noted=noted)
        assert db.execute(sa.text("delete from chat_tickets")).rowcount == 0
        chat.post(db, again(said), now=NOW + 2 * chat.NOTED_FOR, noted=noted)
        assert db.execute(sa.text("delete from chat_tickets")).rowcount == len(said)
