"""Where in the inbox an agent is: which list, which search, which page of it. It stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from regulars.desk import View, ViewId, ViewKind
from regulars.kit.errors import NotFound
from regulars.kit.i18n import N_
from regulars.kit.text import clean
from regulars.team import DepartmentId
from regulars.web.pages.forms import AnyRequest

HOME = "/desk"
NAMES: Mapping[str, tuple[str, str]] = {
    "mine": ("user", N_("Mine")),
    "unassigned": ("inbox", N_("Unassigned")),
    "all": ("layout-grid", N_("All")),
    "mentioned": ("at-sign", N_("Mentioned")),
    "followed": ("bell", N_("Followed")),
    "waiting": ("clock", N_("Waiting longest")),
    "breaching": ("flame", N_("Due soon")),
    "snoozed": ("moon", N_("Snoozed")),
    "spam": ("ban", N_("Spam")),
}
"""View → (icon, name), in the order of the rail."""


@dataclass(frozen=True, slots=True)
class Where:
    """A list, or a search; `after` the page of it."""

    view: View
    words: str = ""
    after: str = ""

    @property
    def query(self) -> str:
        """As it stands in links, with its question mark; the page is left out: going back begins at the top."""
        said = {"view": self.view.kind.value} if self.view.kind is not ViewKind.MINE else {}
        if self.view.department:
            said["department"] = str(self.view.department)
        if self.view.saved:
            said["saved"] = str(self.view.saved)
        if self.words:
            said["q"] = self.words
        return f"?{urlencode(said)}" if said else ""

    @property
    def list(self) -> str:
        """The address of the list alone."""
        return HOME + self.query

    def talk(self, number: int) -> str:
        """The address of a conversation beside this list."""
        return f"{HOME}/c/{number}{self.query}"


def where_of(request: AnyRequest) -> Where:
    """Where the address says. Raises NotFound for a list there is not."""
    said = request.query_params
    kind = said.get("view", "mine")
    if kind not in set(ViewKind):
        raise NotFound("there is no such list")
    department, saved = _uuid(said.get("department")), _uuid(said.get("saved"))
    view = View(
        ViewKind(kind),
        DepartmentId(department) if department else None,
        ViewId(saved) if saved else None,
    )
    return Where(view, clean(said.get("q", ""))[:500].strip(), said.get("after", "")[:100])


def back_to(path: str) -> str:
    """`path` when it is a page of the inbox, else the inbox."""
    fine = path.startswith(HOME) and "//" not in path and "\\" not in path and "\n" not in path
    return path if fine else HOME


def _uuid(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as e:
        raise NotFound("there is no such list") from e
