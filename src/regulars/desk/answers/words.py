"""Words, as PostgreSQL's full-text search knows them: stemmed for retrieval, as they are for what is being typed."""

import re

from regulars.kit.text import clean, fold

CONFIG = {
    "en": "english", "es": "spanish", "nl": "dutch", "de": "german", "fr": "french", "it": "italian",
    "pt": "portuguese",
    "da": "danish", "sv": "swedish", "no": "norwegian", "fi": "finnish",
}  # fmt: skip
"""Language → the text search configuration of PostgreSQL that stems it; any other is "simple"."""

POLITE = frozenset(
    [
        "hello",
        "hi",
        "hey",
        "dear",
        "thank",
        "thanks",
        "please",
        "regards",
        "kind",
        "best",
        "cheers",
        "greetings",
        "sorry",
        "morning",
        "afternoon",
        "evening",
        "good",
        "hola",
        "buenas",
        "buenos",
        "dias",
        "tardes",
        "noches",
        "gracias",
        "favor",
        "saludos",
        "cordial",
        "estimado",
        "estimada",
        "querido",
        "querida",
        "perdon",
        "hallo",
        "hoi",
        "beste",
        "geachte",
        "dank",
        "bedankt",
        "dankjewel",
        "alsjeblieft",
        "alvast",
        "groet",
        "groeten",
        "vriendelijke",
        "goedemorgen",
        "goedemiddag",
        "goedenavond",
        "sorry",
        "dag",
    ]
)
"""What everybody writes (folded): it says nothing about what is asked."""

MOST_TYPED = 8
_WORD = re.compile(r"[^\W_]+")


def config(language: str) -> str:
    """The text search configuration for `language` ("nl-BE" → dutch)."""
    return CONFIG.get(language.split("-", maxsplit=1)[0].lower(), "simple")


def prefixes(typed: str) -> str:
    """A tsquery for words that begin like those of `typed`; "" for none."""
    return " & ".join(f"{word}:*" for word in _WORD.findall(fold(clean(typed)))[:MOST_TYPED])
