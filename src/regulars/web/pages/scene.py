"""The company as pages name it: definitions, slots, the shelf."""

from collections.abc import Mapping
from datetime import datetime
from weakref import WeakKeyDictionary

from regulars.decide.world import World
from regulars.decide.worlds import Worlds
from regulars.web.edge import Edge
from regulars.web.pages import render
from regulars.web.pages.me.labels import Labels

_WORLDS: WeakKeyDictionary[Edge, Worlds] = WeakKeyDictionary()


def world_of(edge: Edge, versions: Mapping[str, int], now: datetime) -> World:
    """The world at least as new as `versions`."""
    worlds = getattr(edge, "worlds", None) or _WORLDS.setdefault(edge, Worlds(edge.database, edge.settings.var))
    return worlds.current(versions, now)


def labels_in(world: World, language: str) -> Labels:
    """Names in `language`, in one world."""
    return Labels(render.spoken(language), world.definitions, world.slots, world.shelf)
