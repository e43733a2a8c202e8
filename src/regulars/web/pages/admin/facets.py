"""What people may choose: the company's facets and the built-in ones, as they are defined."""

from collections import Counter

from litestar import Response, get

from regulars import choices
from regulars.choices.model import Acts
from regulars.kit.i18n import N_
from regulars.web.pages.desk import GivenDesk

ACTS = {
    Acts.REQUIRE: N_("only what has it"),
    Acts.EXCLUDE: N_("nothing that has it"),
    Acts.PREFER: N_("what has it comes first"),
    Acts.LESS: N_("what is like it comes later"),
    Acts.LANGUAGE: N_("the language we speak"),
    Acts.MODE: N_("who chooses"),
    Acts.LAYOUT: N_("the order of blocks"),
    Acts.PIN: N_("stands first"),
    Acts.PAUSE: N_("nothing personal at all"),
    Acts.PLACE: N_("what is popular near them"),
    Acts.NOTHING: N_("only told to others"),
}


@get("/admin/facets", sync_to_thread=True)
def facets_page(desk: GivenDesk) -> Response[str]:
    """Every facet, the company's first."""
    with desk.work() as work:
        found = choices.definitions(work.db)
    own = Counter(name in choices.built_in() for name in found)[False]
    return desk.page("admin/facets.html", {"facets": list(found.values()), "own": own, "acts": ACTS})
