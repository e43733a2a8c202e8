"""Runs the command line as a person does, and tells what it said and how it ended."""

import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from regulars.main.cli import run as run_command

BIN = Path(sys.executable).parent / "regulars"


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


def environment(url: str, var: Path) -> dict[str, str]:
    """The environment of a command that works on `url`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REGULARS_")}
    return {**kept, "REGULARS_DATABASE_URL": url, "REGULARS_VAR": str(var), "COLUMNS": "200"}


def run(url: str, var: Path, *arguments: str) -> Ran:
    """Run `regulars ARGUMENTS` to its end, in this process: the code of the entry point, without its start-up time."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment(url, var))
    out, err, code = StringIO(), StringIO(), 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            run_command(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Ran(code, out.getvalue(), err.getvalue())
