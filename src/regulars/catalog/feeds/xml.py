"""Google product feeds, RSS 2.0 and Atom, streamed: an item at a time, whatever the length of the file.

https://support.google.com/merchants/answer/7052112 · https://www.rssboard.org/rss-specification · RFC 4287
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from regulars.catalog.feeds.entries import to_article, to_product
from regulars.catalog.feeds.files import Opened
from regulars.catalog.feeds.tables import LONGEST_LINE, rejected
from regulars.catalog.model import NewItem, Rejected
from regulars.kit.errors import Invalid

CHUNK = 64 * 1024
GOOGLE = "http://base.google.com/ns/1.0"
NAMESPACES = {
    GOOGLE: "g", "http://www.w3.org/2005/Atom": "", "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/rss/1.0/modules/content/": "content", "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/XML/1998/namespace": "xml", "http://purl.org/rss/1.0/": "",
}  # fmt: skip
ENTRIES = ("item", "entry")


@dataclass(slots=True)
class Entry:
    """One item or entry as it stands in the file: texts and attributes of its children by name, in order."""

    line: int
    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    attributes: dict[str, list[Mapping[str, str]]] = field(default_factory=lambda: defaultdict(list))
    size: int = 0

    def text(self, *names: str) -> str:
        """The first text there is under one of `names`."""
        return next((text for name in names for text in self.texts.get(name, ()) if text), "")


class _Collector:
    """What expat tells, gathered into entries."""

    def __init__(self, line: Callable[[], int]) -> None:
        self.entries: list[Entry] = []
        self.language = ""
        self.root = ""
        self._line = line
        self._entry: Entry | None = None
        self._path: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _short(tag)
        plain = {_short(key): value for key, value in attributes.items()}
        self.root = self.root or name
        self.language = self.language or plain.get("xml:lang", "")
        if self._entry is None:
            if name in ENTRIES:
                self._entry = Entry(self._line())
                self._path = []
        else:
            self._path.append(name)
            if len(self._path) == 1 or name == "media:thumbnail":
                self._entry.attributes[name].append(plain)
        if len(self._path) <= 1:
            self._text = []
        else:
            self._text.append("\n")

    def data(self, data: str) -> None:
        if self._entry is not None:
            self._entry.size += len(data)
            if self._entry.size > LONGEST_LINE:
                return
        self._text.append(data)

    def end(self, tag: str) -> None:
        name = _short(tag)
        if self._entry is None:
            if name in ("language", "dc:language"):
                self.language = "".join(self._text).strip()
            self._text = []
        elif not self._path:
            self.entries.append(self._entry)
            self._entry = None
            self._text = []
        else:
            self._path.pop()
            if not self._path:
                self._entry.texts[name].append("".join(self._text).strip())

    def close(self) -> None:
        """The end of the file; nothing is left to say."""


def xml_items(
    opened: Opened, *, language: str, kind: str | None, now: datetime | None = None
) -> Iterator[NewItem | Rejected]:
    """The items of a feed: products where an entry has a Google id, else articles.

    Raises Invalid when the file is no feed, breaks off, or declares entities or a DTD of others.
    """
    count = 0
    for entry, said in _entries(opened):
        count += 1
        try:
            if entry.size > LONGEST_LINE:
                raise Invalid(f"is longer than {LONGEST_LINE:,} characters")
            spoken = entry.text("g:content_language", "dc:language", "language") or said or language
            is_product = entry.text("g:id")
            yield to_product(entry, spoken, kind, now) if is_product else to_article(entry, spoken, kind)
        except Invalid as e:
            yield rejected(entry.line, e.detail, "; ".join(f"{k}={v[0]}" for k, v in entry.texts.items() if v))
    if not count:
        raise Invalid("there is no item or entry in this XML: it should be a product feed, RSS or Atom")


def _entries(opened: Opened) -> Iterator[tuple[Entry, str]]:
    parser: DefusedXMLParser | None = None
    collector = _Collector(lambda: int(parser.parser.CurrentLineNumber) if parser else 0)
    parser = DefusedXMLParser(target=collector)
    try:
        while chunk := opened.stream.read(CHUNK):
            parser.feed(chunk)
            done, collector.entries = collector.entries, []
            yield from ((entry, collector.language) for entry in done)
        parser.close()
    except DefusedXmlException as e:
        raise Invalid("this XML declares entities or refers to other files: refused, for it could do harm") from e
    except ParseError as e:
        yield from ((entry, collector.language) for entry in collector.entries)
        raise Invalid(f"the XML breaks off at line {e.position[0]} ({e}): what came before was read") from e


def _short(tag: str) -> str:
    """`{http://base.google.com/ns/1.0}id` as `g:id`."""
    if not tag.startswith("{"):
        return tag
    space, _, name = tag[1:].partition("}")
    prefix = NAMESPACES.get(space, "x")
    return f"{prefix}:{name}" if prefix else name
