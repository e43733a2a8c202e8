"""People: find one, and see everything known, chosen, guessed and decided about them; part a wrong merge."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from regulars import decide, people
from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.kit.text import clean
from regulars.people.model import Profile
from regulars.team import Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.desk import GivenDesk
from regulars.web.pages.forms import GivenForm
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.me.sentences import done, evidence, seen
from regulars.web.pages.outcomes import outcomes
from regulars.web.pages.scene import labels_in, world_of

MOST_FOUND = 50
MOST_DECISIONS = 8
MOST_EVENTS = 25


@get("/admin/people", sync_to_thread=True)
def people_page(desk: GivenDesk, q: FromQuery[str] = "") -> Response[str]:
    """Who has a name that begins with `q`; without it, who was here last."""
    with desk.work() as work:
        found = people.search(work.db, clean(q.strip()[:200]), most=MOST_FOUND)
    return desk.page("admin/people.html", {"found": found, "q": q})


@get("/admin/people/{person:int}", sync_to_thread=True)
def person_page(desk: GivenDesk, person: FromPath[int]) -> Response[str]:
    """Everything about one person."""
    with desk.work() as work:
        profile = people.profile_of(work.db, PersonId(person))
        if profile.person is None:
            raise NotFound("there is no such person: they may have been erased")
        world = world_of(desk.edge, profile.versions, work.now)
        labels = labels_in(world, desk.agent.language)
        values = _everything(work, profile, labels, profile.person)
    return desk.page("admin/person.html", {**values, "profile": profile, "labels": labels})


@post("/admin/people/{person:int}/merges/{merge:uuid}/undo", sync_to_thread=True)
def part_merge(desk: GivenDesk, form: GivenForm, person: FromPath[int], merge: FromPath[UUID]) -> Response[None]:
    """Take a merge back: two persons again, each with what was theirs."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        people.unjoin(work.db, merge, by=desk.by, now=work.now)
        desk.audit(work, "merge undone", {"merge": str(merge), "person": person})
    return render.go(f"/admin/people/{person}")


def _everything(work: Work, profile: Profile, labels: Labels, root: PersonId) -> Mapping[str, object]:
    events = seen(work.db, root)
    facets = sorted(profile.facets.values(), key=lambda f: (f.stated is None, f.name))
    recent = decide.recent(work.db, people.nodes(work.db, root), most=MOST_DECISIONS)
    return {
        "stated": [f for f in facets if f.stated is not None],
        "guessed": [(f, evidence(f.evidence, events, labels)) for f in facets if f.inferred is not None],
        "denied": [f for f in facets if f.denied],
        "consents": people.consents(work.db, root),
        "merges": people.merges(work.db, root),
        "changes": people.changes(work.db, root, most=20),
        "events": [(e, done(e, labels)) for e in list(events.values())[:MOST_EVENTS]],
        "decisions": [(d, outcomes(d.items, labels, events)) for d in recent],
    }
