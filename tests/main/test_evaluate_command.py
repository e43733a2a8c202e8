"""`regulars evaluate`: any benchmark file in, a table, a chart and JSON out; no database."""

import json

import pytest

from regulars.main import amounts, cli


def evaluated(capsys, *arguments):
    """Run it to its end: the code and what was said."""
    with pytest.raises(SystemExit) as stopped:
        cli.run(["evaluate", *arguments])
    said = capsys.readouterr()
    return stopped.value.code, " ".join((said.out + said.err).split())


@pytest.fixture
def circle(tmp_path):
    """People who walk along a circle of 20 items."""
    path = tmp_path / "circle.txt"
    path.write_text("\n".join(f"u{p} " + " ".join(str((p * 7 + s) % 20) for s in range(5)) for p in range(120)))
    return path


def test_a_table_a_chart_and_json_come_out(circle, tmp_path, capsys):
    out = tmp_path / "out.json"
    code, said = evaluated(
        capsys, str(circle), "--layout", "sequences", "--at", "5,10", "--budget", "1s", "--json", str(out)
    )
    assert code == 0
    assert "600 events" not in said  # the last item of each is the question
    assert "480 events, 20 items, 120 questions" in said
    assert "popularity" in said
    ours = json.loads(out.read_text())[0]
    assert ours["model"] == "regulars"
    assert ours["hr@5"] > 0.9
    assert ours["report"]["tried"]


def test_train_and_test_of_sessions_may_be_files_of_their_own(tmp_path, capsys):
    rows = "".join(f"{s},{(s + c) % 9},{1_700_000_000 + 100_000 * s + c}\n" for s in range(60) for c in range(4))
    for name in ("train", "test"):
        (tmp_path / name).write_text("session,item,time\n" + rows)
    args = ["--layout", "sessions", "--train", str(tmp_path / "train"), "--test", str(tmp_path / "test")]
    code, said = evaluated(capsys, *args, "--target", "last", "--budget", "0")
    assert code == 0
    assert "60 questions" in said


def test_a_test_that_asks_nothing_is_refused_before_the_work(tmp_path, capsys):
    (tmp_path / "known").write_text("u1 a b\nu2 a b\n")
    known = str(tmp_path / "known")
    code, said = evaluated(capsys, "--layout", "histories", "--train", known, "--test", known)
    assert code == 2
    assert "nothing to ask" in said


def test_columns_are_told_and_rows_left_out_are_counted(tmp_path, capsys):
    path = tmp_path / "events"
    body = "".join(f"{p},{(p + d) % 7},2026-01-0{d + 1}\n" for p in range(40) for d in range(4))
    path.write_text(f"who,what,when\n{body},3,2026-01-01\n")
    code, said = evaluated(capsys, str(path), "--map", "person=who", "item=what", "time=when", "--budget", "0")
    assert code == 0
    assert "40 questions" in said
    assert "rows left out, without a person, an item or a time: 1" in said


@pytest.mark.parametrize(
    ("said", "meant"), [("60", 60), ("60s", 60), ("1.5", 1.5), ("2m", 120), ("1h", 3_600), ("0", 0), ("2 M", 120)]
)
def test_a_budget_is_said_in_seconds_minutes_or_hours(said, meant):
    assert amounts.seconds(said) == meant


@pytest.mark.parametrize("said", [("5", "10"), ("5,10",), ("5,", "10"), ("5", "5,10")])
def test_places_are_said_with_commas_or_blanks(said):
    assert amounts.places(said) == (5, 10)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--layout", "sequences"], "needs a file"),
        (["--layout", "histories"], "needs --train FILE and --test FILE"),
        (["none.csv"], "there is no file none.csv"),
        (["none.csv", "--against", "oracle"], "there is no file"),
        (["none.csv", "--json", "/nonexistent/out.json"], "cannot be written"),
        (["none.csv", "--seed", "-1"], "Must be >= 0"),
        (["none.csv", "--map", "colour=x"], "say person=COLUMN"),
        (["none.csv", "--layout", "sequences", "--map", "item=x"], "sequences has no columns"),
        (["none.csv", "--budget", "soon"], "say it like 60, 60s, 2m or 1h"),
        (["none.csv", "--budget", "25h"], "0 seconds to a day"),
        (["none.csv", "--budget", "nan"], "0 seconds to a day"),
        (["none.csv", "--at", "10,0"], "say numbers from 1 to 1,000"),
        (["none.csv", "--at", "2000"], "say numbers from 1 to 1,000"),
        (["none.csv", "--at", "ten"], "say numbers from 1 to 1,000"),
    ],
)
def test_what_is_missing_is_said_in_one_line(arguments, words, capsys):
    code, said = evaluated(capsys, *arguments)
    assert code == 2
    assert words in said
