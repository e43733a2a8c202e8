"""Help pages: written as drafts, published as versions, each of which can be brought back."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from regulars import catalog
from regulars.catalog import Change, NewItem
from regulars.desk.help import store
from regulars.desk.help.model import HelpId, HelpPage, HelpText, NewPage, Version
from regulars.kit.errors import Conflict, Forbidden, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.text import fold
from regulars.store import Db
from regulars.team import Agent, Role

KIND = "help"
LONGEST = {"title": 200, "summary": 500, "body": 100_000}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
RESERVED = frozenset({"search", "sitemap", "feedback"})


def save_draft(
    db: Db, new: NewPage, *, by: Agent, now: datetime, id: HelpId | None = None, item: str = "", site: str = ""
) -> HelpPage:
    """Write a page, or on at the one with this id; customers read it when it is published.

    item  external id of its catalogue item, for a new page; "" makes one from the address
    site  where the help centre is reached (`https://…`): goes before the address in the catalogue
    Raises Invalid with the field, Conflict when the address is taken, NotFound, Forbidden.
    """
    _needs(by, Role.AGENT)
    new = replace(new, texts={code: text for code, text in new.texts.items() if text != HelpText("")})
    _check(new)
    who = f"agent:{by.email}"
    if store.slug_taken(db, new.slug, id):
        raise Conflict(f"there is a help page at {new.slug!r} already", fields={"slug": "is taken"})
    if id is None:
        id = HelpId(new_id())
        if not store.insert(db, id, new, item or f"help:{new.slug}", by=who, now=now):
            raise Conflict("there is a help page for this item already", fields={"item": "is taken"})
        return page(db, id)
    held = _held(db, id)
    if held.published is not None and held.slug != new.slug:
        _needs(by, Role.MANAGER)  # the address counts at once
        store.remember_slug(db, id, held.slug, new.slug)
    store.update(db, id, new, by=who, now=now)
    if held.published is not None and held.slug != new.slug:
        _give(db, page(db, id), held.texts, now, site)
    return page(db, id)


def publish(db: Db, id: HelpId, *, by: Agent, now: datetime, site: str = "") -> HelpPage:
    """Let customers read the draft. Raises Conflict without one, NotFound, Forbidden."""
    _needs(by, Role.MANAGER)
    held = _held(db, id)
    if held.draft is None:
        raise Conflict("there is no draft to publish: somebody published it, or nothing was changed")
    return _publish(db, held, Version(0, held.draft, now, f"agent:{by.email}"), site)


def restore(db: Db, id: HelpId, number: int, *, by: Agent, now: datetime, site: str = "") -> HelpPage:
    """Bring back what the page was in version `number`, as a new version. Raises NotFound, Forbidden."""
    _needs(by, Role.MANAGER)
    held = _held(db, id)
    old = next((v for v in store.versions(db, id) if v.number == number), None)
    if old is None:
        raise NotFound(f"there is no version {number} of this page")
    return _publish(db, held, Version(0, old.texts, now, f"agent:{by.email}", number), site)


def discard_draft(db: Db, id: HelpId, *, by: Agent, now: datetime) -> HelpPage:
    """Throw the draft away; what is published stays. Raises Conflict when nothing was ever published."""
    _needs(by, Role.AGENT)
    if _held(db, id).published is None:
        raise Conflict("this page is only a draft: nothing would be left of it")
    store.clear_draft(db, id, now)
    return page(db, id)


def withdraw(db: Db, id: HelpId, *, by: Agent, now: datetime) -> HelpPage:
    """Let customers read it no more; versions and draft stay. Raises NotFound, Forbidden."""
    _needs(by, Role.MANAGER)
    held = _held(db, id)
    store.show(db, id, None, {}, now)
    catalog.patch(db, [Change(held.item, available=False)], now=now)
    return page(db, id)


def page(db: Db, id: HelpId) -> HelpPage:
    """A page as the company sees it. Raises NotFound."""
    found = store.page(db, id)
    if found is None:
        raise NotFound("there is no such help page")
    return found


def pages(db: Db) -> list[HelpPage]:
    """All help pages, by category and place."""
    return store.pages(db)


def versions(db: Db, id: HelpId) -> list[Version]:
    """Every version of a page, the newest first."""
    return store.versions(db, id)


def slug_of(title: str) -> str:
    """An address made from a title: "Change or cancel?" → change-or-cancel."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(title)))[:80].strip("-")


def _publish(db: Db, held: HelpPage, version: Version, site: str) -> HelpPage:
    _check(NewPage(held.slug, version.texts, held.category, held.position))
    number = store.add_version(db, held.id, version)
    store.show(db, held.id, number, version.texts, version.at)
    store.clear_draft(db, held.id, version.at)
    made = page(db, held.id)
    _give(db, made, version.texts, version.at, site)
    return made


def _give(db: Db, made: HelpPage, texts: Mapping[str, HelpText], now: datetime, site: str) -> None:
    """The page as an item of the catalogue, so that slots, reasons and learning know it."""
    item = NewItem(
        made.item,
        KIND,
        {code: text.title for code, text in texts.items()},
        {code: text.summary for code, text in texts.items() if text.summary},
        {code: f"{site}/help/{made.slug}?lang={code}" for code in texts},
        category=(made.category,) if made.category else (),
        published_at=now,
    )
    catalog.upsert(db, [item], now=now)


def _held(db: Db, id: HelpId) -> HelpPage:
    if not store.lock(db, id):
        raise NotFound("there is no such help page")
    return page(db, id)


def _needs(by: Agent, role: Role) -> None:
    if not by.role.may(role):
        raise Forbidden(f"this needs the role {role.value}; yours is {by.role.value}")


def _check(new: NewPage) -> None:
    faults: dict[str, str] = {}
    if not _SLUG.fullmatch(new.slug) or len(new.slug) > 100 or new.slug in RESERVED:
        faults["slug"] = "small letters, digits and - only, for example change-an-order"
    if not any(text.title.strip() for text in new.texts.values()):
        faults["title"] = "a title is needed, in one language at least"
    for language, text in new.texts.items():
        if not _LANGUAGE.fullmatch(language):
            faults[f"texts.{language[:20]}"] = "is no language code"
        for field, most in LONGEST.items():
            if len(getattr(text, field)) > most:
                faults[f"{language}.{field}"] = f"is longer than {most:,} characters"
        if not text.title.strip() and (text.summary or text.body):
            faults[f"{language}.title"] = "is needed"
    if len(new.category) > 100:
        faults["category"] = "is longer than 100 characters"
    if faults:
        raise Invalid("; ".join(f"{place}: {fault}" for place, fault in faults.items()), fields=faults)
