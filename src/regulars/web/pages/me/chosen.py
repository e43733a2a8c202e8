"""What a person may choose, as the page shows it: facts beside guesses, slot by slot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from regulars.choices.model import Acts, FacetDefinition, Many, Mode
from regulars.decide.model import Slot
from regulars.kit.json import Json
from regulars.people.model import Facet, Profile
from regulars.web.pages.me.labels import Labels

MOST_OFFERED = 60
FIRST_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Option:
    """One value: what it is called, whether it is on, whether it is our guess."""

    value: str
    label: str
    on: bool = False
    guessed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One facet in one scope. `stated`: the person said something about it; `noted`: an agent wrote it down."""

    name: str
    scope: str
    label: str
    help: str
    options: tuple[Option, ...]
    more: tuple[Option, ...] = ()
    one: bool = False
    stated: bool = False
    guessed: bool = False
    on: bool = False
    guess: str = ""
    confidence: float = 0.0
    noted: bool = False

    @property
    def id(self) -> str:
        """An id for the element."""
        return f"{self.name}-{self.scope}".replace(".", "-").strip("-")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Everything on the first tab."""

    pause: Choice
    wishes: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    blocks: tuple[Choice, ...]
    lists: tuple[Choice, ...]


LISTS = ("hidden_items", "hidden_categories", "less_like")
ELSEWHERE = {Acts.MODE, Acts.LAYOUT, Acts.PIN, Acts.PAUSE, Acts.LESS}


def chosen(profile: Profile, labels: Labels, places: Mapping[str, Sequence[str]]) -> Chosen:
    """What this person may choose and chose. `places`: the cities and regions that something is known about."""
    wishes = [
        choice(d, profile.facet(d.name), labels, places.get(d.attribute, ()) if d.acts is Acts.PLACE else ())
        for d in labels.definitions.values()
        if d.acts not in ELSEWHERE and d.name not in LISTS and d.many is not Many.ORDER
    ]
    paused = profile.facet("pause").stated is True
    return Chosen(
        pause=Choice("pause", "", labels.facet("pause"), labels.help("pause"), (), on=paused, stated=paused),
        wishes=tuple(w for w in wishes if w.options),
        modes=tuple(_mode(slot, profile, labels) for slot in labels.slots.values()),
        orders=tuple(_orders(profile, labels)),
        blocks=tuple(_hidden_blocks(profile, labels)),
        lists=tuple(_lists(profile, labels)),
    )


def choice(definition: FacetDefinition, facet: Facet, labels: Labels, offered: Sequence[str] = ()) -> Choice:
    """A facet with its values, the stated ones on. `offered`: values to offer, where not the catalogue's."""
    stated = texts(facet.stated)
    guess = texts(facet.inferred) if facet.used and facet.stated is None else []
    guess = [g for g in guess if g not in texts(list(facet.denied))]
    held = [*stated, *guess]
    values = list(dict.fromkeys([*held, *offered])) if offered else _offered(definition, labels, held)
    options = [Option(v, labels.value(definition.name, v), v in stated, v in guess) for v in values]
    shown = [o for i, o in enumerate(options) if i < FIRST_SHOWN or o.on or o.guessed]
    return Choice(
        definition.name,
        "",
        labels.facet(definition.name),
        labels.help(definition.name),
        tuple(shown),
        tuple(o for o in options if o not in shown),
        one=definition.many is Many.ONE,
        stated=facet.stated is not None,
        guessed=definition.guessed,
        guess=labels.values(definition.name, guess) if guess else "",
        confidence=facet.confidence,
        noted=facet.stated is not None and (facet.stated_by or "").startswith("agent:"),
    )


def texts(value: Json) -> list[str]:
    """A value, or a list of them, as texts."""
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(v) for v in value]
    return [str(value)]


def block_order(page: str, profile: Profile, slots: Mapping[str, Slot]) -> list[str]:
    """The blocks of `page` in this person's order: theirs first, then those they have not placed."""
    blocks = [s.name for s in sorted(slots.values(), key=lambda s: s.position) if s.page == page]
    own = [b for b in texts(profile.facet("layout", page).stated) if b in blocks]
    return [*own, *(b for b in blocks if b not in own)]


def _offered(definition: FacetDefinition, labels: Labels, held: Sequence[str]) -> list[str]:
    """The values to offer: those defined, else those the catalogue knows, and always what is held already."""
    known = [v.id for v in definition.values]
    if not known and definition.attribute:
        known = labels.shelf.wishes(definition.attribute)[:MOST_OFFERED]
    return list(dict.fromkeys([*(h for h in held if h not in known), *known]))


def _mode(slot: Slot, profile: Profile, labels: Labels) -> Choice:
    facet = profile.facet("mode", slot.name)
    now = facet.stated or slot.mode
    options = tuple(Option(m.value, labels.value("mode", m.value), m == now) for m in Mode)
    return Choice("mode", slot.name, labels.slot(slot.name), "", options, one=True, stated=facet.stated is not None)


def _orders(profile: Profile, labels: Labels) -> Iterator[Choice]:
    for page in dict.fromkeys(s.page for s in labels.slots.values() if s.page):
        blocks = block_order(page, profile, labels.slots)
        stated = profile.facet("layout", page).stated is not None
        if len(blocks) > 1:
            options = tuple(Option(b, labels.slot(b)) for b in blocks)
            yield Choice("layout", page, labels.page(page), "", options, stated=stated)


def _hidden_blocks(profile: Profile, labels: Labels) -> Iterator[Choice]:
    for page in dict.fromkeys(s.page for s in labels.slots.values() if s.page):
        hidden = texts(profile.facet("hidden_blocks", page).stated)
        blocks = block_order(page, profile, labels.slots)
        options = tuple(Option(b, labels.slot(b), b in hidden) for b in blocks)
        if len(options) > 1:
            yield Choice("hidden_blocks", page, labels.page(page), "", options, stated=bool(hidden))


def _lists(profile: Profile, labels: Labels) -> Iterator[Choice]:
    """What can only be taken back here: hidden things, things to see less of, pinned things of each slot."""
    for name in LISTS:
        yield _list(name, "", profile, labels)
    for slot in ("", *labels.slots):
        pinned = _list("pinned", slot, profile, labels)
        if pinned.options:
            yield pinned


def _list(name: str, scope: str, profile: Profile, labels: Labels) -> Choice:
    facet = profile.facets.get((name, scope)) or Facet(name, scope)
    options = tuple(Option(v, labels.value(name, v), True) for v in texts(facet.stated))
    label = labels.facet(name) + (f" · {labels.slot(scope)}" if scope else "")
    return Choice(name, scope, label, labels.help(name), options, stated=bool(options))
