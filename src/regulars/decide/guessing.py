"""What we guess of a person right now: from their history of this second, not from what was stored last night."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from regulars import taste
from regulars.choices.constraints import is_personal
from regulars.decide.world import World
from regulars.kit.json import Json
from regulars.people import Facet, Guess, Profile


def guesses(profile: Profile, world: World, *, context: Mapping[str, Json] | None = None) -> list[Guess]:
    """Our guesses about this person; none where nothing about them may be used.

    context  of the moment, or of their newest event, as Segment sends it: locale, location …
    """
    if not is_personal(profile):
        return []
    return taste.infer(
        profile.history,
        world.shelf,
        list(world.definitions.values()),
        context=context,
        traits=profile.traits,
        priors=world.priors,
        denied={name: facet.denied for (name, scope), facet in profile.facets.items() if not scope and facet.denied},
    )


def with_guesses(
    profile: Profile, world: World, *, now: datetime, context: Mapping[str, Json] | None = None
) -> Profile:
    """`profile` with the guesses of this second beside its facts, for showing. Nothing is stored."""
    facets = {
        key: replace(facet, inferred=None, confidence=0.0, evidence=(), inferred_at=None)
        for key, facet in profile.facets.items()
    }
    for one in guesses(profile, world, context=context):
        known = facets.get((one.facet, "")) or Facet(one.facet)
        facets[one.facet, ""] = replace(
            known, inferred=one.value, confidence=one.confidence, evidence=one.evidence, inferred_at=now
        )
    return replace(profile, facets=facets)
