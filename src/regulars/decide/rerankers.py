"""Which learned order serves: the one whose off-policy estimate says, with confidence, that it brings more answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from regulars.decide import logged_store, offpolicy
from regulars.decide.features import NAMES
from regulars.decide.logged_store import RerankerRow
from regulars.decide.offpolicy import LEAST_EFFECTIVE, Estimate
from regulars.decide.ordering import answering, grow, lessons
from regulars.decide.outcomes import Outcome, answered, outcomes
from regulars.decide.replay import Replayed, Setting, looked_at, replay
from regulars.decide.reranking import Reranker
from regulars.decide.trees import Trees, trees_from
from regulars.decide.world import World
from regulars.kit.errors import Unavailable
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.store import Db, bump

LOOKS_BACK = timedelta(days=30)
LEAST_DECISIONS, LEAST_ANSWERS = 1_000, 200
"""With fewer decisions seen, or places answered, no order is learned."""
LEARNED_FROM = 0.6
"""The older part is learned from, the newer one judges."""
LEAST_COVERED = 0.9
"""How much of what an order shows must have had a chance to be shown before."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the logged decisions say.

    decisions, answers   seen, and places answered in them
    logged               answers a decision, as they were
    orders               "model" (the plain order), "learned" and "serving" (where there are) → how each would have done
    gain                 answers a decision that the learned order brings more than what serves now
    refused              why the learned order does not serve; empty when it does
    withdrawn            whether the order that served does worse than the plain one, and serves no more
    """

    decisions: int
    answers: int
    logged: Estimate
    orders: Mapping[str, Replayed]
    gain: Estimate | None = None
    told: Mapping[str, float] | None = None
    trees: Trees | None = None
    look: tuple[float, ...] = ()
    refused: str = ""
    withdrawn: bool = False

    def as_json(self) -> dict[str, Json]:
        """For the log, the pages and the command line."""
        return {
            "decisions": self.decisions,
            "answers": self.answers,
            "logged": estimate_json(self.logged),
            "orders": {
                name: {
                    "snips": estimate_json(one.snips),
                    "robust": estimate_json(one.robust),
                    "covered": round(one.covered, 4),
                }
                for name, one in self.orders.items()
            },
            "gain": None if self.gain is None else estimate_json(self.gain),
            "told": dict(self.told or {}),
            "look": [round(one, 4) for one in self.look],
            "refused": self.refused,
        }


def learn_order(db: Db, world: World, *, now: datetime, seed: int = 0, threads: int = 1) -> Judged:
    """Learn an order from what became of the last decisions, judge it by the newest of them, and let it serve if it
    brings more answers for certain. The caller commits."""
    row = logged_store.serving(db)
    judged = judge(outcomes(db, since=now - LOOKS_BACK), setting_of(world), seed=seed, threads=threads, row=row)
    if row is not None and judged.withdrawn:
        logged_store.refuse(db, row.id, "on newer decisions it brings fewer answers than the plain order")
    if judged.trees is not None:
        serves = None if judged.refused else now
        logged_store.add(
            db, RerankerRow(new_id(), judged.trees.as_json(), judged.as_json(), now, serves, judged.refused or None)
        )
    if judged.withdrawn or (judged.trees is not None and not judged.refused):
        bump(db, "model")
    return judged


def judge(
    found: Sequence[Outcome],
    setting: Setting,
    *,
    seed: int = 0,
    threads: int = 1,
    row: RerankerRow | None = None,
) -> Judged:
    """What an order learned from the older of these decisions does in the newer ones, beside the plain order and the
    one that serves. `setting.look` is learned here."""
    look = looked_at(found)
    setting = replace(setting, look=look)
    older, newer = found[: int(LEARNED_FROM * len(found))], found[int(LEARNED_FROM * len(found)) :]
    logged = offpolicy.on_policy(_answers(found))
    judged = Judged(len(found), answered(found), logged, {}, look=tuple(look[:20].tolist()))
    if len(found) < LEAST_DECISIONS or judged.answers < LEAST_ANSWERS:
        few = f"{len(found):,} decisions seen and {judged.answers:,} places answered"
        return replace(judged, refused=f"{few}; {LEAST_DECISIONS:,} and {LEAST_ANSWERS:,} are needed")
    taught = lessons(older, look)
    try:
        trees, told = grow(taught, seed=seed, threads=threads)
    except Unavailable as e:
        return replace(judged, refused=e.detail)
    guess = answering(taught, trees)
    orders = {"model": replay(newer, None, guess, setting), "learned": replay(newer, trees, guess, setting)}
    if row is not None:
        orders["serving"] = replay(newer, trees_of(row), guess, setting)
    gain = orders["learned"].over(orders.get("serving", orders["model"]))
    judged = replace(
        judged, logged=offpolicy.on_policy(_answers(newer)), orders=orders, told=told, trees=trees, gain=gain
    )
    withdrawn = row is not None and orders["serving"].over(orders["model"]).high < 0
    return replace(judged, refused=_refusal(orders, gain), withdrawn=withdrawn)


def _refusal(orders: Mapping[str, Replayed], gain: Estimate) -> str:
    learned = orders["learned"]
    size = min(learned.snips.effective, learned.robust.effective)
    if size < LEAST_EFFECTIVE:
        return f"the logged decisions are worth {size:.0f} effective ones for it; {LEAST_EFFECTIVE:.0f} are needed"
    if learned.covered < LEAST_COVERED:
        return f"only {learned.covered:.0%} of what it shows had a chance to be shown before"
    if gain.low <= 0:
        return (
            f"it may bring no more answers: {gain.value:+.4f} a decision, between {gain.low:+.4f} and {gain.high:+.4f}"
        )
    if learned.snips.value <= orders["model"].snips.value:
        return "the two estimates disagree whether it brings more answers"
    return ""


def serving_row(db: Db) -> RerankerRow | None:
    """The row of the order that serves."""
    return logged_store.serving(db)


def serving(db: Db) -> Reranker | None:
    """What adjusts the order now; nothing when it was grown on features we do not have."""
    row = logged_store.serving(db)
    if row is None:
        return None
    trees = trees_of(row)
    return None if len(trees.feature) and trees.feature.max() >= len(NAMES) else Reranker(row.id, trees)


def last_judged(db: Db) -> tuple[UUID, datetime, Mapping[str, Json], bool] | None:
    """The newest order that was learned: its id, when, what was found, whether it was let serve."""
    row = logged_store.newest(db)
    if row is None or not isinstance(row.report, Mapping):
        return None
    return row.id, row.created_at, row.report, row.serving_since is not None and not row.refused


def setting_of(world: World) -> Setting:
    """Likeness, categories and slots as they are."""
    variety = {name: slot.variety for name, slot in world.slots.items()}
    return Setting(world.vectors, world.shelf.category, variety, looked_at(()))


def trees_of(row: RerankerRow) -> Trees:
    """The trees of a row."""
    return trees_from(row.trees) if isinstance(row.trees, Mapping) else trees_from({})


def estimate_json(one: Estimate) -> dict[str, Json]:
    """Value, interval and effective sample."""
    bound = max(abs(one.low), abs(one.high)) != float("inf")
    return {
        "value": round(one.value, 6),
        "low": round(one.low, 6) if bound else None,
        "high": round(one.high, 6) if bound else None,
        "effective": round(one.effective, 1),
        "n": one.n,
    }


def _answers(found: Sequence[Outcome]) -> offpolicy.F64:
    return np.array([sum(one.answers[place] > 0 for place in one.head.places) for one in found], float)
