"""Why each item stands where it stands: true shares, and one sentence.

A score is a product (`ranking`), so what is due to each factor is taken off in turn: a boost of factor f explains
1 - 1/f, guessed facets their part of the nudge, and what is left is split over events exactly as the model split it.
"""

from collections.abc import Sequence

from regulars import taste
from regulars.choices.constraints import Leaning
from regulars.decide.model import Because, Effect, Reason, ReasonKind, ShopRule
from regulars.decide.places import Held, Place
from regulars.decide.ranking import ABOUT, NEWEST, POPULAR, TASTE
from regulars.decide.scene import Scene
from regulars.decide.sentences import Sentences
from regulars.kit.ids import EventId, ItemId

MOST_EVENTS = 3
"""How many events a reason names: the ones that count most."""


def reasons(scene: Scene, places: Sequence[Place]) -> tuple[list[Reason], str]:
    """The reason of each place, and the title of the slot."""
    writer = _Writer(scene, places)
    return [writer.reason(place) for place in places], writer.say.title()


class _Writer:
    def __init__(self, scene: Scene, places: Sequence[Place]) -> None:
        self.scene = scene
        self.say = Sentences(scene)
        lifting = [rule for rule in scene.running(Effect.BOOST) if rule.factor > 1]
        self.boosts = [(rule, scene.world.ruled(rule)) for rule in lifting]
        self.required = [(leaning.mask, self.leaning(0.0, leaning)) for leaning in scene.held.required]
        self.grounds = _grounds(scene, places)

    def reason(self, place: Place) -> Reason:
        match place.held:
            case Held.GUESS:
                return self.guessed(place)
            case Held.PINNED:
                return self.pinned(place)
            case Held.PREFERRED:
                return self.preferred(place)
            case Held.RULE:
                return self.ruled(place)
            case Held.TRIED:
                new = bool(self.scene.world.shelf.published[place.item] > self.scene.new_since)
                return Reason(ReasonKind.TRYING, self.say.trying(new), tuple(self.let_through(place.item)))

    def pinned(self, place: Place) -> Reason:
        external = self.scene.world.shelf.items[place.item].external_id
        because = Because(1.0, facet="pinned", value=external, text=self.say.name(place.item))
        return Reason(ReasonKind.CHOSEN, self.say.pinned(), (because,))

    def preferred(self, place: Place) -> Reason:
        """Their choices hold the place; what the guess added is the order among what they chose."""
        asked = self.scene.held.preferred + self.scene.held.required
        leanings = [leaning for leaning in asked if leaning.mask[place.item]]
        weight = sum(leaning.weight for leaning in leanings)
        score = max(float(place.pool.scores[place.at]), weight)
        said = [self.leaning(le.weight / score, le) for le in leanings]
        said += self.guess(place, 1 - weight / score)
        return Reason(ReasonKind.CHOSEN, self.say.chosen(leanings), tuple(said))

    def ruled(self, place: Place) -> Reason:
        assert place.rule is not None
        said = [self.rule(1.0, place.rule), *self.let_through(place.item)]
        return Reason(ReasonKind.RULE, self.say.rule(place.rule), tuple(said))

    def guessed(self, place: Place) -> Reason:
        said = self.guess(place, 1.0)
        through = self.let_through(place.item)
        for rule, _ in self.boosts:
            if any(b.rule == rule.id and b.share >= 0.5 for b in said):
                return Reason(ReasonKind.RULE, self.say.rule(rule), (*said, *through))
        kind, text = self.base(place, said)
        moved = 0 if place.pool.moved is None else int(place.pool.moved[place.at])
        return Reason(kind, text, (*said, *through), moved, self.rest(place, said))

    def guess(self, place: Place, free: float) -> list[Because]:
        """Rules, guessed facets and events, each with its part of what is `free`."""
        said: list[Because] = []
        for rule, mask in self.boosts:
            if mask[place.item]:
                said.append(self.rule(free * (1 - 1 / rule.factor), rule))
                free /= rule.factor
        nudge = float(place.pool.nudge[place.at])
        if nudge > 0:
            free /= 1 + nudge
            for leaning in self.scene.held.nudges:
                if leaning.mask[place.item]:
                    guess = leaning.facet not in self.scene.held.place
                    said.append(self.leaning(free * leaning.weight, leaning, guess=guess))
        return said + self.rests_on(place, free)

    def rests_on(self, place: Place, free: float) -> list[Because]:
        """What the base score rests on: events, or the facet that says where they are."""
        origin = place.pool.origin[place.at]
        if origin == TASTE:
            return [self.event(free * s.share, s.event, s.item, place.item) for s in self.grounds[place.item].named]
        if origin == ABOUT and self.scene.about_event >= 0 and self.scene.about is not None:
            event = EventId(int(self.scene.history.events[self.scene.about_event]))
            return [self.event(free, event, self.scene.about, place.item)]
        return self.placed() if origin == POPULAR else []

    def event(self, share: float, event: EventId, item: ItemId, shown: ItemId) -> Because:
        return Because(share, event=event, item=item, text=self.say.did(event, item, shown))

    def leaning(self, share: float, leaning: Leaning, *, guess: bool = False) -> Because:
        text = self.say.facet(leaning.facet, leaning.value)
        return Because(share, facet=leaning.facet, value=leaning.value, guess=guess, text=text)

    def rule(self, share: float, rule: ShopRule) -> Because:
        return Because(share, rule=rule.id, text=self.say.rule(rule))

    def rest(self, place: Place, said: Sequence[Because]) -> float:
        """The share of all they did that is not named: with what is named it sums to 1."""
        grounds = self.grounds.get(place.item) if place.pool.origin[place.at] == TASTE else None
        if grounds is None or not grounds.named:
            return 0.0
        return max(0.0, 1.0 - sum(b.share for b in said))

    def placed(self) -> list[Because]:
        """The facet that says where they are, if one does: it leads the guess, and can be put right."""
        held, known = self.scene.held, self.scene.world.popular(self.scene.where).places
        for name in ("city", "region"):
            if name in known and known[name] in (held.place.get(name), held.guessed_place.get(name)):
                text = self.say.facet(name, known[name])
                return [Because(0.0, facet=name, value=known[name], guess=name not in held.place, text=text)]
        return []

    def let_through(self, item: ItemId) -> list[Because]:
        """What they required that this item fulfils."""
        return [because for mask, because in self.required if mask[item]]

    def base(self, place: Place, said: Sequence[Because]) -> tuple[ReasonKind, str]:
        origin = place.pool.origin[place.at]
        if origin in (TASTE, ABOUT):
            for because in said:  # the greatest share comes first
                if because.event is not None and because.item == place.item:
                    return ReasonKind.BECAUSE, self.say.before(because.event, place.item)
                if because.event is not None:
                    return ReasonKind.BECAUSE, self.say.because(because.event, because.item)
        if origin == ABOUT:
            return ReasonKind.BECAUSE, self.say.goes_with()
        if origin == POPULAR:
            return ReasonKind.POPULAR, self.say.popular(place.item)
        return ReasonKind.TRYING, self.say.untouched(origin == NEWEST)


def _grounds(scene: Scene, places: Sequence[Place]) -> dict[int, taste.Grounds]:
    """What the scores of all that rest on the model rest on, at once."""
    items = [p.item for p in places if p.at >= 0 and p.pool.origin[p.at] == TASTE]
    if not items or scene.world.model is None:
        return {}
    found = taste.because_items(
        scene.world.model, scene.history, items, now_seconds=scene.seconds, place=scene.slot.place, most=MOST_EVENTS,
        reading=scene.reading,
    )  # fmt: skip
    return dict(zip(items, found, strict=True))
