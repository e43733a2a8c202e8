"""Why each item stands where it stands: true shares, and one sentence in the person's language."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from regulars import taste
from regulars.choices.constraints import Leaning
from regulars.decide.model import Because, Effect, Reason, ReasonKind
from regulars.decide.places import Held, Place
from regulars.decide.ranking import ABOUT, NEWEST, POPULAR, TASTE
from regulars.decide.scene import Scene
from regulars.kit.i18n import N_, speaker
from regulars.kit.ids import EventId, ItemId
from regulars.kit.text import pick
from regulars.people.model import Verb

MOST_EVENTS = 3
"""How many events a reason names: the ones that count most."""

SAID: dict[int, str] = {
    Verb.VIEWED: N_("Because you looked at {item}"),
    Verb.CLICKED: N_("Because you looked at {item}"),
    Verb.ADDED: N_("Because you put {item} in your basket"),
    Verb.BOUGHT: N_("Because you had {item}"),
    Verb.READ: N_("Because you read {item}"),
    Verb.RATED: N_("Because you rated {item}"),
    Verb.MORE: N_("Because you asked for more like {item}"),
}


def reasons(scene: Scene, places: Sequence[Place]) -> tuple[list[Reason], str]:
    """The reason of each place, and the title of the slot."""
    writer = _Writer(scene)
    writer.weigh(places)
    return [writer.reason(place) for place in places], writer.title()


@dataclass(slots=True)
class _Parts:
    """What speaks for one item. `free`: the share not yet given to anything."""

    said: list[Because] = field(default_factory=list)
    free: float = 1.0


class _Writer:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._ = speaker(scene.language).gettext
        lifting = [rule for rule in scene.running(Effect.BOOST) if rule.factor > 1]
        self.boosts = [(rule, scene.world.ruled(rule)) for rule in lifting]
        self.shares: dict[int, list[taste.Share]] = {}
        self.verbs: dict[int, int] = dict(zip(scene.history.events.tolist(), scene.history.verbs.tolist(), strict=True))

    def weigh(self, places: Sequence[Place]) -> None:
        """Split the scores of all that rest on the model, at once."""
        items = [p.item for p in places if p.at >= 0 and p.pool.origin[p.at] == TASTE]
        scene = self.scene
        if items and scene.world.model is not None:
            shares = taste.because_all(
                scene.world.model,
                scene.history,
                items,
                now_seconds=scene.seconds,
                place=scene.slot.place,
                most=MOST_EVENTS,
            )
            self.shares = dict(zip(items, shares, strict=True))

    def reason(self, place: Place) -> Reason:
        match place.held:
            case Held.PINNED:
                return self.pinned(place)
            case Held.PREFERRED:
                return self.preferred(place)
            case Held.RULE:
                return self.ruled(place)
            case Held.TRIED:
                return self.tried(place)
            case Held.GUESS:
                return self.guessed(place)

    def pinned(self, place: Place) -> Reason:
        external = self.scene.world.shelf.items[place.item].external_id
        return Reason(ReasonKind.CHOSEN, self._("You pinned this"), (Because(1.0, facet="pinned", value=external),))

    def preferred(self, place: Place) -> Reason:
        """Their choices hold the place; what the guess added is the order among what they chose."""
        asked = self.scene.held.preferred + self.scene.held.required
        leanings = [leaning for leaning in asked if leaning.mask[place.item]]
        weight = sum(leaning.weight for leaning in leanings)
        score = max(float(place.pool.scores[place.at]), weight)
        parts = _Parts([Because(le.weight / score, facet=le.facet, value=le.value) for le in leanings])
        parts.free = 1 - weight / score
        self.add_guess(place, parts)
        text = self._("You chose {choice}").format(choice=self.choices(leanings))
        return Reason(ReasonKind.CHOSEN, text, tuple(parts.said))

    def ruled(self, place: Place) -> Reason:
        assert place.rule is not None
        text = pick(place.rule.label, self.scene.language) or self._("Picked by us")
        return Reason(ReasonKind.RULE, text, (Because(1.0, rule=place.rule.id), *self.let_through(place.item)))

    def tried(self, place: Place) -> Reason:
        if self.scene.world.shelf.published[place.item] > self.scene.new_since:
            text = self._("New: we are trying this with you")
        else:
            text = self._("Something else: we are trying this with you")
        return Reason(ReasonKind.TRYING, text, self.let_through(place.item))

    def guessed(self, place: Place) -> Reason:
        parts = _Parts()
        self.add_guess(place, parts)
        strongest = max(parts.said, key=lambda b: b.share, default=None)
        parts.said += self.let_through(place.item)
        if strongest is not None and strongest.rule and strongest.share >= 0.5:
            return Reason(ReasonKind.RULE, self.rule_text(strongest), tuple(parts.said))
        kind, text = self.base(place, parts)
        return Reason(kind, text, tuple(parts.said))

    def add_guess(self, place: Place, parts: _Parts) -> None:
        """Rules, guessed facets and events, each with its part of what is free."""
        self.add_boosts(place, parts)
        nudge = float(place.pool.nudge[place.at])
        if nudge > 0:
            for leaning in self.scene.held.nudges:
                if leaning.mask[place.item]:
                    share = parts.free * leaning.weight / (1 + nudge)
                    guess = leaning.facet not in self.scene.held.place
                    parts.said.append(Because(share, facet=leaning.facet, value=leaning.value, guess=guess))
            parts.free /= 1 + nudge
        parts.said += self.rests_on(place, parts.free)

    def add_boosts(self, place: Place, parts: _Parts) -> None:
        for rule, mask in self.boosts:
            if mask[place.item]:
                parts.said.append(Because(parts.free * (1 - 1 / rule.factor), rule=rule.id))
                parts.free /= rule.factor

    def rests_on(self, place: Place, free: float) -> list[Because]:
        """What the base score rests on: events, or the facet that says where they are."""
        match place.pool.origin[place.at]:
            case o if o == TASTE:
                return self.events_of(place.item, free)
            case o if o == ABOUT and self.scene.about_event >= 0:
                event = EventId(int(self.scene.history.events[self.scene.about_event]))
                return [Because(free, event=event, item=self.scene.about)]
            case o if o == POPULAR:
                return self.placed()
        return []

    def events_of(self, item: ItemId, free: float) -> list[Because]:
        for_it = [s for s in self.shares[item] if s.share > 0]
        whole = max(1.0, sum(s.share for s in for_it))
        return [Because(free * s.share / whole, event=s.event, item=s.item) for s in for_it]

    def placed(self) -> list[Because]:
        """The facet that says where they are, if one does: it leads the guess, and can be put right."""
        held, known = self.scene.held, self.scene.world.popular(self.scene.where).places
        for name in ("city", "region"):
            if name in known and known[name] in (held.place.get(name), held.guessed_place.get(name)):
                return [Because(0.0, facet=name, value=known[name], guess=name not in held.place)]
        return []

    def let_through(self, item: ItemId) -> tuple[Because, ...]:
        """What they required that this item fulfils."""
        required = (leaning for leaning in self.scene.held.required if leaning.mask[item])
        return tuple(Because(0.0, facet=le.facet, value=le.value) for le in required)

    def base(self, place: Place, parts: _Parts) -> tuple[ReasonKind, str]:
        origin = place.pool.origin[place.at]
        event = max((b for b in parts.said if b.event is not None), key=lambda b: b.share, default=None)
        if origin == TASTE and event is not None:
            return ReasonKind.BECAUSE, self.event_text(event)
        if origin == ABOUT:
            if event is not None:
                return ReasonKind.BECAUSE, self.event_text(event)
            return ReasonKind.BECAUSE, self._("Goes well with {item}").format(item=self.name(self.scene.about))
        if origin == POPULAR:
            return ReasonKind.POPULAR, self.popular_text()
        return ReasonKind.TRYING, self._("New") if origin == NEWEST else self._("New here")

    def popular_text(self) -> str:
        known = self.scene.world.popular(self.scene.where).places
        place = known.get("city") or known.get("region")
        if place:
            return self._("Popular in {place} this week").format(place=place)
        return self._("Popular this week")

    def event_text(self, because: Because) -> str:
        assert because.event is not None
        return self._(SAID.get(self.verbs[because.event], SAID[Verb.VIEWED])).format(item=self.name(because.item))

    def rule_text(self, because: Because) -> str:
        label = next((r.label for r in self.scene.rules if r.id == because.rule), {})
        return pick(label, self.scene.language) or self._("Picked by us")

    def choices(self, leanings: Sequence[Leaning]) -> str:
        named = [
            pick(self.scene.world.menu.label(le.facet, le.value), self.scene.language) or le.value
            for le in leanings[:2]
        ]
        return named[0] if len(named) == 1 else self._("{one} and {other}").format(one=named[0], other=named[1])

    def name(self, item: ItemId | None) -> str:
        found = self.scene.world.shelf.items.get(item) if item is not None else None
        return (pick(found.title, self.scene.language) or found.external_id) if found else "…"

    def title(self) -> str:
        """The slot's title; empty when it speaks of an item there is not."""
        words = pick(self.scene.slot.title, self.scene.language)
        if "{" not in words:
            return words
        if self.scene.about is None:
            return ""
        because = self._("Goes well with {item}").format(item=self.name(self.scene.about))
        if self.scene.about_event >= 0:
            event = EventId(int(self.scene.history.events[self.scene.about_event]))
            because = self.event_text(Because(1.0, event=event, item=self.scene.about))
        return words.replace("{because}", because).replace("{item}", self.name(self.scene.about))
