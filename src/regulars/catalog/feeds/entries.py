"""Entries of feeds as items."""

import re
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Protocol

from regulars.catalog.checks import LABEL, MOST_VALUES, SUMMARY, TITLE
from regulars.catalog.feeds.items import flag, moment, money, sound
from regulars.catalog.model import NewItem
from regulars.kit.errors import Invalid
from regulars.kit.json import Json

PRODUCT_ATTRIBUTES = (
    "brand", "gtin", "mpn", "condition", "color", "size", "gender", "age_group", "material", "pattern",
    "item_group_id", "google_product_category", "size_system", "energy_efficiency_class",
    "custom_label_0", "custom_label_1", "custom_label_2", "custom_label_3", "custom_label_4",
)  # fmt: skip


class Entry(Protocol):
    """What is read of an item or entry: texts and attributes of its children by name."""

    texts: dict[str, list[str]]
    attributes: dict[str, list[Mapping[str, str]]]

    def text(self, *names: str) -> str:
        """The first text under one of `names`."""


def to_product(entry: Entry, language: str, kind: str | None, now: datetime | None = None) -> NewItem:
    """An entry of a Google product feed. Raises Invalid with its first fault."""
    price, currency = money(_sale_price(entry, now) or entry.text("g:price"))
    title, summary = entry.text("g:title", "title"), plain(entry.text("g:description", "description", "summary"))
    address = entry.text("g:link") or _link(entry)
    category = entry.text("g:product_type", "g:google_product_category")
    attributes: dict[str, Json] = {
        name: _one_or_all(values) for name in PRODUCT_ATTRIBUTES if (values := _texts(entry, f"g:{name}"))
    }
    return sound(
        NewItem(
            entry.text("g:id"),
            kind=kind or "product",
            title=_in(language, title[:TITLE]),
            summary=_in(language, summary),
            url=_in(language, address),
            image=entry.text("g:image_link"),
            price=price,
            currency=currency,
            attributes=attributes,
            category=tuple(part[:LABEL] for part in (p.strip() for p in category.split(">")) if part),
            available=flag(entry.text("g:availability"), "availability", otherwise=True),
            expires_at=moment(entry.text("g:expiration_date"), "expiration_date"),
        )
    )


def to_article(entry: Entry, language: str, kind: str | None) -> NewItem:
    """An item of RSS or an entry of Atom. Its topics become the attribute `topics`. Raises Invalid."""
    address = _link(entry)
    topics = [t[:LABEL] for t in _texts(entry, "category") + _texts(entry, "dc:subject")]
    topics += [a["term"][:LABEL] for a in entry.attributes.get("category", ()) if a.get("term")]
    author = entry.text("dc:creator", "author").split("\n")[0].strip()
    attributes: dict[str, Json] = {"languages": [language.lower()]}
    if topics:
        attributes["topics"] = list(dict.fromkeys(topics))[:MOST_VALUES]
    if author:
        attributes["author"] = author[:LABEL]
    published = entry.text("pubDate", "published", "dc:date", "updated")
    return sound(
        NewItem(
            entry.text("guid", "id") or address,
            kind=kind or "article",
            title=_in(language, plain(entry.text("title"))[:TITLE]),
            url=_in(language, address),
            summary=_in(language, plain(entry.text("description", "summary", "content:encoded", "content"))),
            image=_image(entry),
            attributes=attributes,
            published_at=moment(published, "published"),
        )
    )


def plain(html: str) -> str:
    """`html` without its tags, as one paragraph."""
    if "<" not in html and "&" not in html:
        return " ".join(html.split())[:SUMMARY]
    words = _Words()
    words.feed(html)
    words.close()
    return " ".join("".join(words.found).split())[:SUMMARY]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  HTMLParser's own signature
        self._hidden += tag in ("script", "style")
        self.found.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0
        self.found.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def _sale_price(entry: Entry, now: datetime | None) -> str:
    """The sale price where there is one; one with dates counts only between them."""
    name = "sale_price_effective_date"
    period = entry.text(f"g:{name}")
    if period:
        start, _, end = period.partition("/")
        begins, ends = moment(start.strip(), name), moment(end.strip(), name)
        if begins is None or ends is None or now is None or not begins <= now <= ends:
            return ""
    return entry.text("g:sale_price")


def _link(entry: Entry) -> str:
    """RSS: the text of link. Atom: its href, the alternate one first."""
    if text := entry.text("link"):
        return text
    links = [a for a in entry.attributes.get("link", ()) if a.get("href")]
    links.sort(key=lambda a: a.get("rel", "alternate") != "alternate")
    if links:
        return links[0]["href"]
    guid = entry.text("guid")
    return guid if re.match(r"https?://", guid) else ""


def _image(entry: Entry) -> str:
    for name, key in (("media:content", "url"), ("media:thumbnail", "url"), ("enclosure", "url"), ("link", "href")):
        for found in entry.attributes.get(name, ()):
            is_image = found.get("type", "").startswith("image/") or found.get("medium") == "image"
            if found.get(key) and (name == "media:thumbnail" or is_image):
                return found[key]
    return ""


def _texts(entry: Entry, name: str) -> list[str]:
    return [text for text in entry.texts.get(name, ()) if text]


def _one_or_all(values: list[str]) -> Json:
    return values[0] if len(values) == 1 else values


def _in(language: str, text: str) -> dict[str, str]:
    if len(language) > 35:
        raise Invalid("language is not a language code like en or nl-BE")
    return {language: text} if text else {}
