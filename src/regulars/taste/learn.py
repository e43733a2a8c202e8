"""Learning: from everybody's events to a model that serves."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import numpy as np

from regulars.people.model import Log
from regulars.taste.buyagain import rhythm
from regulars.taste.content import Described, idf
from regulars.taste.counting import invert
from regulars.taste.guessing import Priors
from regulars.taste.histories import Histories, gather, in_order, verb_weights
from regulars.taste.model import (
    Blend,
    Content,
    Fade,
    Model,
    Part,
    Parts,
    Report,
)
from regulars.taste.popular import count_popular
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules
from regulars.taste.similar import sketch

Progress = Callable[[str, float], None]
"""Called with what is being done and how far it is, in [0, 1]."""


def learn(
    log: Log,
    content: Content,
    *,
    budget_seconds: float = 60.0,  # noqa: ARG001  used by the bake-off
    seed: int = 0,
    now: datetime,
    progress: Progress | None = None,
    threads: int = 1,
    priors: Priors | None = None,
) -> tuple[Model, Report]:
    """A model of `log` and `content`, and what was seen and tried. The same input and seed give the same model.

    budget_seconds  how long the bake-off may try models (0: none)
    priors  of `learn_priors`, kept in the file for `infer`
    Items beyond `content.n` are left out: give the content of the whole catalogue (`no_content(n)` without one).
    """
    started = time.monotonic()
    say = progress or (lambda _what, _done: None)
    say("reading", 0.0)
    log = in_order(log)
    verbs = verb_weights()
    histories, capping = gather(log, n=content.n, verbs=verbs)
    say("counting pairs", 0.2)
    inverted = invert(histories)
    counts = np.diff(inverted.indptr).astype(np.float32)
    weights = idf(content)
    parts = [Rp3().fit(histories, inverted, threads=threads), Rules().fit(histories, inverted, threads=threads)]
    say("reading items", 0.6)
    parts.append(Described().fit(content, counts, weights))
    usual, again = rhythm(log, n=content.n)
    say("putting together", 0.9)
    model = Model(
        id=UUID(int=0),
        n=content.n,
        verbs=verbs,
        parts=together(parts),
        blends=first_blends(),
        counts=counts,
        interval=usual,
        again=again,
        popularity=count_popular(log, n=content.n, verbs=verbs),
        vectors=sketch(content, weights, parts[0], seed=seed),
        content=content,
        idf=weights,
        priors=(priors or Priors()).as_json(),
    )
    report = Report(
        events=len(log.items),
        people=len(histories.people),
        items=int((counts > 0).sum()),
        bots=capping.bots,
        capped=capping.capped,
        parts={p.name: len(p.data) for p in parts},
        notes=notes(histories, log, now),
    )
    report = replace(report, seconds=time.monotonic() - started)
    say("done", 1.0)
    return replace(model, id=named(model, seed, now), report=report), report


def together(parts: list[Part]) -> Parts:
    """All parts in one piece."""
    starts = np.cumsum([0, *(len(p.data) for p in parts)])
    return Parts(
        tuple(p.name for p in parts),
        np.stack([p.indptr + s for p, s in zip(parts, starts[:-1], strict=True)]),
        np.concatenate([p.indices for p in parts]),
        np.concatenate([p.data for p in parts]),
    )


def first_blends() -> dict[str, Blend]:
    """Blends that are sane for a site with a hundred events; the bake-off replaces them where data says so."""
    short, long = Fade(steps=3, half_life_days=1), Fade(steps=30, half_life_days=120)
    fades = {"together": long, "next": short, "content": Fade(steps=5, half_life_days=30)}
    return {
        "home": Blend({"together": 0.6, "next": 0.25, "content": 0.15}, fades, again=0.1),
        "item": Blend({"together": 0.35, "next": 0.4, "content": 0.25}, dict.fromkeys(fades, short)),
        "basket": Blend({"together": 0.6, "next": 0.3, "content": 0.1}, dict.fromkeys(fades, short)),
        "newsletter": Blend({"together": 0.7, "next": 0.1, "content": 0.2}, fades),
        "article": Blend({"together": 0.4, "next": 0.3, "content": 0.3}, fades),
    }


def notes(histories: Histories, log: Log, now: datetime) -> tuple[str, ...]:
    """What an analyst should know about the data."""
    found = []
    if not len(histories.items):
        found.append("no event to learn from: what is popular and content serve until there are some")
    future = int((log.at > now.timestamp() + 86_400).sum())
    if future:
        found.append(f"{future} events lie more than a day in the future; they count as events of now")
    return tuple(found)


def named(model: Model, seed: int, now: datetime) -> UUID:
    """An id made from what was learned, so that the same input gives the same file."""
    hashed = blake2b(f"{seed} {now.isoformat()}".encode(), digest_size=16)
    for array in (model.parts.indices, model.parts.data, model.counts):
        hashed.update(np.ascontiguousarray(array).view(np.uint8).data)
    number = int.from_bytes(hashed.digest(), "big") & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=number | 0x8 << 76 | 0x2 << 62)  # version 8 of RFC 9562: bits of one's own
