"""Which slots there are: the default ones, and those the company defines or redefines."""

from collections.abc import Sequence
from datetime import datetime

from regulars.choices.constraints import stated, texts
from regulars.decide import store
from regulars.decide.forms import slot_from, slot_json
from regulars.decide.model import Slot, Source
from regulars.kit.conditions import Operator, Test
from regulars.kit.errors import NotFound
from regulars.kit.i18n import N_, speaker
from regulars.kit.text import LANGUAGES
from regulars.people.model import Profile
from regulars.store import Db, bump


def slots(db: Db) -> dict[str, Slot]:
    """Every slot by name: the defaults, overruled by what the company saved under the same name."""
    saved = [slot_from(raw) for raw in store.slots(db)]
    return default_slots() | {slot.name: slot for slot in saved}


def save_slot(db: Db, slot: Slot, *, by: str, now: datetime) -> None:
    """Add `slot`, or replace the one of that name. Counts for the next decision. Raises Invalid."""
    raw = slot_json(slot)
    store.save_slot(db, slot_from(raw).name, raw, position=slot.position, by=by, now=now)
    bump(db, "slots")


def delete_slot(db: Db, name: str) -> None:
    """Take the company's slot away; a default one is back as it was. Raises NotFound."""
    if not store.delete_slot(db, name):
        raise NotFound(f"no slot {name!r} was saved")
    bump(db, "slots")


def blocks(slots: Sequence[Slot], page: str, profile: Profile) -> list[Slot]:
    """The blocks of `page` as this person arranged them: theirs first, in their order; none they hid."""
    of_page = sorted((s for s in slots if s.page == page), key=lambda s: (s.position, s.name))
    order = {name: i for i, name in enumerate(texts(stated(profile, "layout", page)))}
    hidden = set(texts(stated(profile, "hidden_blocks", page)))
    shown = [s for s in of_page if s.name not in hidden]
    return sorted(shown, key=lambda s: order.get(s.name, len(order)))


def default_slots() -> dict[str, Slot]:
    """The slots every site begins with."""
    return dict(_DEFAULTS)


def _said(message: str) -> dict[str, str]:
    return {language: speaker(language).gettext(message) for language in LANGUAGES}


def _make() -> tuple[Slot, ...]:
    offers = Test("kind", Operator.ONE_OF, ("product", "service", "offer"))
    reading = Test("kind", Operator.ONE_OF, ("article", "post", "video"))
    return (
        Slot("home.for-you", _said(N_("For you")), items=offers, size=8, page="home", position=1),
        Slot(
            "home.because",
            dict.fromkeys(LANGUAGES, "{because}"),
            Source.BECAUSE_ITEM,
            offers,
            place="item",
            explore=0.0,
            page="home",
            position=2,
        ),
        Slot(
            "home.popular",
            _said(N_("Popular near you")),
            Source.POPULAR,
            offers,
            explore=0.0,
            variety=0.0,
            page="home",
            position=3,
        ),
        Slot(
            "home.to-read",
            _said(N_("To read")),
            items=reading,
            place="article",
            without_seen_days=30,
            page="home",
            position=4,
        ),
        Slot(
            "item.next",
            _said(N_("Goes well with {item}")),
            Source.CONTEXT_ITEM,
            offers,
            place="item",
            page="item",
            position=1,
        ),
        Slot(
            "chat.greeting",
            _said(N_("You may want to know")),
            items=Test("kind", Operator.ONE_OF, ("help", "service", "offer")),
            size=3,
            explore=0.0,
            page="chat",
            position=1,
        ),
    )


_DEFAULTS = {slot.name: slot for slot in _make()}
