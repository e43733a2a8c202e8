"""Making a mail's HTML harmless, at the moment it is shown. It still belongs in a sandboxed frame."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import nh3

BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_TAGS = {
    "a", "abbr", "address", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "details", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section",
    "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_EVERYWHERE = {"style", "dir", "lang", "align", "title"}
_ATTRIBUTES = {
    "*": _EVERYWHERE, "a": {"href"}, "img": {"src", "alt", "width", "height"}, "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"}, "tr": {"bgcolor", "valign"},
    "td": {"bgcolor", "colspan", "rowspan", "width", "height", "valign"}, "ol": {"start", "type"}, "ul": {"type"},
    "th": {"bgcolor", "colspan", "rowspan", "width", "height", "valign"}, "col": {"span", "width"},
    "blockquote": {"type"},
}  # fmt: skip
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "display", "direction",
    "font", "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height",
    "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width",
    "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "table-layout", "text-align",
    "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break",
    "word-wrap",
}  # fmt: skip
_PICTURE = re.compile(r"^data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+$", re.IGNORECASE)
_FETCHES = re.compile(r"url\s*\(|image\s*\(|image-set|expression|@import|\\|/\*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """HTML that can be shown. `remote`: how many pictures of elsewhere it has, shown or not."""

    html: str
    remote: int


def show(html: str, *, remote_pictures: bool, picture: Callable[[str], str | None]) -> Shown:
    """`html` of a stranger, without scripts, forms, frames, and anything that tells them it was opened.

    remote_pictures  whether pictures of elsewhere are fetched: only when the reader asked for it
    picture          Content-ID → address of the picture that came with the mail; None when there is none
    """
    remote = 0

    def pass_on(tag: str, attribute: str, value: str) -> str | None:
        nonlocal remote
        if attribute == "style":
            return None if _FETCHES.search(value) else value
        if (tag, attribute) != ("img", "src"):
            return None if attribute == "href" and not _is_link(value) else value
        lower = value.strip().lower()
        if lower.startswith("cid:"):
            return picture(value.strip()[4:].strip("<>")) or BLANK
        if lower.startswith(("http://", "https://", "//")):
            remote += 1
            return value if remote_pictures else BLANK
        return value if _PICTURE.match(value) else BLANK

    tidy = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=pass_on, filter_style_properties=_STYLES,
        clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "svg", "math", "object"},
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"}, link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer"}},
    )  # fmt: skip
    return Shown(tidy, remote)


def show_text(text: str) -> str:
    """Plain text as HTML, its line ends kept."""
    return f'<div style="white-space: pre-wrap">{escape(text)}</div>'


def _is_link(value: str) -> bool:
    return bool(re.match(r"\s*(?:https?:|mailto:|tel:|#)", value, re.IGNORECASE))
