"""Which model serves."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from regulars.decide import store
from regulars.decide.store import ModelRow
from regulars.kit.json import Json
from regulars.store import Db, bump


def keep(
    db: Db, model: UUID, path: Path, *, digest: str, report: Json, now: datetime, refused: str = ""
) -> None:  # fmt: skip
    """From the commit on, every process serves the model in `path` (relative to the var folder, or absolute).

    refused   why it should not: then it is only written down, and the one that serves serves on
    """
    store.add_model(db, ModelRow(model, str(path), digest, report, now, None if refused else now, None))
    if refused:
        store.refuse_model(db, model, refused)
    else:
        bump(db, "model")


def models(db: Db, *, most: int = 20) -> list[ModelRow]:
    """The models there were, the one that serves first."""
    return store.models(db, most)
