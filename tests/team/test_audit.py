"""The audit log."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from regulars import team
from regulars.store import Db
from regulars.team import AuditFilter
from tests.cast import NOW


def test_who_did_what_is_read_newest_first_page_by_page(db: Db):
    for slot in ("home", "basket", "mail"):
        team.audit(db, "agent:ana@example.com", "slot changed", {"slot": slot, "note": "nul \x00"}, now=NOW)
    newest, second = team.audit_lines(db, most=2)
    assert [newest.what["slot"], second.what["slot"]] == ["mail", "basket"]
    assert [line.what["slot"] for line in team.audit_lines(db, before=second.id)] == ["home"]


@pytest.mark.parametrize("statement", ["update audit_log set who = 'x'", "delete from audit_log", "truncate audit_log"])
def test_nobody_rewrites_it(db: Db, statement: str):
    team.audit(db, "agent:ana@example.com", "slot changed", {}, now=NOW)
    with pytest.raises(DBAPIError), db.begin_nested():
        db.execute(sa.text(statement))


def test_a_filter_asks_for_who_what_and_when(db: Db):
    for hour, (who, did) in enumerate([("ana", "key created"), ("bram", "key created"), ("ana", "slot changed")]):
        team.audit(db, who, did, {"n": hour}, now=NOW + timedelta(hours=hour))

    def found(**wanted: object) -> list[object]:
        return [line.what["n"] for line in team.all_audit_lines(db, AuditFilter(**wanted))]  # type: ignore[arg-type]

    assert found() == [2, 1, 0]
    assert found(who="ana") == [2, 0]
    assert found(did="key created") == [1, 0]
    assert found(who="ana", did="key created") == [0]
    assert found(since=NOW + timedelta(hours=1), until=NOW + timedelta(hours=2)) == [1]
    assert team.audit_words(db) == (["ana", "bram"], ["key created", "slot changed"])
