"""The command line: `regulars COMMAND`. Bad input is one line on standard error and exit code 2."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cyclopts import App, CycloptsError
from rich.console import Console

from regulars import __version__
from regulars.kit.errors import Fault

console = Console(stderr=True)

app = App(
    name="regulars",
    version=__version__,
    help="Makes every customer a regular. Start with `regulars demo`, or `regulars serve` with your own data.",
    help_format="markdown",
)
COMMANDS = {
    "demo": "server_commands:demo",
    "serve": "server_commands:serve",
    "work": "work_command:work",
    "mail": "mail_commands:mail",
    "import": "import_commands:import_app",
    "lake": "lake_commands:lake",
    "learn": "model_commands:learn",
    "decide": "model_commands:decide",
    "evaluate": "evaluate_command:evaluate",
    "model": "looking_commands:model_app",
    "person": "person_commands:person",
    "doctor": "doctor:doctor",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "agent": "admin_commands:agent",
    "key": "admin_commands:key",
}
"""Name → where it is. Imported when it runs: a command waits for nothing it does not use."""

for name, where in COMMANDS.items():
    app.command(f"regulars.main.{where}", name=name)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command; the process's entry point."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    with reporting():
        if not given or given[0].startswith("-"):
            for name in COMMANDS:
                app[name]  # imports it, so that the list can say what it does
        app(given, exit_on_error=False, print_error=False)


@contextmanager
def reporting() -> Iterator[None]:
    """Bad input inside the block is one line on standard error and exit code 2."""
    try:
        yield
    except (Fault, CycloptsError) as e:
        console.print(f"[red]regulars:[/] {_one_line(e)}", highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _one_line(e: Exception) -> str:
    fields = [f"{where}: {what}" for where, what in e.fields.items()] if isinstance(e, Fault) else []
    return " ".join([*str(e).split(), *(f"({f})" for f in fields)]).replace("[", r"\[")
