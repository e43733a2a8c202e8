"""Commands for who may come in: agents and API keys."""

import secrets
from typing import Annotated, Literal
from uuid import UUID

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from regulars import team
from regulars.kit.clock import utc_now
from regulars.main.wiring import open_database

console = Console()
agent = App(name="agent", help="Who works here and may sign in.")
key = App(name="key", help="Keys for the HTTP API.")


@agent.command
def add(
    email: str,
    *,
    name: str = "",
    role: Literal["admin", "manager", "agent", "viewer"] = "agent",
    password: Annotated[str | None, Parameter(env_var="REGULARS_PASSWORD")] = None,
) -> None:
    """Let someone sign in. Without a password one is made and shown once.

    Example: `regulars agent add mia@example.com --name Mia --role manager`
    """
    given = password or secrets.token_urlsafe(12)
    with open_database() as database, database.begin() as db:
        new = team.NewAgent(
            email=email, name=name or email.split("@", maxsplit=1)[0], role=team.Role(role), password=given
        )
        made = team.create_agent(db, new, now=utc_now())
        team.audit(db, "command line", "agent added", {"email": made.email, "role": role}, now=utc_now())
    console.print(f"{email} may sign in as {role}." + ("" if password else f" Password (shown once): {given}"))


@key.command
def create(kind: Literal["write", "server"], *, name: str, origin: list[str] | None = None) -> None:
    """Make a key and show it, once.

    A write key is for browsers and apps; bind it to the origins of your site.
    A server key may do everything: keep it on servers.

    Example: `regulars key create write --name site --origin https://shop.example`
    """
    with open_database() as database, database.begin() as db:
        made = team.create_key(db, team.KeyKind(kind), name, origins=origin or [], now=utc_now())
        team.audit(db, "command line", "key created", {"kind": kind, "name": name}, now=utc_now())
    console.print(f"{kind} key “{name}” (shown once): {made.plain}", highlight=False, soft_wrap=True)


@key.command(name="list")
def list_keys() -> None:
    """Show the keys: what for, where from, since when, and whether they are revoked."""
    with open_database() as database, database.begin() as db:
        found = team.keys(db)
    table = Table("id", "kind", "name", "ends with", "origins", "since", "revoked")
    for one in found:
        revoked = f"{one.revoked_at:%F}" if one.revoked_at else ""
        origins = ", ".join(one.origins) or "anywhere"
        table.add_row(str(one.id), one.kind, one.name, f"…{one.hint}", origins, f"{one.created_at:%F}", revoked)
    console.print(table)


@key.command
def revoke(id: UUID) -> None:
    """Stop a key from working, at once. The id is in `regulars key list`."""
    with open_database() as database, database.begin() as db:
        team.revoke_key(db, id, now=utc_now())
        team.audit(db, "command line", "key revoked", {"id": str(id)}, now=utc_now())
    console.print("Revoked.")
