"""What a person's choices and our guesses mean for one slot: no's, pins, preferences, nudges. Pure.

The order of precedence is the product:

1. a stated no (allergen, hidden item or category) and a stated requirement (diet) hold always, whoever pauses what;
2. what they pinned or prefer comes first;
3. a guess never takes an item away: it may only nudge what is left, and only as far as the person lets it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from regulars.catalog.model import Mask
from regulars.choices.menu import Menu
from regulars.choices.model import Acts, FacetDefinition, Mode
from regulars.kit.ids import ItemId
from regulars.kit.json import Json
from regulars.people.model import Facet, Profile, Purpose

NUDGE = 0.5
"""How much a guess that is certain lifts a score, for a facet of weight 1."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Items taken away by one stated facet: those where `lets` is false; without a mask, just `items`."""

    facet: str
    values: tuple[str, ...]
    lets: Mask | None = None
    items: tuple[ItemId, ...] = ()

    def refuses(self, item: ItemId) -> bool:
        """Whether it takes `item` away."""
        return item in self.items if self.lets is None else not self.lets[item]


@dataclass(frozen=True, slots=True)
class Leaning:
    """Items that one value of one facet speaks for, and how strongly."""

    facet: str
    value: str
    mask: Mask
    weight: float


@dataclass(frozen=True, slots=True)
class Constraints:
    """What holds for this person in this slot.

    personal   False: they paused, or refused the use of their data: only no's act, nothing else about them
    mode       how far they let us guess here
    language   chosen, else None; `guessed_language` yields to the language of the page they are on
    refusals   one for each stated facet that takes items away
    preferred  what they asked to see first
    required   what they said it must be: they are in `refusals` too, here as what they asked for
    nudges     our guesses, and the place where they are
    less_like  items whose like go down
    pinned     in their order
    place      city and region they stated, for what is popular there; `guessed_place` what we guess of the others
    """

    personal: bool
    mode: Mode
    language: str | None = None
    guessed_language: str | None = None
    refusals: tuple[Refusal, ...] = ()
    preferred: tuple[Leaning, ...] = ()
    required: tuple[Leaning, ...] = ()
    nudges: tuple[Leaning, ...] = ()
    less_like: tuple[ItemId, ...] = ()
    pinned: tuple[ItemId, ...] = ()
    place: Mapping[str, str] = field(default_factory=dict)
    guessed_place: Mapping[str, str] = field(default_factory=dict)

    def keep(self, allowed: Mask) -> None:
        """Take what they refused out of `allowed`, in place."""
        for refusal in self.refusals:
            if refusal.lets is not None:
                np.logical_and(allowed, refusal.lets, out=allowed)
            elif refusal.items:
                allowed[list(refusal.items)] = False

    def refusing(self, item: ItemId) -> list[Refusal]:
        """Which of their no's keep `item` away."""
        return [r for r in self.refusals if r.refuses(item)]


def constraints(profile: Profile, menu: Menu, slot: str, *, mode: Mode = Mode.CHOOSE_FOR_ME) -> Constraints:
    """What `profile` means for `slot`. `mode` counts where the person chose none."""
    reading = _Reading(profile, menu, slot)
    refusals = reading.refusals()
    language = reading.language()
    if not is_personal(profile):
        return Constraints(False, mode, language, refusals=refusals)
    return Constraints(
        personal=True,
        mode=reading.mode(mode),
        language=language,
        guessed_language=reading.guessed_language(),
        refusals=refusals,
        preferred=reading.preferred(),
        required=reading.required(),
        nudges=reading.nudges(),
        less_like=tuple(reading.items(Acts.LESS)),
        pinned=tuple(reading.items(Acts.PIN)),
        place=reading.place(lambda facet: texts(facet.stated)),
        guessed_place=reading.place(guessed),
    )


def is_personal(profile: Profile) -> bool:
    """Whether anything about this person may be used to guess: somebody, not paused, use of data not refused."""
    return (
        profile.person is not None
        and profile.facet("pause").stated is not True
        and profile.consents.get(Purpose.PERSONALISATION, True)
    )


def stated(profile: Profile, name: str, scope: str = "") -> Json:
    """What they chose for `scope`, else for everywhere, else None."""
    for facet in (profile.facets.get((name, scope)), profile.facets.get((name, ""))):
        if facet is not None and facet.stated is not None:
            return facet.stated
    return None


def guessed(facet: Facet) -> tuple[str, ...]:
    """The values of a guess that may act: not denied, not switched off, and nothing was stated."""
    if facet.stated is not None or not facet.used:
        return ()
    return tuple(v for v in texts(facet.inferred) if v not in facet.denied and facet.inferred not in facet.denied)


