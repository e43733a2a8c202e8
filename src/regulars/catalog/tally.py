"""What is said most often, in little memory."""

from typing import Generic, TypeVar

Said = TypeVar("Said")
Other = TypeVar("Other")

MOST_KINDS = 8
HALVE_AT = 256


class Tally(Generic[Said]):
    """Counts what is said and knows the most frequent, the newest among equals.

    Keeps at most eight different things, the rarest go first; counts are halved now and then, so that a new
    name prevails in the end over one that was used for years.
    """

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[Said, int] = {}

    def add(self, said: Said, times: int = 1) -> None:
        """Count `said`; nothing said is nothing counted."""
        if not said:
            return
        counts = self._counts
        if said not in counts and len(counts) >= MOST_KINDS:
            del counts[min(counts, key=lambda k: counts[k])]
        count = counts.pop(said, 0) + times  # the newest stands last
        counts[said] = count
        if count >= HALVE_AT:
            self._counts = {k: max(1, c // 2) for k, c in counts.items()}

    def best(self, otherwise: Other) -> Said | Other:
        """The most frequent, the newest among equals; `otherwise` when nothing was said."""
        if not self._counts:
            return otherwise
        most = max(self._counts.values())
        return next(k for k in reversed(self._counts) if self._counts[k] == most)
