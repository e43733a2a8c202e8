"""HTML to text, for mails that have nothing else: nh3 makes the tags well-formed, the rest is one pass."""

import re
from html import unescape

import nh3

_KEPT = {
    "a", "address", "article", "blockquote", "br", "dd", "div", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "img", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "img": {"alt"}}
_DROPPED = {"head", "script", "style", "title"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "pre"}
_LINES = {"div", "li", "tr", "address", "article", "dd", "dt", "footer", "header", "section"}
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
_ATTRIBUTE = re.compile(r'(?:href|alt)="([^"]*)"')
_SPACES = re.compile(r"[ \t\r\n\f\u200b\u200c\u200d\u034f\u00ad\ufeff]+")
MOST = 2_000_000


def plain(html: str) -> str:
    """What a person would read: paragraphs, lists with dashes, quotes with "> ", links with their address."""
    tidy = nh3.clean(
        html[:MOST], tags=_KEPT, attributes=_ATTRIBUTES, clean_content_tags=_DROPPED, link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )  # fmt: skip
    page = _Page()
    end = 0
    for tag in _TAG.finditer(tidy):
        page.say(tidy[end : tag.start()])
        end = tag.end()
        page.meet(tag.group(2), tag.group(3), closing=bool(tag.group(1)))
    page.say(tidy[end:])
    return page.text()


class _Page:
    """Lines of text as they grow, with the depth of the quote each stands in."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._words: list[str] = []
        self._depth = 0
        self._links: list[tuple[str, int]] = []

    def say(self, text: str) -> None:
        if text:
            self._words.append(_SPACES.sub(" ", unescape(text)).replace("\xa0", " "))

    def meet(self, name: str, attributes: str, *, closing: bool) -> None:
        if name == "a":
            self._link(attributes, closing=closing)
        elif name == "img":
            alt = _ATTRIBUTE.search(attributes)
            if alt and alt.group(1).strip():
                self._words.append(f"[{unescape(alt.group(1)).strip()}]")
        elif name == "br":
            self._end_line(empty_too=True)
        elif name == "hr":
            self._end_line()
            self._lines.append((self._depth, "_" * 32))
        elif name in {"td", "th"}:
            self._words.append(" ")
        elif name in _PARAGRAPHS or name in _LINES:
            self._block(name, closing=closing)

    def text(self) -> str:
        self._end_line()
        out: list[str] = []
        for depth, line in self._lines:
            if line or (out and out[-1].strip("> ")):
                out.append(f"{'>' * depth} {line}".rstrip() if depth else line)
        return "\n".join(out).strip()

    def _block(self, name: str, *, closing: bool) -> None:
        self._end_line()
        if name in _PARAGRAPHS:
            self._lines.append((self._depth, ""))
        if name == "blockquote":
            self._depth = max(0, min(20, self._depth + (-1 if closing else 1)))
        elif name == "li" and not closing:
            self._words.append("- ")

    def _end_line(self, *, empty_too: bool = False) -> None:
        line = _SPACES.sub(" ", "".join(self._words)).strip()
        self._words.clear()
        if line or empty_too:
            self._lines.append((self._depth, line))

    def _link(self, attributes: str, *, closing: bool) -> None:
        if not closing:
            href = _ATTRIBUTE.search(attributes)
            self._links.append((unescape(href.group(1)) if href else "", len(self._words)))
        elif self._links:
            href_text, start = self._links.pop()
            shown = "".join(self._words[start:]).strip()
            address = href_text.removeprefix("mailto:")
            if href_text and shown and address.rstrip("/") not in {shown, f"http://{shown}", f"https://{shown}"}:
                self._words.append(f" ({address[:500]})")
