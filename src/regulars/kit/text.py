"""Text: folding for search, cleaning of what a database cannot hold, and text in several languages."""

import unicodedata
from collections.abc import Mapping

LANGUAGES = ("en", "es", "nl")
"""The languages Regulars itself speaks; English is the source and the fallback."""

Localised = Mapping[str, str]
"""The same text in several languages: language code to text."""


def fold(text: str) -> str:
    """`text` without case and accents, for comparing and searching."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def clean(text: str) -> str:
    """`text` with what PostgreSQL cannot hold (NUL, lone surrogates) replaced by U+FFFD."""
    if "\x00" not in text and (text.isascii() or text.isprintable()):
        return text  # nearly all text; a lone surrogate is not printable
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "\ufffd")


def pick(text: Localised, language: str) -> str:
    """`text` in `language`, else in its base language (nl-BE → nl), else English, else whatever there is."""
    found = text.get(language)
    if found:
        return found
    for code in (language.split("-", maxsplit=1)[0], "en"):
        if text.get(code):
            return text[code]
    return next((t for t in text.values() if t), "")