def texts(value: Json) -> tuple[str, ...]:
    """A facet's value as a tuple of texts: none, one or several."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()


class _Reading:
    """One reading of a profile for one slot."""

    def __init__(self, profile: Profile, menu: Menu, slot: str) -> None:
        self.profile, self.menu, self.slot = profile, menu, slot
        held = {name for name, _scope in profile.facets}
        self.held = [d for d in menu.definitions.values() if d.name in held]

    def chosen(self, definition: FacetDefinition) -> tuple[str, ...]:
        return texts(stated(self.profile, definition.name, self.slot if definition.per_slot else ""))

    def acting(self, *acts: Acts) -> list[FacetDefinition]:
        return [d for d in self.held if d.acts in acts]

    def refusals(self) -> tuple[Refusal, ...]:
        found = []
        for definition in self.acting(Acts.EXCLUDE, Acts.REQUIRE):
            values = self.no_matter_where(definition)
            if values:
                found.append(self.refusal(definition, values))
        return tuple(found)

    def refusal(self, definition: FacetDefinition, values: tuple[str, ...]) -> Refusal:
        if definition.acts is Acts.REQUIRE:
            return Refusal(definition.name, values, self.menu.fulfilling(definition, values))
        if definition.attribute == "item":
            return Refusal(definition.name, values, items=tuple(self.menu.ids(values)))
        return Refusal(definition.name, values, self.menu.without(definition, values))

    def no_matter_where(self, definition: FacetDefinition) -> tuple[str, ...]:
        """A no for everywhere holds in a slot that has no's of its own too."""
        everywhere = texts(stated(self.profile, definition.name))
        here = texts(stated(self.profile, definition.name, self.slot)) if definition.per_slot else ()
        return tuple(dict.fromkeys(everywhere + here))

    def preferred(self) -> tuple[Leaning, ...]:
        return tuple(
            Leaning(d.name, value, self.menu.has(d, value), d.weight)
            for d in self.acting(Acts.PREFER)
            for value in self.chosen(d)
        )

    def required(self) -> tuple[Leaning, ...]:
        return tuple(
            Leaning(d.name, value, self.menu.meeting(d, (value,)), d.weight)
            for d in self.acting(Acts.REQUIRE)
            for value in self.no_matter_where(d)
        )

    def nudges(self) -> tuple[Leaning, ...]:
        found = []
        for d in self.acting(Acts.REQUIRE, Acts.PREFER):
            facet = self.facet(d)
            values = guessed(facet)
            weight = NUDGE * d.weight * facet.confidence / max(1, len(values))
            found += [Leaning(d.name, value, self.menu.has(d, value), weight) for value in values]
        return tuple(found + self.local())

    def local(self) -> list[Leaning]:
        """What is about the place where they are ("place" of an item) is nudged too, stated or guessed."""
        found = []
        for d in self.acting(Acts.PLACE):
            facet = self.facet(d)
            sure = 1.0 if texts(facet.stated) else facet.confidence
            for value in (texts(facet.stated) or guessed(facet))[:1]:
                found.append(Leaning(d.name, value, self.menu.shelf.mask("place", value), NUDGE * sure))
        return found

    def facet(self, definition: FacetDefinition) -> Facet:
        here = self.profile.facets.get((definition.name, self.slot)) if definition.per_slot else None
        return here or self.profile.facets.get((definition.name, "")) or Facet(definition.name)

    def items(self, acts: Acts) -> list[ItemId]:
        named = [e for d in self.acting(acts) for e in self.chosen(d)]
        return list(dict.fromkeys(self.menu.ids(named)))

    def mode(self, otherwise: Mode) -> Mode:
        values = texts(stated(self.profile, "mode", self.slot))
        return Mode(values[0]) if values and values[0] in Mode.__members__.values() else otherwise

    def language(self) -> str | None:
        """A stated language counts for everyone: it is an instruction."""
        values = texts(stated(self.profile, "language"))
        return values[0] if values else None

    def guessed_language(self) -> str | None:
        facet = self.profile.facets.get(("language", ""))
        values = guessed(facet) if facet else ()
        return values[0] if values else None

    def place(self, said: Callable[[Facet], tuple[str, ...]]) -> dict[str, str]:
        values = {d.attribute: said(self.facet(d)) for d in self.acting(Acts.PLACE)}
        return {attribute: found[0] for attribute, found in values.items() if found}
