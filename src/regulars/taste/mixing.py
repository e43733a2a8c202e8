"""What the kernels read of a model and of a blend, made once for each."""

import numpy as np

from regulars.taste.alike import NAME as ALIKE
from regulars.taste.histories import DAY
from regulars.taste.model import F32, F64, I32, I64, Blend, Fade, Model

Arrays = tuple[I64, I32, F32, F32, F32, F32, F32]
Settings = tuple[F64, F64, F64, float, float, float]


def arrays(model: Model) -> Arrays:
    """What the kernels read of a model: the parts, the verbs, intervals and shares of coming back, the parts in full.

    Parts in full are (parts, n, n), or (0, 0, 0) where that would be too much.
    """
    parts = model.parts
    return parts.indptr, parts.indices, parts.data, model.verbs, model.interval, model.again, parts.full


def settings(model: Model, blend: Blend) -> Settings:
    """What the kernels read of a blend: weight, steps and half-life (seconds) of each part; the same of "again".

    Made once for each blend that serves; not to be written to.
    """
    kept = _made.get(id(blend))
    if kept is None or kept[0] is not blend or kept[1] != model.parts.names:
        if len(_made) >= MOST_BLENDS:
            _made.clear()
        kept = _made[id(blend)] = (blend, model.parts.names, _settings(model, blend))
    return kept[2]


_made: dict[int, tuple[Blend, tuple[str, ...], Settings]] = {}
MOST_BLENDS = 64


def _settings(model: Model, blend: Blend) -> Settings:
    mix, steps, half_lives = mixing(model, blend)
    habit = blend.fades.get("again", Fade())
    return mix, steps, half_lives, float(blend.again), float(habit.steps), habit.half_life_days * DAY


def mixing(model: Model, blend: Blend) -> tuple[F64, F64, F64]:
    """Weight of each part, in the order of `model.parts`; steps and half-life in seconds of each, then of "alike"."""
    mix = np.array([blend.weights.get(name, 0.0) for name in model.parts.names], np.float64)
    fades = [blend.fades.get(name, Fade()) for name in (*model.parts.names, ALIKE)]
    steps, half_lives = [f.steps for f in fades], [f.half_life_days * DAY for f in fades]
    return mix, np.array(steps, np.float64), np.array(half_lives, np.float64)
