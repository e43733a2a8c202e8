"""Guessing facets: pure, from what someone did, where they are and what the company knows.

Each guess says how likely it is to be right, and means it: of guesses said to be 80 % sure, about 80 % are right.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from regulars.catalog.model import Mask, Shelf
from regulars.kit.json import Json
from regulars.people.model import Evidence, Guess, History
from regulars.taste.attributes import guess_attribute
from regulars.taste.guessing import FacetPrior, Guessable, Priors, chosen
from regulars.taste.price import guess_price

TRAIT, CONTEXT, READ = 0.95, 0.85, 0.75
"""How often a trait, the browser's locale, and the language of one thing read are right about a language."""

NEAR, HOME = 0.8, 0.9
"""How often the network's place, and the address on file, are where someone is at home."""

ITEM_LANGUAGES = ("language", "languages", "lang")


def infer(
    history: History,
    shelf: Shelf,
    definitions: Sequence[Guessable],
    *,
    context: Mapping[str, Json] | None = None,
    traits: Mapping[str, Json] | None = None,
    priors: Priors | None = None,
    denied: Mapping[str, Sequence[Json]] | None = None,
) -> list[Guess]:
    """A guess for each definition marked `guessed` for which something is likely enough.

    context  as Segment sends it: locale, location.city …; traits  what the company told (language, address.city …)
    denied   facet → values the person said are wrong: never guessed
    """
    known, no = priors or Priors(), denied or {}
    told = {"context": context or {}, "trait": traits or {}}
    guesses = []
    for one in definitions:
        wrong = no.get(one.name, ())
        guess: Guess | None = None
        if not one.guessed:
            continue
        if one.acts in ("require", "prefer"):
            guess = guess_attribute(one, history, shelf, known.facets.get(one.name, FacetPrior({})), wrong)
        elif one.acts == "language":
            witnesses = [*_said_language(told), *_read(history, shelf, [v.id for v in one.values])]
            guess = guess_language(one, witnesses, known.languages, wrong)
        elif one.acts == "place":
            guess = guess_place(one, told, wrong)
        elif one.name == "price_band":
            guess = guess_price(history, shelf, known.price, wrong)
        if guess:
            guesses.append(guess)
    return guesses


Told = Mapping[str, Mapping[str, Json]]


def guess_language(
    definition: Guessable, witnesses: Sequence["Witness"], shares: Mapping[str, float], denied: Sequence[Json] = ()
) -> Guess | None:
    """The language someone reads best: every witness is right with a chance of its own."""
    values = [v.id for v in definition.values]
    if len(values) < 2:
        return None
    logs = {v: float(np.log(shares.get(v, 1 / len(values)))) for v in values}
    for value, right, _, weight in witnesses:
        for v in values:
            logs[v] += weight * float(np.log(right if v == value else (1 - right) / (len(values) - 1)))
    heard = [w for w in witnesses if w[0] in values]
    top = max(logs.values())
    chance = {v: float(np.exp(one - top)) for v, one in logs.items() if v not in denied}
    if not heard or not chance:
        return None
    best = max(chance, key=chance.__getitem__)
    total = sum(float(np.exp(one - top)) for one in logs.values())
    speaking = [w[2] for w in heard if w[0] == best][:5]
    evidence = tuple(Evidence(e.what, e.ref, 1 / len(speaking)) for e in speaking)
    return Guess(definition.name, best, chance[best] / total, evidence) if speaking else None


Witness = tuple[str, float, Evidence, float]
"""Says which value, how often it is right, what it is, and its weight (the tenth thing read tells less)."""


def _said_language(told: Told) -> Iterator[Witness]:
    for what, names, right in (
        ("trait", ("language", "locale"), TRAIT),
        ("context", ("language", "locale", "acceptLanguage", "accept_language"), CONTEXT),
    ):
        for name in names:
            said = told[what].get(name)
            if isinstance(said, str) and said.strip():
                yield base_language(said), right, Evidence(what, name, 1.0), 1.0
                break


def base_language(said: str) -> str:
    """The first base language of a locale or an Accept-Language header: "nl-BE,nl;q=0.9" → "nl"."""
    return said.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0].replace("_", "-").split("-")[0].strip().lower()


def _read(history: History, shelf: Shelf, values: Sequence[str]) -> list[Witness]:
    """Things read that are in one of the languages and not in several."""
    masks = {v: _in_language(shelf, v) for v in values}
    found = []
    for e in chosen(history, shelf.n).tolist():
        item = int(history.items[e])
        spoken = [v for v in values if masks[v][item]]
        if len(spoken) == 1:
            found.append((spoken[0], int(history.events[e])))
    weight = 1 / max(len(found), 1) ** 0.5
    return [(value, READ, Evidence("event", str(event), 1.0), weight) for value, event in found]


def _in_language(shelf: Shelf, value: str) -> Mask:
    found: Mask = np.logical_or.reduce([shelf.mask(name, value) for name in ITEM_LANGUAGES])
    return found


def guess_place(definition: Guessable, told: Told, denied: Sequence[Json]) -> Guess | None:
    """City or region: the address on file, or where the network says; surer when both say the same."""
    home = _place(told["trait"], definition.name)
    near = _place(told["context"], definition.name)
    if home and home[0] not in denied:
        value, where = home
        both = near is not None and near[0] == value
        sources = [Evidence("trait", where, 0.6 if both else 1.0)]
        if both and near:
            sources.append(Evidence("context", near[1], 0.4))
        return Guess(definition.name, value, 0.97 if both else HOME, tuple(sources))
    if near and near[0] not in denied:
        return Guess(definition.name, near[0], NEAR, (Evidence("context", near[1], 1.0),))
    return None


def _place(said: Mapping[str, Json], name: str) -> tuple[str, str] | None:
    """The place and where it stood: at the top, in "address" or in "location" (a region may be called state)."""
    keys = (name, "state") if name == "region" else (name,)
    for inside in ("", "address", "location"):
        group = said.get(inside) if inside else said
        if isinstance(group, Mapping):
            for key in keys:
                value = group.get(key)
                if isinstance(value, str) and value.strip():
                    return value.strip(), f"{inside}.{key}".lstrip(".")
    return None
