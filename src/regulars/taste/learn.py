"""Learning: from everybody's events to a model that serves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import numpy as np

from regulars.people.model import Log
from regulars.taste.bakeoff import Chosen, bake_off, bench, complete, together
from regulars.taste.beginning import beginning
from regulars.taste.blending import table
from regulars.taste.cases import Case, Split, some_people, split
from regulars.taste.climbing import Fitted, described
from regulars.taste.content import idf
from regulars.taste.engine import Engine, using
from regulars.taste.guessing import Priors
from regulars.taste.histories import Histories, in_order, verb_weights
from regulars.taste.kitchen import Kitchen, kitchen
from regulars.taste.model import F32, Content, Model, Part, Report, Sessions
from regulars.taste.popular import count_popular
from regulars.taste.shape import shape_of
from regulars.taste.similar import sketch

Progress = Callable[[str, float], None]
"""Called with what is being done and how far it is, in [0, 1]."""


def learn(
    log: Log,
    content: Content,
    *,
    budget_seconds: float = 60.0,
    seed: int = 0,
    now: datetime,
    progress: Progress | None = None,
    threads: int = 1,
    priors: Priors | None = None,
    serving: Model | None = None,
    trial: Split | None = None,
    engine: Engine | None = None,
) -> tuple[Model, Report]:
    """A model of `log` and `content`, and what was seen and tried. The same input and seed give the same model.

    budget_seconds  how long the bake-off may try models (0: none), reckoned by the size of the data
    serving  the model that serves now: `Report.refused` says why the new one should not take its place, at any budget
    priors  of `learn_priors`, kept in the file for `infer`
    trial  tune on these questions after learning from this log; None: the newest of `log` is held out
    engine  where the winners are counted and solved; None: here. Trying is done here, on a part of the people
    Items beyond `content.n` are left out: give the content of the whole catalogue (`no_content(n)` without one).
    """
    started = time.monotonic()
    say = progress or (lambda _what, _done: None)
    say("reading", 0.0)
    log = in_order(log)
    weights = idf(content)
    chosen = choose(log, content, weights, _Choosing(budget_seconds, seed, threads, say, serving, trial))
    say("counting pairs", 0.7)
    ready = chosen.ready or kitchen(log, content, verbs=chosen.verbs, idf=weights, threads=threads)
    with using(engine):
        made = [ready.make(recipe) for recipe in chosen.recipes.values()]
    say("putting together", 0.9)
    ready.tidy()
    model = _model(ready, [*made, ready.content_part()], chosen, seed)
    report = Report(
        events=len(log.items),
        people=len(ready.histories.people),
        items=int((ready.counts > 0).sum()),
        bots=ready.capping.bots,
        capped=ready.capping.capped,
        parts={name: len(model.parts[name].data) for name in model.parts.names},
        tried=chosen.tried,
        chosen={name: described(recipe) for name, recipe in chosen.recipes.items()},
        figures=chosen.figures,
        notes=notes(ready.histories, log, now),
        until=int(log.at.max(initial=0)),
        refused=chosen.refused,
    )
    report = replace(report, seconds=time.monotonic() - started)
    model = replace(model, priors=(priors or Priors()).as_json(), report=report)
    say("done", 1.0)
    return replace(model, id=named(model, seed, now)), report


@dataclass(frozen=True, slots=True)
class _Choosing:
    budget_seconds: float
    seed: int
    threads: int
    say: Progress
    serving: Model | None = None
    trial: Split | None = None


def choose(log: Log, content: Content, weights: F32, how: _Choosing) -> Chosen:
    """What the bake-off chooses, or what is sane where there is too little to choose by."""
    if not how.budget_seconds and how.serving is None:
        return untried(kitchen(log, content, verbs=verb_weights(), idf=weights, threads=how.threads))
    asked = how.trial or split(some_people(log), seed=how.seed)
    if len(asked.cases.get("home", ())) < FEW_CASES:
        return untried(kitchen(log, content, verbs=verb_weights(), idf=weights, threads=how.threads))
    ready = kitchen(asked.train, content, verbs=verb_weights(), idf=weights, threads=how.threads)
    same = how.serving is not None and how.trial is None and learned_from(how.serving, log)
    if not how.budget_seconds:
        sane = untried(kitchen(log, content, verbs=verb_weights(), idf=weights, threads=how.threads))
        parts = [*(ready.make(recipe) for recipe in sane.recipes.values()), ready.content_part()]
        tried = replace(sane, table=table(bench(ready, parts), "home", asked.cases["home"]))
        return replace(sane, refused=refusal(tried, asked.cases["home"], how.serving, same=same))
    chosen = bake_off(
        ready,
        asked.cases,
        budget_seconds=how.budget_seconds,
        ordered=asked.kind != "unordered",
        repeats=asked.repeats,
        say=lambda what, done: how.say(what, 0.05 + 0.6 * done),
    )
    return replace(chosen, refused=refusal(chosen, asked.cases["home"], how.serving, same=same), table=None)


def untried(ready: Kitchen) -> Chosen:
    """What is sane for the shape of the data, with nothing tried; what was made ready is kept."""
    first = beginning(ready, shape_of(ready))
    return Chosen(first.recipes, complete(first.blends), verbs=ready.verbs, ready=ready)


FEW_CASES = 30
"""Fewer questions than this cannot tell models apart."""


def learned_from(serving: Model, log: Log) -> bool:
    """Whether `serving` learned from this very log, as far as its report tells."""
    return serving.report.events == len(log.items) and serving.report.until == int(log.at.max(initial=0))


def refusal(chosen: Chosen, cases: Sequence[Case], serving: Model | None, *, same: bool = False) -> str:
    """Why the new model should not replace the one that serves; empty when it should.

    Both answer the questions that are newer than anything the serving model learned from.
    same  both learn from the same log: then what was held out when the serving model was chosen is compared
    """
    if serving is None or chosen.table is None:
        return ""
    same = same and serving.report.figures.get("home cases") == len(cases)
    fresh = list(cases) if same else [case for case in cases if case.now > serving.report.until]
    if len(fresh) < 100:
        return ""
    if same:
        old = serving.report.figures.get("home ndcg@20", 0.0)
    else:
        old = table(serving, "home", fresh).figures(serving.blend("home")).ndcg
    new = table(chosen.table.model, "home", fresh).figures(chosen.blends["home"]).ndcg
    if new >= 0.97 * old:
        return ""
    asked = f"{len(fresh)} {'held-out' if same else 'new'} questions"
    return f"on {asked} it scores {new:.4f} (NDCG@20), the one that serves {old:.4f}"


def _model(ready: Kitchen, made: Sequence[Fitted], chosen: Chosen, seed: int) -> Model:
    """All that serves, without its id, priors and report."""
    parts = [one for one in made if isinstance(one, Part)]
    return Model(
        id=UUID(int=0),
        n=ready.content.n,
        verbs=chosen.verbs,
        parts=together(parts, ready.content.n),
        blends=chosen.blends,
        counts=ready.counts,
        interval=ready.interval,
        again=ready.again,
        popularity=count_popular(ready.log, n=ready.content.n, verbs=chosen.verbs),
        vectors=sketch(ready.content, ready.idf, parts[0], seed=seed),
        content=ready.content,
        idf=ready.idf,
        sessions=next((one for one in made if isinstance(one, Sessions)), None),
    )


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
