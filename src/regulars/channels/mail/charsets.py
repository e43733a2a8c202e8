"""Bytes to text, as mail of the real world has them: charsets that lie, that have other names, that are missing."""

import codecs
import re
from functools import lru_cache

from regulars.kit.text import clean

_ALIASES = {
    "us-ascii": "cp1252", "ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "ansi_x3.110-1983": "cp1252",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "windows-1252": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-6-i": "iso8859-6",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "ksc5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "big5": "big5hkscs", "x-mac-roman": "mac-roman", "macintosh": "mac-roman",
    "unicode-1-1-utf-7": "utf-7", "unicode": "utf-16", "utf8": "utf-8", "utf-8mb4": "utf-8", "cp-850": "cp850",
}  # fmt: skip
"""Names that mean another codec than Python's of that name, after the WHATWG's table of encodings."""

_NO_CHARSETS = {"undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
_LATIN = {"cp1252", "cp1254"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)


def text_of(content: bytes, charset: str | None) -> str:
    """`content` as text, whatever `charset` claims; never fails, and never holds NUL or lone surrogates."""
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return clean(content.decode(codec, "replace"))
    if content.isascii() and (charset is None or codec_of(charset) in {"cp1252", "utf-8", None}):
        return clean(content.decode("ascii"))
    claimed = codec_of(charset) if charset else None
    if claimed in _LATIN or claimed is None:  # UTF-8 under a wrong name is common; the other way round cannot happen
        claimed_or_utf8 = _strict(content, "utf-8")
        if claimed_or_utf8 is not None:
            return clean(claimed_or_utf8)
    text = _strict(content, claimed) if claimed else None
    if text is None and claimed not in {None, "utf-8", *_LATIN}:
        return clean(content.decode(claimed or "utf-8", "replace"))
    return clean(content.decode("cp1252", "replace") if text is None else text)


def html_charset(content: bytes) -> str | None:
    """The charset that an HTML page names in its head."""
    found = _META.search(content[:4096])
    return found.group(1).decode("ascii", "replace") if found else None


@lru_cache(maxsize=512)
def codec_of(charset: str) -> str | None:
    """Python's codec for what a mail calls its charset; None for one nobody knows."""
    name = charset.strip().strip("\"'").lower().removeprefix("charset=")
    name = _ALIASES.get(name, name)
    try:
        known = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return known.name if known._is_text_encoding and known.name not in _NO_CHARSETS else None


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError):
        return None
