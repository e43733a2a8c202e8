"""Vera and Omar among the made-up people: regulars with rich histories, known to every demo and test."""

from collections.abc import Sequence
from dataclasses import replace

from regulars.demo.population import CITIES, Person

CUSTOMERS = ("vera", "omar")
"""Their user ids, in the order of their places."""

VERA, OMAR = 0, 1
"""Their places among the people."""


def cast(people: Sequence[Person]) -> list[Person]:
    """`people` with Vera (a vegan regular in Utrecht) and Omar (eats everything, in Sevilla) as the first two."""
    vera = replace(
        _regular(people[VERA]),
        user_id="vera",
        anonymous_id="visitor-vera",
        name="Vera",
        city=CITIES[0],
        language="en",
        locale="en-NL",
        diet="vegan",
        allergens=(),
        topics=_known(people, ("vegan_cooking", "gardening", "science")),
        kitchens=("levant", "garden"),
        cup="oat and cocoa",
        loved=("falafel", "hummus", "beetroot", "matcha"),
        price_sensitivity=0.4,
        states={"diet": ["vegan"]},
    )
    omar = replace(
        _regular(people[OMAR]),
        user_id="omar",
        anonymous_id="visitor-omar",
        name="Omar",
        city=CITIES[4],
        language="es",
        locale="es-ES",
        diet="",
        allergens=(),
        topics=_known(people, ("fish", "history", "music")),
        kitchens=("meat", "fish"),
        cup="coffee",
        loved=("serrano", "pastrami", "tuna", "espresso"),
        price_sensitivity=0.2,
        states={},
    )
    return [vera, omar, *people[2:]]


def _regular(person: Person) -> Person:
    return replace(person, device="mobile", visits_a_month=13.0, known_from=1, joined_days_ago=175.0, personalise=True)


def _known(people: Sequence[Person], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The wanted topics that exist, filled up to three with topics that do."""
    exist = sorted({t for p in people for t in p.topics})
    return tuple(dict.fromkeys([*(t for t in wanted if t in exist), *exist]))[:3]
