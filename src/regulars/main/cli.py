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
    "demo": ("server_commands:demo", "A sandwich bar with a reading table, filled, learned and served."),
    "serve": ("server_commands:serve", "Serve the API and the pages until Ctrl-C."),
    "import": ("import_commands:import_app", "Bring in events, the catalogue, people."),
    "learn": ("model_commands:learn", "Learn from everything that happened; the best model serves."),
    "decide": ("model_commands:decide", "Show what a person would be given now, and why."),
    "evaluate": ("evaluate_command:evaluate", "Score models on event files and benchmark sets."),
    "person": ("person_commands:person", "Everything known, chosen and guessed about somebody."),
    "doctor": ("doctor:doctor", "Is everything as it should be, and if not, what to do."),
    "backup": ("backup:backup", "The database and the model in one file."),
    "restore": ("backup:restore", "Bring a backup back."),
    "agent": ("admin_commands:agent", "Who works here and may sign in."),
    "key": ("admin_commands:key", "Keys for the HTTP API."),
}
"""Name → where it is and what it does. Imported when they run: a command waits for nothing it does not use."""

for name, (where, what) in COMMANDS.items():
    app.command(f"regulars.main.{where}", name=name, help=what)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command; the process's entry point."""
    with reporting():
        app(arguments, exit_on_error=False, print_error=False)


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
