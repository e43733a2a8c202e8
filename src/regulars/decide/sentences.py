"""The sentences of reasons, in the person's language."""

from collections.abc import Sequence

from regulars.choices.constraints import Leaning
from regulars.decide.habits import Habit, Unit, habit_of
from regulars.decide.model import ShopRule
from regulars.decide.scene import Scene
from regulars.kit.i18n import speaker
from regulars.kit.ids import ItemId
from regulars.kit.text import pick
from regulars.people.model import Verb


class Sentences:
    """What is said in one scene; what is said again is remembered."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.told = scene.world.told(scene.language)
        self._ = speaker(scene.language).gettext
        self._facets: dict[tuple[str, str], str] = {}

    def did(self, verb: int, item: ItemId, shown: ItemId) -> str:
        """What they did, as evidence for what is shown."""
        return self.told.before(verb) if item == shown else self.told.did(verb, item)

    def before(self, verb: int, item: ItemId) -> str:
        """What they did with the thing itself; how often they have it, where that is known."""
        if verb != Verb.BOUGHT or (habit := habit_of(self.scene, item)) is None:
            return self.told.before(verb)
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

    def because(self, verb: int, item: ItemId) -> str:
        """Because of what they did with an item."""
        return self.told.because(verb, item)

    def here(self, item: ItemId) -> str:
        """What the page is about; in a basket, what it holds."""
        if self.scene.slot.place == "basket":
            return self.told.did(Verb.ADDED, item)
        return self._("You are looking at {item}").format(item=self.name(item))

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
        return "…" if item is None else self.told.name(item)

    def title(self) -> str:
        """The slot's title; empty when it speaks of an item there is not."""
        scene = self.scene
        words = pick(scene.slot.title, scene.language)
        if "{" not in words:
            return words
        if scene.about is None:
            return ""
        known = scene.about_event >= 0
        because = self.because(int(scene.history.verbs[scene.about_event]), scene.about) if known else self.goes_with()
        return words.replace("{because}", because).replace("{item}", self.name(scene.about))
