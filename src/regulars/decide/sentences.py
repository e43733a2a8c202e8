"""The sentences of reasons, in the person's language."""

from collections.abc import Sequence

from regulars.choices.constraints import Leaning
from regulars.decide.habits import Habit, Unit, habit_of
from regulars.decide.model import ShopRule
from regulars.decide.scene import Scene
from regulars.kit.i18n import N_, speaker
from regulars.kit.ids import ItemId
from regulars.kit.text import pick
from regulars.people.model import Verb

SAID: dict[int, str] = {
    Verb.VIEWED: N_("Because you looked at {item}"),
    Verb.CLICKED: N_("Because you looked at {item}"),
    Verb.ADDED: N_("Because you put {item} in your basket"),
    Verb.BOUGHT: N_("Because you had {item}"),
    Verb.READ: N_("Because you read {item}"),
    Verb.RATED: N_("Because you rated {item}"),
    Verb.MORE: N_("Because you asked for more like {item}"),
}

DID: dict[int, str] = {
    Verb.VIEWED: N_("You looked at {item}"),
    Verb.CLICKED: N_("You looked at {item}"),
    Verb.ADDED: N_("You put {item} in your basket"),
    Verb.BOUGHT: N_("You had {item}"),
    Verb.READ: N_("You read {item}"),
    Verb.RATED: N_("You rated {item}"),
    Verb.MORE: N_("You asked for more like {item}"),
}
BEFORE: dict[int, str] = {
    Verb.VIEWED: N_("You looked at this before"),
    Verb.CLICKED: N_("You looked at this before"),
    Verb.ADDED: N_("You had this in your basket before"),
    Verb.BOUGHT: N_("You had this before"),
    Verb.READ: N_("You read this before"),
    Verb.RATED: N_("You rated this before"),
    Verb.MORE: N_("You asked for more like this"),
}
"""The same of the thing itself: nobody sees a thing because they looked at that very thing."""


class Sentences:
    """What is said in one scene; what is said again is remembered."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._ = speaker(scene.language).gettext
        self._verbs: dict[int, int] = {}
        self._because: dict[int, str] = {}
        self._did: dict[tuple[int, bool], str] = {}
        self._facets: dict[tuple[str, str], str] = {}

    def did(self, event: int, item: ItemId | None, shown: ItemId) -> str:
        """What they did, as evidence for what is shown."""
        same = item == shown
        said = self._did.get((event, same))
        if said is None:
            words = BEFORE if same else DID
            verb = self._verb(event)
            said = self._did[event, same] = self._(words.get(verb, words[Verb.VIEWED])).format(item=self.name(item))
        return said

    def before(self, event: int, item: ItemId) -> str:
        """What they did with the thing itself; how often they have it, where that is known."""
        if self._verb(event) != Verb.BOUGHT or (habit := habit_of(self.scene, item)) is None:
            return self._(BEFORE.get(self._verb(event), BEFORE[Verb.VIEWED]))
        return self._every(habit)

    def _every(self, habit: Habit) -> str:
        ngettext, n = speaker(self.scene.language).ngettext, habit.n
        match habit.unit, habit.own:
            case Unit.DAYS, True:
                words = ngettext("You have this about every day", "You have this about every {n} days", n)
            case Unit.WEEKS, True:
                words = ngettext("You have this about every week", "You have this about every {n} weeks", n)
            case Unit.MONTHS, True:
                words = ngettext("You have this about every month", "You have this about every {n} months", n)
            case Unit.DAYS, False:
                words = ngettext(
                    "You had this before: usually every day", "You had this before: usually every {n} days", n
                )
            case Unit.WEEKS, False:
                words = ngettext(
                    "You had this before: usually every week", "You had this before: usually every {n} weeks", n
                )  # fmt: skip
            case _:
                words = ngettext(
                    "You had this before: usually every month", "You had this before: usually every {n} months", n
                )  # fmt: skip
        return words.format(n=n)

    def facet(self, facet: str, value: str) -> str:
        """What a value of a facet is called; nothing where it has no name of its own."""
        said = self._facets.get((facet, value))
        if said is None:
            said = self._facets[facet, value] = self._facet(facet, value)
        return said

    def _facet(self, facet: str, value: str) -> str:
        found = pick(self.scene.world.menu.label(facet, value), self.scene.language)
        if found:
            return found
        known = self.scene.world.shelf.by_external.get(value)
        return self.name(known) if known is not None else value

    def because(self, event: int, item: ItemId | None) -> str:
        """Because of what they did with an item."""
        said = self._because.get(event)
        if said is None:
            words = SAID.get(self._verb(event), SAID[Verb.VIEWED])
            said = self._because[event] = self._(words).format(item=self.name(item))
        return said

    def goes_with(self) -> str:
        """What goes with the item of the page."""
        return self._("Goes well with {item}").format(item=self.name(self.scene.about))

    def popular(self, item: ItemId) -> str:
        """What is popular, and where; or that it is right now."""
        popular = self.scene.world.popular(self.scene.where)
        if item in popular.hot:
            return self._("Popular right now")
        known = popular.places
        place = known.get("city") or known.get("region")
        if place:
            return self._("Popular in {place} this week").format(place=place)
        return self._("Popular this week")

    def rule(self, rule: ShopRule) -> str:
        """What the shop calls its rule."""
        return pick(rule.label, self.scene.language) or self._("Picked by us")

    def chosen(self, leanings: Sequence[Leaning]) -> str:
        """What they chose: the first two of it."""
        label = self.scene.world.menu.label
        names = [pick(label(le.facet, le.value), self.scene.language) or le.value for le in leanings[:2]]
        both = names[0] if len(names) == 1 else self._("{one} and {other}").format(one=names[0], other=names[1])
        return self._("You chose {choice}").format(choice=both)

    def pinned(self) -> str:
        """That they pinned it."""
        return self._("You pinned this")

    def trying(self, new: bool) -> str:
        """That we try something."""
        if new:
            return self._("New: we are trying this with you")
        return self._("Something else: we are trying this with you")

    def untouched(self, newest: bool) -> str:
        """That nobody did anything with it yet, or that the newest come first here."""
        return self._("New") if newest else self._("New here")

    def name(self, item: ItemId | None) -> str:
        """What an item is called."""
        found = self.scene.world.shelf.items.get(item) if item is not None else None
        return (pick(found.title, self.scene.language) or found.external_id) if found else "…"

    def title(self) -> str:
        """The slot's title; empty when it speaks of an item there is not."""
        scene = self.scene
        words = pick(scene.slot.title, scene.language)
        if "{" not in words:
            return words
        if scene.about is None:
            return ""
        known = scene.about_event >= 0
        because = self.because(int(scene.history.events[scene.about_event]), scene.about) if known else self.goes_with()
        return words.replace("{because}", because).replace("{item}", self.name(scene.about))

    def _verb(self, event: int) -> int:
        if not self._verbs:
            history = self.scene.history
            self._verbs = dict(zip(history.events.tolist(), history.verbs.tolist(), strict=True))
        return self._verbs[event]
