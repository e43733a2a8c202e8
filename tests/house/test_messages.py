"""Every sentence people see is in the catalogues, in every language, and nothing is unsure."""

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from regulars.kit.text import LANGUAGES

ROOT = Path(__file__).parents[2]
OTHERS = [language for language in LANGUAGES if language != "en"]

Id = str | tuple[str, ...]


def extracted() -> set[Id]:
    """What `bin/messages` finds in the source."""
    config = configparser.ConfigParser(delimiters=("=",))
    config.read(ROOT / "babel.cfg")
    sections = {name: dict(config[name]) for name in config.sections()}
    methods = [(pattern, method) for method, pattern in (re.split(r":\s*", name) for name in sections)]
    options = {name.split(": ")[1]: values for name, values in sections.items()}
    found = extract_from_dir(ROOT, methods, options)
    return {message for _file, _line, message, _comments, _context in found if message}


def catalogue(language: str) -> Catalog:
    """The translations of one language."""
    with (ROOT / f"src/regulars/locale/{language}/LC_MESSAGES/regulars.po").open("rb") as file:
        return read_po(file, language)


def entries(language: str) -> Iterator[tuple[Id, Id]]:
    """Each message with its translation."""
    for message in catalogue(language):
        if message.id:
            yield _plain(message.id), _plain(message.string or "")


def _plain(text: str | tuple[str, ...] | list[str]) -> Id:
    return text if isinstance(text, str) else tuple(text)


@pytest.mark.long
@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_holds_exactly_what_the_source_says(language: str):
    held = {id_ for id_, _ in entries(language)}
    assert held == extracted(), "run bin/messages and translate what is new"


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_untranslated_or_unsure(language: str):
    unsure = [m.id for m in catalogue(language) if m.id and m.fuzzy]
    missing = [i for i, s in entries(language) if not s or (isinstance(s, tuple) and not all(s))]
    assert (missing, unsure) == ([], [])


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_survive_translation(language: str):
    def holes(text: Id) -> set[str]:
        joined = text if isinstance(text, str) else " ".join(text)
        return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", joined))

    wrong = [i for i, s in entries(language) if holes(i) != holes(s)]
    assert wrong == []
