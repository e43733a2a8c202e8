"""Serving compiles ahead, and needs little."""

from regulars import taste
from regulars.people.model import Verb
from regulars.taste.rank import answer
from tests.taste.worlds import SECONDS, checkerboard, everything, history_of, learned


def test_after_warming_a_request_compiles_nothing(tmp_path):
    taste.warm()
    compiled = len(answer.signatures)
    taste.save(learned(checkerboard(), 17), tmp_path / "m.taste")
    model = taste.load(tmp_path / "m.taste")
    for repeats in (None, True, False):
        history = history_of((1, Verb.BOUGHT, 1.0))
        taste.rank(model, history, everything(17), k=3, now_seconds=SECONDS, repeats=repeats)
        allowed = everything(17)
        allowed.flags.writeable = False
        taste.rank(model, history, allowed, k=3, now_seconds=SECONDS, repeats=repeats)
    assert len(answer.signatures) == compiled
