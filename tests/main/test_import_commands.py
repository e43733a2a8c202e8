"""`regulars import`, as a person types it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from regulars.main.cli import run

CLICKS = "customer,when,sku,what\nvera,2026-01-05 10:00,wrap,Product Viewed\nomar,tomorrow,wrap,Product Viewed\n"


@dataclass
class Done:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


Shell = Callable[..., Done]


@pytest.fixture
def shell(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Shell:
    """The command line, in a folder of its own."""
    monkeypatch.setenv("REGULARS_DATABASE_URL", database_url)
    monkeypatch.setenv("REGULARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def type_in(*words: str) -> Done:
        code = 0
        capfd.readouterr()
        try:
            run(["import", *words])
        except SystemExit as e:
            code = int(e.code or 0)
        return Done(code, *capfd.readouterr())

    return type_in


def test_rejects_are_told_and_the_exit_code_is_zero(shell: Shell, tmp_path: Path):
    (tmp_path / "clicks.csv").write_text(CLICKS)
    words = ("events", "clicks.csv", "--map", "user_id=customer", "time=when", "item=sku", "event=what")
    first = shell(*words, "--save-map", "clicks")
    assert first.code == 0, first.err
    assert "time is not one we can read" in first.out
    assert (tmp_path / "var" / "rejects" / "clicks.csv.rejects.csv").read_text().startswith("line,reason,raw\n3,")
    again = shell("events", "clicks.csv", "--as", "clicks", "--rejects", "bad.csv")
    assert again.code == 0, again.err
    assert (tmp_path / "bad.csv").exists()
    assert [line.split("│")[2].strip() for line in again.out.splitlines() if "known already" in line] == ["1"]


def test_a_dry_run_of_the_catalogue_says_what_would_be_taken(shell: Shell, tmp_path: Path):
    (tmp_path / "menu.csv").write_text("sku,name\nwrap,Wrap\n")
    done = shell("catalog", "menu.csv", "--dry-run", "--map", "title.nl=name")
    assert done.code == 0, done.err
    assert "would be taken" in done.out


@pytest.mark.parametrize(
    ("content", "words", "told"),
    [
        (CLICKS, ["events", "clicks.csv"], "--map user_id=COLUMN"),
        (CLICKS, ["events", "clicks.csv", "--as", "nothing"], "online-retail, segment"),
        (CLICKS, ["events", "missing.csv"], "there is no file"),
        (CLICKS, ["people", "clicks.csv"], "--map user_id=COLUMN"),
        (CLICKS, ["events", "clicks.csv", "--timezone", "Mars/Base", "--map", "user_id=customer"], "no time zone"),
        (CLICKS, ["events", "clicks.csv", "--map", "colour=what"], "no field 'colour'"),
        (CLICKS, ["events", "clicks.csv", "--format", "xml"], "XML is for catalogues"),
        ("name\nWrap\n", ["catalog", "clicks.csv"], "no row could be used; external_id is missing"),
        ("", ["events", "clicks.csv"], "is empty"),
        ("sku,name\n", ["catalog", "clicks.csv"], "no row could be used; there is none"),
        ("user_id\n", ["people", "clicks.csv"], "no row could be used; there is none"),
    ],
)
def test_unusable_input_is_one_line_and_exit_code_two(
    shell: Shell, tmp_path: Path, content: str, words: list[str], told: str
):
    (tmp_path / "clicks.csv").write_text(content)
    done = shell(*words)
    assert done.code == 2
    [line] = done.err.strip().splitlines()
    assert told in line


ROWS = b"".join(b"%d,Dish %d\n" % (n, n) for n in range(8_000))
DISHES = "".join(f"<item><g:id>{n}</g:id><title>Dish {n}</title></item>" for n in range(8_000))
DAMAGED = {
    "menu.csv.gz": gzip.compress(b"sku,name\n" + ROWS, mtime=0)[:-9],
    "menu.xml": f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{DISHES}<item>'.encode(),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_kept_as_far_as_it_goes_and_counted(shell: Shell, tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(DAMAGED[name])
    done = shell("catalog", name)
    assert done.code == 2
    [line] = done.err.strip().splitlines()
    assert "came before was read" in line
    [new] = [int(row.split("│")[2].replace(",", "")) for row in done.out.splitlines() if "│ new" in row]
    assert 5_000 < new <= 8_000
    [known] = [row for row in shell("catalog", name).out.splitlines() if "the same as before" in row]
    assert int(known.split("│")[2].replace(",", "")) == new


@pytest.mark.parametrize("command", ["events", "catalog", "people"])
def test_every_import_command_has_help(shell: Shell, command: str):
    done = shell(command, "--help")
    assert done.code == 0
    assert "--dry-run" in done.out
