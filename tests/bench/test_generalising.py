"""On sites nobody tuned for, the bake-off is about as good as the best single model, tuned or not, in hindsight."""

from dataclasses import replace

import numpy as np
import pytest

from regulars import taste
from regulars.taste.alike import NAME, Alike
from regulars.taste.bakeoff import together
from regulars.taste.blending import best_fade, table
from regulars.taste.cases import split
from regulars.taste.learn import learn
from regulars.taste.model import Blend, Fade, Model, Sessions
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules
from tests.bench.sites import SITES
from tests.taste.test_models import ready
from tests.taste.worlds import NOW

WORSE = 0.93
"""At least this share of the best arm in hindsight: questions are few, so chance moves both."""


def worth(model: Model, cases, blend: Blend) -> float:
    return float(table(model, "home", cases).ask(blend).mean())


def arms(train, n, cases, repeats):
    """What each model gives by itself with its usual settings; its fade is chosen on the very questions."""
    kitchen = ready(train, n)
    empty = learn(train, taste.no_content(n), now=NOW, budget_seconds=0)[0]
    made = [kitchen.fit(recipe) for recipe in (Rp3(), Ridge(), Rules())]
    sessions = kitchen.make(Alike())
    assert isinstance(sessions, Sessions)
    model = replace(empty, parts=together(made, n), sessions=sessions)
    asked = table(model, "home", cases)
    for name in (*model.parts.names, NAME):
        fade = best_fade(asked, name, repeats=repeats)
        for again in (0.0, 1.0) if repeats else (0.0,):
            yield name, worth(model, cases, Blend({name: 1.0}, {name: fade, "again": Fade()}, repeats, again))


@pytest.mark.long
@pytest.mark.parametrize("site", SITES)
def test_the_blend_is_no_worse_than_the_best_model_alone(site):
    log = SITES[site]()
    n = int(log.items.max()) + 1
    outer = split(log, seed=1)
    model, report = learn(outer.train, taste.no_content(n), now=NOW, budget_seconds=5)
    blend = model.blend("home")
    ours = worth(model, outer.cases["home"], blend)
    best = max(value for _, value in arms(outer.train, n, outer.cases["home"], blend.repeats))
    assert ours >= WORSE * best or best - ours < two_errors(model, outer.cases["home"], blend)
    assert np.isfinite(list(report.figures.values())).all()


def two_errors(model, cases, blend) -> float:
    """Two standard errors of our own score."""
    found = table(model, "home", cases).ask(blend)
    return 2 * float(found.std()) / float(np.sqrt(len(found)))
