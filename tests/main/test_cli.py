"""The command line: help, one line for what is wrong, keys and agents."""

from pathlib import Path

import pytest

from regulars import team
from regulars.kit.errors import Invalid
from regulars.main.cli import COMMANDS
from regulars.main.settings import read_settings
from regulars.store import Database
from tests.main.commands import run


def test_help_lists_every_command_with_what_it_does(database_url: str, var: Path):
    said = run(database_url, var, "--help").out
    for name in COMMANDS:
        line = next(line for line in said.splitlines() if f" {name} " in line)
        assert len(line.split()) > 5, line


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("decide",),
        ("decide", "--slot", "no.such.slot"),
        ("decide", "--slot", "home.for-you", "--size", "0"),
        ("person", "nobody"),
        ("learn", "--budget", "-1"),
        ("serve", "--port", "99999"),
        ("agent", "add", "not-an-address"),
        ("key", "create", "write", "--name", "x", "--origin", "no origin"),
        ("import", "events", "no-such-file.csv"),
        ("restore", "no-such-file"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(database_url: str, var: Path, arguments: tuple[str, ...]):
    told = run(database_url, var, *arguments)
    assert told.code == 2
    assert told.err.startswith("regulars: ")
    assert told.err.count("\n") == 1, told.err


def test_a_database_that_is_not_there_is_told_in_one_line(var: Path):
    told = run("postgresql://nobody@127.0.0.1:1/none", var, "key", "list")
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "database" in told.err


def test_an_agent_added_may_sign_in(database: Database, database_url: str, var: Path):
    made = run(database_url, var, "agent", "add", "mia@example.com", "--role", "manager")
    assert made.code == 0
    password = made.out.rsplit(": ", 1)[1].strip()
    from tests.cast import NOW

    with database.begin() as db:
        assert team.sign_in(db, "mia@example.com", password, address="127.0.0.1", now=NOW)


def test_a_key_works_until_it_is_revoked(database: Database, database_url: str, var: Path):
    made = run(database_url, var, "key", "create", "server", "--name", "backend")
    plain = made.out.rsplit(": ", 1)[1].strip()
    with database.begin() as db:
        key = team.key_of(db, plain)
    assert key is not None
    assert "backend" in run(database_url, var, "key", "list").out
    assert run(database_url, var, "key", "revoke", str(key.id)).code == 0
    with database.begin() as db:
        assert team.key_of(db, plain) is None


@pytest.mark.parametrize("environment", [{"REGULARS_WROKERS": "2"}, {"REGULARS_WORKERS": "many"}])
def test_a_misspelt_or_senseless_setting_is_refused(environment: dict[str, str]):
    with pytest.raises(Invalid):
        read_settings(environment)
