"""The command line: `regulars COMMAND`. Bad input is one line on standard error and exit code 2."""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError
from rich.console import Console

from regulars import __version__
from regulars.kit.errors import Fault
from regulars.main import admin_commands, model_commands, person_commands, server_commands
from regulars.main.backup import backup, restore
from regulars.main.doctor import doctor
from regulars.main.evaluate_command import evaluate
from regulars.main.import_commands import import_app

console = Console(stderr=True)

app = App(
    name="regulars",
    version=__version__,
    help="Makes every customer a regular. Start with `regulars demo`, or `regulars serve` with your own data.",
    help_format="markdown",
)
app.command(server_commands.serve)
app.command(server_commands.demo)
app.command(import_app)
app.command(model_commands.learn)
app.command(model_commands.decide)
app.command(evaluate)
app.command(person_commands.person)
app.command(doctor)
app.command(backup)
app.command(restore)
app.command(admin_commands.agent)
app.command(admin_commands.key)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command; the process's entry point."""
    try:
        app(arguments, exit_on_error=False, print_error=False)
    except (Fault, CycloptsError) as e:
        console.print(f"[red]regulars:[/] {_one_line(e)}", highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _one_line(e: Exception) -> str:
    fields = [f"{where}: {what}" for where, what in e.fields.items()] if isinstance(e, Fault) else []
    return " ".join([*str(e).split(), *(f"({f})" for f in fields)]).replace("[", r"\[")
