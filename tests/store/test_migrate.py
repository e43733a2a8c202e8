"""Migrations run from empty and from the previous revision, once, whoever starts first."""

from sqlalchemy import text

from regulars.store import Database, bump, migrate


def test_migrating_twice_changes_nothing(database: Database):
    migrate(database)
    with database.begin() as db:
        assert db.execute(text("select count(*) from alembic_version")).scalar_one() == 1


def test_a_bump_counts_up_and_rolls_back_with_its_transaction(database: Database):
    with database.begin() as db:
        first = bump(db, "catalog")
    try:
        with database.begin() as db:
            bump(db, "catalog")
            raise KeyError
    except KeyError:
        pass
    with database.begin() as db:
        assert bump(db, "catalog") == first + 1
