"""The company as its customers see it: on their page, in the help centre, in mail, in the chat."""

from datetime import datetime

from regulars.kit import colour
from regulars.kit.errors import Invalid
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team.model import Company
from regulars.team.store import company as store

LONGEST_NAME = 80
LONGEST_SITE = 500


def company(db: Db) -> Company:
    """As it was saved; nothing at first."""
    return store.company(db) or Company()


def save_company(db: Db, said: Company, *, by: str, now: datetime) -> Company:
    """Counts on the next page. Raises Invalid with the field."""
    name, site = clean(said.name.strip()), said.site.strip()
    if len(name) > LONGEST_NAME:
        raise Invalid(f"a name has at most {LONGEST_NAME} characters", fields={"name": "is too long"})
    if site and not _may_lead(site):
        raise Invalid("an address begins with https://", fields={"site": "begins with https://"})
    kept = Company(name, colour.checked(said.colour) if said.colour.strip() else "", site)
    store.save(db, kept, by, now)
    return kept


def _may_lead(site: str) -> bool:
    """Whether a link may lead there: an address of the web, or a page of this server."""
    here = site.startswith("/") and not site.startswith(("//", "/\\"))
    web = site.startswith(("https://", "http://"))
    return (here or web) and len(site) <= LONGEST_SITE and not set(site) & set(" \x00<>\"'")
