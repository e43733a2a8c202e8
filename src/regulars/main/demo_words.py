"""What the demo says when it starts."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from regulars.demo.notes import FILE, Notes

console = Console()


def tell(notes: Notes, var: Path) -> None:
    """Say where the demo is and how to get in. `var`: where its notes are."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("The sandwich bar", f"[link={notes.url}]{notes.url}[/]")
    table.add_row("For the company", f"{notes.url}/sign-in")
    table.add_row("The guests' mailboxes", f"{notes.url}/post")
    table.add_row("The API", f"{notes.url}/docs/api")
    for one in notes.sign_ins:
        table.add_row(f"  {one['name']} ({one['role']})", f"{one['email']}  {one['password']}")
    table.add_row("Customers", ", ".join(one["user_id"] for one in notes.customers) + " (sign in on the site)")
    table.add_row("Keys and sign-ins", str(var / FILE))
    learned = f"{notes.people:,} guests who let us learn from them, {notes.events:,} things they did"
    console.print(f"\n[bold]The Reading Table[/]: {learned}. Ctrl-C stops it.")
    console.print(table)
