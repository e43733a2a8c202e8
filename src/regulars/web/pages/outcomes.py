"""A decision as people read it: items with their reasons and what these rest on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from regulars.decide.model import Because, Chosen, ShopRule
from regulars.decide.told import BEFORE
from regulars.kit.i18n import speaker
from regulars.kit.text import pick
from regulars.people.model import SeenEvent
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.me.sentences import Part, event_part, merged

LEAST_REST = 0.005
"""Less than this, rounded, is nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that was picked.

    item     external id
    note     that its place was adjusted; empty when it was not
    facet    the guess it rests on, which can be called wrong; empty when it rests on none
    learned  whether something they did is behind it, which we can stop learning from
    """

    item: str
    title: str
    url: str
    image: str
    kind: str
    text: str
    because: list[Part]
    note: str
    propensity: float
    facet: str
    learned: bool


def outcomes(
    items: Sequence[Chosen], labels: Labels, events: Mapping[int, SeenEvent], rules: Sequence[ShopRule] = ()
) -> list[Outcome]:
    """`items` in their order; those the catalogue lost are left out."""
    return [_outcome(c, labels, events, rules) for c in items if c.item in labels.shelf.items]


def _outcome(chosen: Chosen, labels: Labels, events: Mapping[int, SeenEvent], rules: Sequence[ShopRule]) -> Outcome:
    item = labels.shelf.items[chosen.item]
    because = chosen.reason.because
    return Outcome(
        item.external_id,
        labels.title(item),
        _followable(pick(item.url, labels.language)),
        _followable(item.image),
        chosen.reason.kind.value,
        chosen.reason.text,
        merged(_parts(chosen, labels, events, rules)),
        _moved(chosen.reason.moved, labels),
        chosen.propensity,
        next((b.facet for b in because if b.facet and b.guess), ""),
        any(b.event is not None for b in because),
    )


def _parts(
    chosen: Chosen, labels: Labels, events: Mapping[int, SeenEvent], rules: Sequence[ShopRule]
) -> Iterator[Part]:
    _ = speaker(labels.language).gettext
    for one in chosen.reason.because:
        if one.event is not None and one.item == chosen.item:
            seen = events.get(int(one.event))
            words = BEFORE.get(seen.verb or 0, "") if seen else ""
            yield Part(_(words) if words else one.text, one.share, seen.at if seen else None, int(one.event))
        elif one.event is not None:
            item = labels.item(one.item) if one.item is not None else ""
            earlier = _("Something you did earlier: %(item)s") % {"item": item or "…"}
            yield event_part(one.event, one.share, events, labels) or Part(earlier, one.share)
        elif one.facet is not None:
            yield Part(_facet(one, labels), one.share)
        elif one.rule is not None:
            yield Part(_rule(one, labels, rules), one.share)
        elif one.item is not None:
            yield Part(one.text or labels.item(one.item), one.share)
    if chosen.reason.rest >= LEAST_REST:
        yield Part(_("Everything else you did"), chosen.reason.rest)


def _moved(places: int, labels: Labels) -> str:
    _ = speaker(labels.language).gettext
    if places > 0:
        return _("What people answered before moved it up by %(n)s.") % {"n": places}
    return _("What people answered before moved it down by %(n)s.") % {"n": -places} if places else ""


def _facet(one: Because, labels: Labels) -> str:
    _ = speaker(labels.language).gettext
    facet = one.facet or ""
    said = {"facet": labels.facet(facet), "value": labels.value(facet, one.value) if one.value else ""}
    if one.guess:
        return _("Our guess about %(facet)s: %(value)s") % said
    return _("You chose %(facet)s: %(value)s") % said


def _rule(one: Because, labels: Labels, rules: Sequence[ShopRule]) -> str:
    _ = speaker(labels.language).gettext
    found = next((r for r in rules if r.id == one.rule), None)
    label = pick(found.label, labels.language) or found.name if found else ""
    return _("A rule of the shop: %(name)s") % {"name": label} if label else _("A rule of the shop")


def _followable(url: str) -> str:
    """`url` when a browser may follow it: http, https or a path; nothing for javascript: and the like."""
    return url if url.startswith(("http://", "https://", "/")) else ""
