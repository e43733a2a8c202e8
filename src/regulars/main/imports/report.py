"""What became of an import: counts, reasons, and the file of rejected rows."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import BadGzipFile
from pathlib import Path
from typing import TextIO

from rich.table import Table

from regulars.catalog import Rejected
from regulars.kit.errors import Invalid

MOST_REASONS = 25


@dataclass(slots=True)
class Counts:
    """What happened to the rows that were good."""

    new: int = 0
    changed: int = 0
    known: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.new + other.new, self.changed + other.changed, self.known + other.known)


@dataclass(slots=True)
class Report:
    """Everything there is to say at the end.

    known_word  how rows that changed nothing are called
    dry         nothing was written
    """

    what: str
    known_word: str = "known already"
    dry: bool = False
    read: int = 0
    counts: Counts = field(default_factory=Counts)
    reasons: Counter[str] = field(default_factory=Counter)
    rejects: Path | None = None
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many rows could not be used."""
        return self.reasons.total()

    def table(self) -> Table:
        """For a person to read."""
        table = Table(title=f"{self.what}{' (dry run: nothing was written)' if self.dry else ''}", title_justify="left")
        table.add_column("rows")
        table.add_column("number", justify="right")
        rate = f" in {self.seconds:.1f} s, {self.read / self.seconds:,.0f} a second" if self.seconds > 1 else ""
        table.add_row(f"read{rate}", f"{self.read:,}")
        table.add_row("would be taken" if self.dry else "new", f"{self.counts.new:,}", style="green")
        if self.counts.changed:
            table.add_row("changed", f"{self.counts.changed:,}", style="green")
        if not self.dry:
            table.add_row(self.known_word, f"{self.counts.known:,}")
        table.add_row("rejected", f"{self.rejected:,}", style="yellow" if self.rejected else "")
        for reason, count in self.reasons.most_common(MOST_REASONS):
            table.add_row(f"  {_plain(reason)}", f"{count:,}", style="dim")
        if len(self.reasons) > MOST_REASONS:
            table.add_row(f"  … and {len(self.reasons) - MOST_REASONS} more reasons", "", style="dim")
        return table


class Rejects:
    """Writes rejected rows to a CSV file: line, reason, raw. The file appears with the first of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, row: Rejected) -> None:
        """Write one."""
        if self._file is None:
            self._file = _created(self.path)
            self._rows = csv.writer(self._file)
            self._rows.writerow(("line", "reason", "raw"))
        self._rows.writerow((row.line, row.reason, row.raw))

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


@contextmanager
def rejects_to(path: Path) -> Iterator[Rejects]:
    """A file of rejects, closed at the end; one of an earlier run is gone."""
    rejects = Rejects(path)
    try:
        path.unlink(missing_ok=True)
        yield rejects
        rejects.close()
    except BadGzipFile:
        raise  # it is the file that is read, not the one that is written
    except OSError as e:
        raise Invalid(f"rejected rows cannot be written to {path} ({e.strerror}): say --rejects FILE") from e
    finally:
        rejects.close()


def _created(path: Path) -> TextIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w", encoding="utf-8", errors="backslashreplace", newline="")


def _plain(reason: str) -> str:
    return reason.replace("[", r"\[")
