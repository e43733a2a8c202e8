"""Colleagues named in a note."""

import re

from regulars import team
from regulars.store import Db
from regulars.team import AgentId

_NAMED = re.compile(r"@([\w.\-]+)")


def mentioned(db: Db, text: str) -> list[AgentId]:
    """Colleagues named with @, by the first word of their name or of their address."""
    wanted = {word.lower().rstrip(".-") for word in _NAMED.findall(text)}
    if not wanted:
        return []
    return [
        a.id for a in team.agents(db)
        if not a.disabled_at and wanted & {a.name.split()[0].lower(), a.email.split("@")[0]}
    ]  # fmt: skip
