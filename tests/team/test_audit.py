"""The audit log."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from regulars import team
from regulars.store import Db
from tests.cast import NOW


def test_who_did_what_is_read_newest_first_page_by_page(db: Db):
    for slot in ("home", "basket", "mail"):
        team.audit(db, "agent:ana@example.com", "slot changed", {"slot": slot, "note": "nul \x00"}, now=NOW)
    newest, second = team.audit_lines(db, most=2)
    assert [newest.what["slot"], second.what["slot"]] == ["mail", "basket"]
    assert [line.what["slot"] for line in team.audit_lines(db, before=second.id)] == ["home"]


@pytest.mark.parametrize("statement", ["update audit_log set who = 'x'", "delete from audit_log"])
def test_nobody_rewrites_it(db: Db, statement: str):
    team.audit(db, "agent:ana@example.com", "slot changed", {}, now=NOW)
    with pytest.raises(DBAPIError), db.begin_nested():
        db.execute(sa.text(statement))
