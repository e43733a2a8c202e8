"""One question with everything it rests on looked up once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from regulars import taste
from regulars.choices.constraints import Constraints
from regulars.choices.model import Mode
from regulars.decide.model import Asked, Effect, ShopRule, Slot, Source
from regulars.decide.visit import this_visit
from regulars.decide.words import PersonSubject
from regulars.decide.world import World
from regulars.kit.conditions import ALWAYS, holds
from regulars.kit.errors import Invalid
from regulars.kit.ids import ItemId
from regulars.kit.json import Json
from regulars.people.model import History, Profile, Verb

MOST_SIZE = 100
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
NEW_SECONDS = 60 * 86_400.0
EMPTY = History(
    np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0, np.float64)
)  # shared, never written to
NOBODY = Profile(None, None, (), {}, {}, {}, EMPTY)
STRONG = (
    (Verb.BOUGHT, Verb.MORE),
    (Verb.ADDED, Verb.READ, Verb.RATED),
    (Verb.VIEWED, Verb.CLICKED),
)
"""What a "because you …" slot is rather about, strongest first; among equals the newest."""


@dataclass(frozen=True)
class Scene:
    """What was asked, of whom, where and when.

    history   what may be learned from: nothing where nothing personal may be used
    guess     whether the order may rest on a guess at all
    about     the item the slot is about, and the event that says so (-1: the page they are on)
    """

    asked: Asked
    world: World
    slot: Slot
    held: Constraints
    rules: tuple[ShopRule, ...]
    history: History
    guess: bool
    where: Mapping[str, str]
    language: str
    size: int
    now: datetime
    seconds: float
    about: ItemId | None = None
    about_event: int = -1

    @property
    def on_page(self) -> bool:
        """Whether it is about the item of the page they are on."""
        return self.about is not None and self.about_event < 0

    @cached_property
    def heard(self) -> History:
        """What the model is asked with: what they did (in a basket: in this visit), before it the item of the page."""
        if not self.on_page or self.about is None:
            return self.history
        did = self.history if self.guess else EMPTY
        if self.slot.place == "basket":
            did = this_visit(did, self.seconds)
        return taste.on_page(did, self.about, now_seconds=self.seconds)

    @cached_property
    def reading(self) -> taste.Reading | None:
        """That as the model hears it; None without a model or anything to hear."""
        if self.world.model is None or not len(self.heard.items):
            return None
        read = taste.read_on_page if self.on_page else taste.read
        return read(self.world.model, self.heard, now_seconds=self.seconds, place=self.slot.place)

    @property
    def new_since(self) -> float:
        """What was published after this is new."""
        return self.seconds - NEW_SECONDS

    def running(self, effect: Effect) -> list[ShopRule]:
        """The rules of this effect that count here and now, for this person."""
        return [rule for rule in self.rules if rule.effect is effect]


def look(asked: Asked, world: World, now: datetime) -> Scene:
    """The scene of a question. Raises NotFound for an unknown slot, Invalid for a size that makes no sense."""
    slot = world.slot(asked.slot)
    size = slot.size if asked.size is None else asked.size
    if not 1 <= size <= MOST_SIZE:
        raise Invalid(f"size should be 1 to {MOST_SIZE}", fields={"size": f"should be 1 to {MOST_SIZE}"})
    held = world.held(asked.profile, slot)
    language = _language(held.language or _text(asked.context, "language") or held.guessed_language or "")
    about, event = _about(asked, world, slot, held)
    return Scene(
        asked=asked,
        world=world,
        slot=slot,
        held=held,
        rules=_running(asked, world, held, language, now),
        history=asked.profile.history if held.personal else EMPTY,
        guess=held.personal and held.mode is Mode.CHOOSE_FOR_ME,
        where=_where(asked, held, language),
        language=language,
        size=size,
        now=now,
        seconds=now.timestamp(),
        about=about,
        about_event=event,
    )


def _running(asked: Asked, world: World, held: Constraints, language: str, now: datetime) -> tuple[ShopRule, ...]:
    running = [rule for rule in world.rules if rule.runs(asked.slot, now)]
    if not running or not world.asking_rules:
        return tuple(running)
    there = now.astimezone(_zone(_text(asked.context, "timezone")))
    subject = PersonSubject(asked.profile if held.personal else NOBODY, asked.context, language, there)
    return tuple(rule for rule in running if rule.people == ALWAYS or holds(rule.people, subject))


def _where(asked: Asked, held: Constraints, language: str) -> dict[str, str]:
    """Where they are: what they stated, else the moment, else our guess. Somebody who said no to it is nowhere."""
    if not held.personal and asked.profile.person is not None:
        return {}
    moment = {name: _text(asked.context, name) for name in ("city", "region", "device")}
    found = {"language": language, **held.guessed_place, **{k: v for k, v in moment.items() if v}, **held.place}
    return dict(found)


def _about(asked: Asked, world: World, slot: Slot, held: Constraints) -> tuple[ItemId | None, int]:
    if slot.source is Source.CONTEXT_ITEM:
        named = world.shelf.by_external.get(_text(asked.context, "item"))
        return named, -1
    if slot.source is not Source.BECAUSE_ITEM or not held.personal or held.mode is not Mode.CHOOSE_FOR_ME:
        return None, -1
    event = _strongest(asked.profile.history, world, held)
    return (None, -1) if event < 0 else (ItemId(int(asked.profile.history.items[event])), event)


def _strongest(history: History, world: World, held: Constraints) -> int:
    """The position of the event that speaks loudest, -1 when none does. Items they refused are not spoken of."""
    known: NDArray[np.bool_] = history.items < world.shelf.n
    for verbs in STRONG:
        for event in np.flatnonzero(np.isin(history.verbs, verbs) & known):
            item = ItemId(int(history.items[event]))
            if item in world.shelf.items and not held.refusing(item):
                return int(event)
    return -1


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    """The zone of this name ("Europe/Amsterdam"); UTC for anything that is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _language(said: str) -> str:
    """A language tag as far as we can use it: "nl-BE" → "nl-be"; English for anything that is none."""
    return said.lower() if _TAG.fullmatch(said) else "en"


def _text(context: Mapping[str, Json], name: str) -> str:
    value = context.get(name)
    return value if isinstance(value, str) else ""
