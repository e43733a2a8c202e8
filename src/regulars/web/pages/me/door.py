"""Whose page this is. The token is in every link and form; there is no cookie, so the page can be embedded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from regulars import decide, people, team
from regulars.decide.world import World
from regulars.kit.clock import utc_now
from regulars.kit.errors import NotFound, Unauthorized
from regulars.kit.i18n import N_
from regulars.kit.ids import PersonId
from regulars.people.model import FactChange, Identity, IdentityKind, Profile
from regulars.team.tokens import ME
from regulars.web.edge import Edge, GivenEdge, Work
from regulars.web.pages import render
from regulars.web.pages.forms import AnyRequest
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.me.notices import Notice, notice_of
from regulars.web.pages.scene import labels_in, world_of
from regulars.web.whom import PROVEN

TABS = (
    ("chosen", "/me", "check", N_("What you chose")),
    ("guesses", "/me/guesses", "sparkles", N_("What we guess")),
    ("why", "/me/why", "circle-help", N_("Why you saw it")),
    ("data", "/me/data", "shield-check", N_("Your data")),
)
PATHS = {name: path for name, path, _, _ in TABS}
POLICY = {"frame-ancestors": "*"}
BY = "person"


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone looking at their page."""

    edge: Edge
    token: str
    identity: Identity
    accept_language: str
    said: str = ""
    done: str = ""

    @property
    def proven(self) -> bool:
        """Whether it is proven who they are: what they wrote to us opens only then."""
        return self.identity.kind in PROVEN

    def url(self, path: str, **query: str) -> str:
        """`path` with the token, so that it opens for this person only."""
        return f"{path}?{urlencode({'t': self.token} | query)}"

    def back(self, tab: str, **query: str) -> Redirect:
        """Answer a form: the tab it came from, with what happened."""
        return render.go(self.url(PATHS.get(tab, "/me"), **query))

    def changed(self, tab: str, change: FactChange) -> Redirect:
        """Answer a form that changed a fact: the tab, with Undo."""
        return self.back(tab, done=str(change.id))

    def node(self, work: Work) -> PersonId:
        """Where what this person says is written; a person not known yet is made."""
        return people.resolve(work.db, [self.identity], now=work.now)[self.identity]

    def language(self, profile: Profile) -> str:
        """Chosen, else what their browser asks for, else guessed."""
        facet = profile.facet("language")
        for value in (facet.stated, None if self.accept_language else facet.value):
            if isinstance(value, str):
                return render.spoken(value)
        return render.preferred(self.accept_language)

    def look(self, work: Work) -> "Look":
        """Who they are now, with the guesses of this second, and the names of things in their language."""
        held = people.profile(work.db, self.identity)
        world = world_of(self.edge, held.versions, work.now)
        newest = people.events(work.db, held.person, most=1) if held.person is not None else []
        context = newest[0].context if newest else None
        profile = decide.with_guesses(held, world, now=work.now, context=context)
        return Look(self, work, profile, world, labels_in(world, self.language(profile)))


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the page, in one transaction."""

    visit: Visit
    work: Work
    profile: Profile
    world: World
    labels: Labels

    @property
    def places(self) -> Mapping[str, Sequence[str]]:
        """Cities and regions the model knows something about, by characteristic."""
        groups = self.world.model.popularity.groups if self.world.model else ()
        found: dict[str, list[str]] = {}
        for characteristic, value in sorted(groups):
            found.setdefault(characteristic, []).append(value)
        return found

    def page(self, tab: str, values: Mapping[str, object]) -> Response[str]:
        """A tab of the page."""
        company = self.visit.edge.keyring.company()
        frame = {"visit": self.visit, "tab": tab, "tabs": TABS, "company": company, "notice": self._notice()}
        return render.page(f"me/{tab}.html", self.labels.language, frame | dict(values), policy=POLICY)

    def _notice(self) -> Notice | None:
        found: FactChange | None = None
        if self.visit.done and self.profile.person is not None:
            made = people.changes(self.work.db, self.profile.person)
            found = next((c for c in made if str(c.id) == self.visit.done), None)
        return notice_of(self.visit.said, found, self.labels)


GivenVisit = NamedDependency[Visit]
"""How a handler asks for it: `visit: GivenVisit`."""


def provide_visit(
    request: AnyRequest, edge: GivenEdge, t: FromQuery[str] = "", said: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Visit:
    """Whom the token names. Raises Unauthorized."""
    if not t:
        raise Unauthorized("this page opens by a link made for one person, and the link is not whole")
    kind, value = team.me_of(edge.keyring.secret(ME), t, now=utc_now())
    if kind not in set(IdentityKind):
        raise Unauthorized("this link opens nobody's page")
    identity = Identity(IdentityKind(kind), value)
    return Visit(edge, t, identity, request.headers.get("accept-language", ""), said, done)


def uuid_of(text: str) -> UUID:
    """The id of a change, decision or correction, as a form says it. Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError as e:
        raise NotFound("there is no such thing: it may be gone") from e
