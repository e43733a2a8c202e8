"""What a form said."""

from collections.abc import Mapping, Sequence

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency

from regulars.kit.errors import Invalid
from regulars.kit.text import clean

AnyRequest = Request[object, object, State]

LONGEST = 200_000


class Form:
    """Names to texts, cleaned. A name may come more than once."""

    def __init__(self, said: Mapping[str, Sequence[str]]) -> None:
        self._said = said

    def one(self, name: str, default: str = "") -> str:
        """The last text said under `name`."""
        found = self._said.get(name)
        return found[-1] if found else default

    def needed(self, name: str) -> str:
        """The text under `name`. Raises Invalid when it is not there or empty."""
        found = self.one(name).strip()
        if not found:
            raise Invalid(f"the form lacks {name!r}", fields={name: "is needed"})
        return found

    def many(self, name: str) -> list[str]:
        """All texts under `name`, in their order, without empty ones."""
        return [text for text in self._said.get(name, ()) if text]

    def all(self, name: str) -> list[str]:
        """All texts under `name`, in their order, empty ones too: for columns of a table."""
        return list(self._said.get(name, ()))

    def names(self) -> list[str]:
        """Every name the form said something under."""
        return list(self._said)


GivenForm = NamedDependency[Form]
"""How a handler asks for it: `form: GivenForm`."""


async def provide_form(request: AnyRequest) -> Form:
    """The form of this request; empty when it had none."""
    said: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            said.setdefault(name, []).append(clean(fitting(name, value)))
    return Form(said)


def fitting(name: str, value: str) -> str:
    """`value`, whole. Raises Invalid when it is longer than any text may be: half of it would be worse than nothing."""
    if len(value) > LONGEST:
        words = f"{LONGEST:,} characters at most"
        raise Invalid(f"this text is too long: {words}. Nothing was kept of it", fields={name[:100]: words})
    return value
