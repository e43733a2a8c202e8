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
        self.nudges = [(leaning.mask, leaning.weight, self.nudged(leaning)) for leaning in scene.held.nudges]
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
        kind, text = self.base(place)
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
            for mask, weight, (facet, value, guess, text) in self.nudges:
                if mask[place.item]:
                    share = free * weight
                    said.append(Because(share, facet=facet, value=value, guess=guess, text=text))
        return said + self.rests_on(place, free)

    def nudged(self, leaning: Leaning) -> tuple[str, str, bool, str]:
        """The facet, its value, whether it is our guess, and what it is called."""
        guess = leaning.facet not in self.scene.held.place
        return leaning.facet, leaning.value, guess, self.say.facet(leaning.facet, leaning.value)

    def rests_on(self, place: Place, free: float) -> list[Because]:
        """What the base score rests on: events, or the facet that says where they are."""
        origin = place.pool.origin[place.at]
        if origin == TASTE and self.scene.on_page:
            return [self.beside(free * s.share, s, place.item) for s in self.grounds[place.item].named]
        if origin == TASTE:
            did, shown = self.say.did, place.item
            return [
                Because(free * s.share, event=s.event, item=s.item, text=did(s.verb, s.item, shown))
                for s in self.grounds[place.item].named
            ]
        at, about = self.scene.about_event, self.scene.about
        if origin == ABOUT and about is not None:
            if at < 0:
                return [Because(free, item=about, text=self.say.here(about))]
            history = self.scene.history
            text = self.say.did(int(history.verbs[at]), about, place.item)
            return [Because(free, event=EventId(int(history.events[at])), item=about, text=text)]
        return self.placed() if origin == POPULAR else []

    def beside(self, share: float, ground: taste.Share, shown: ItemId) -> Because:
        """A ground on the page of an item: the page itself, or what they did."""
        if ground.event == taste.PAGE:
            return Because(share, item=ground.item, text=self.say.here(ground.item))
        return Because(share, event=ground.event, item=ground.item, text=self.say.did(ground.verb, ground.item, shown))

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
        named = 0.0
        for because in said:
            named += because.share
        return max(0.0, 1.0 - named)

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

    def base(self, place: Place) -> tuple[ReasonKind, str]:
        origin = place.pool.origin[place.at]
        if origin in (TASTE, ABOUT):
            verb, item = self.heaviest(place, int(origin))
            page = self.scene.about if self.scene.on_page else None
            if item is not None and item != page:
                told = self.say.before(verb, item) if item == place.item else self.say.because(verb, item)
                return ReasonKind.BECAUSE, told
            if item is not None or origin == ABOUT:
                return ReasonKind.BECAUSE, self.say.goes_with()
        if origin == POPULAR:
            return ReasonKind.POPULAR, self.say.popular(place.item)
        return ReasonKind.TRYING, self.say.untouched(origin == NEWEST)

    def heaviest(self, place: Place, origin: int) -> tuple[int, ItemId | None]:
        """What they did, and with what, that speaks loudest for an item."""
        if origin == TASTE:
            named = self.grounds[place.item].named
            return (named[0].verb, named[0].item) if named else (0, None)
        at = self.scene.about_event
        return (int(self.scene.history.verbs[at]), self.scene.about) if at >= 0 else (0, None)


def _grounds(scene: Scene, places: Sequence[Place]) -> dict[int, taste.Grounds]:
    """What the scores of all that rest on the model rest on, at once."""
    items = [p.item for p in places if p.at >= 0 and p.pool.origin[p.at] == TASTE]
    if not items or scene.world.model is None:
        return {}
    found = taste.because_items(
        scene.world.model, scene.heard, items, now_seconds=scene.seconds, place=scene.slot.place, most=MOST_EVENTS,
        repeats=True if scene.on_page else None, reading=scene.reading,
    )  # fmt: skip
    return dict(zip(items, found, strict=True))
