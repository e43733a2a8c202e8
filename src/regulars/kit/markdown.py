"""Markdown (CommonMark, with tables and strikethrough) to HTML that may stand in a page or a mail."""

from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt

TAGS = frozenset({
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "code": {"class"}}
SCHEMES = {"http", "https", "mailto", "tel"}
DEEPEST = 20


def to_html(text: str, *, pictures: bool = True) -> str:
    """`text` as clean HTML: no HTML of its own is let through, links only to the web, mail and telephone.

    pictures  False: a picture's words stand for it, so that nothing is fetched from anywhere
    """
    made = _reader().render(text)
    return nh3.clean(
        made,
        tags=set(TAGS if pictures else TAGS - {"img"}),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )


def to_text(text: str) -> str:
    """`text` without its marks, for previews and search."""
    return " ".join(unescape(nh3.clean(_reader().render(text), tags=set())).split())


@lru_cache
def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": DEEPEST})
    made.enable(["table", "strikethrough"])
    made.core.ruler.push("lower_headings", _lower_headings)
    return made


def _lower_headings(state: object) -> None:
    """The page has its own h1: what the text calls first is second."""
    for token in getattr(state, "tokens", ()):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(4, int(token.tag[1]) + 1)}"
