"""What a lake holds: one small file that names all others. What it does not name is not there."""

from datetime import datetime

from msgspec import Struct


class Part(Struct, frozen=True):
    """A file of rows, in one partition; `first` and `last` are the least and greatest event id in it."""

    path: str
    partition: str
    rows: int
    first: int
    last: int


class Manifest(Struct, frozen=True, kw_only=True):
    """One state of the lake.

    number  of the export that made it: 1, 2, 3 …
    origin  which installation it is of
    until   all events up to this id are in it
    parts   the events
    state   what may change of what was exported, as of `at`: name → file
    gone    how many rows were taken out again so far: of people who were erased
    """

    number: int
    origin: str
    until: int
    at: datetime
    parts: tuple[Part, ...] = ()
    state: dict[str, str] = {}
    gone: int = 0

    @property
    def rows(self) -> int:
        """How many rows of events there are."""
        return sum(part.rows for part in self.parts)

    @property
    def files(self) -> set[str]:
        """Every file that counts."""
        return {part.path for part in self.parts} | set(self.state.values())
