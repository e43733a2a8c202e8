"""What a rule may ask of a visitor on the site."""

from collections.abc import Sequence
from datetime import datetime

from regulars.desk.chat.model import Visitor
from regulars.kit.conditions import Field, Kind, Vocabulary
from regulars.kit.json import Json

ASKED = (
    ("page", Kind.TEXT, "Address of the page", "Dirección de la página", "Adres van de pagina"),
    ("title", Kind.TEXT, "Title of the page", "Título de la página", "Titel van de pagina"),
    ("language", Kind.TEXT, "Language", "Idioma", "Taal"),
    ("visits", Kind.NUMBER, "Visits", "Visitas", "Bezoeken"),
    ("pages", Kind.NUMBER, "Pages in this visit", "Páginas en esta visita", "Pagina’s in dit bezoek"),
    ("seconds_here", Kind.NUMBER, "Seconds on the site", "Segundos en el sitio", "Seconden op de site"),
    ("seconds_on_page", Kind.NUMBER, "Seconds on this page", "Segundos en esta página", "Seconden op deze pagina"),
    ("signed_in", Kind.FLAG, "Signed in", "Ha iniciado sesión", "Ingelogd"),
)
VISITOR_WORDS = Vocabulary.of(Field(name, kind, {"en": en, "es": es, "nl": nl}) for name, kind, en, es, nl in ASKED)


class OnSite:
    """A visitor as a condition asks about them, at one instant."""

    def __init__(self, visitor: Visitor, now: datetime) -> None:
        self._visitor = visitor
        self._now = now

    def __call__(self, field: str, /) -> Sequence[Json]:
        """The values of `field`: none when unknown."""
        v = self._visitor
        match field:
            case "page" | "title" | "language":
                text = v.url if field == "page" else v.title if field == "title" else v.language
                return (text,) if text else ()
            case "visits":
                return (v.visits,)
            case "pages":
                return (v.pages,)
            case "seconds_here":
                return ((self._now - v.since).total_seconds(),)
            case "seconds_on_page":
                return ((self._now - v.page_since).total_seconds(),)
            case "signed_in":
                return (v.identity is not None and v.identity.kind == "user",)
        return ()
