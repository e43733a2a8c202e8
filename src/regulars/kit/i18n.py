"""What Regulars says, in English, Spanish and Dutch (gettext; catalogues in `regulars/locale`)."""

from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

from regulars.kit.text import LANGUAGES

LOCALES = Path(__file__).parent.parent / "locale"


@lru_cache
def speaker(language: str) -> NullTranslations:
    """The catalogue of `language` ("nl", "nl-BE"), English for one we do not speak.

    Use as `_ = speaker(language).gettext`, and `ngettext` for counts.
    """
    base = language.split("-", maxsplit=1)[0].lower()
    if base not in LANGUAGES:
        base = "en"
    return translation("regulars", localedir=LOCALES, languages=[base], fallback=base == "en")


def N_(message: str) -> str:  # noqa: N802  gettext's own name for "translate later"
    """Mark `message` for the catalogues; it is translated where it is shown."""
    return message
