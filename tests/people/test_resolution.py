"""One facet out of the rows of several nodes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.people.model import Facet
from regulars.people.resolution import FacetRow, resolve
from regulars.people.together import Tie, Together
from tests.people.people_cast import later

DIET = ("diet", "")
HIDDEN = ("hidden_items", "")


def row(node: int, *, name: str = "diet", **more: Any) -> FacetRow:
    return FacetRow(node, name, "", **more)


def said(node: int, value: object, seconds: float, **more: Any) -> FacetRow:
    return row(node, stated=value, stated_at=later(seconds), **more)


def diet(*rows: FacetRow, guessed: dict[int, datetime] | None = None) -> Facet:
    return resolve(rows, guessed or {}, Together())[DIET]


def hides(node: int, items: list[str] | None, seconds: float) -> FacetRow:
    return said(node, items, seconds, name="hidden_items", gathers=items is not None)


def hidden(*rows: FacetRow, ties: Sequence[tuple[int, int, float]]) -> object:
    return resolve(rows, {}, Together(Tie(a, b, later(at)) for a, b, at in ties))[HIDDEN].stated


def test_newer_stated_beats_older():
    assert diet(said(1, "vegan", 2), said(2, "vegetarian", 1)).value == "vegan"


def test_a_cleared_value_is_newest_too():
    assert diet(said(1, "vegan", 1), said(2, None, 2)).stated is None


def test_stated_beats_inferred_however_sure_and_new():
    guess = row(2, inferred="none", confidence=0.99, inferred_at=later(9))
    facet = diet(said(1, "vegan", 1), guess, guessed={2: later(9)})
    assert (facet.value, facet.inferred) == ("vegan", "none")


def test_after_clearing_the_guess_acts_again():
    guess = row(2, inferred="none", confidence=0.9, inferred_at=later(1))
    assert diet(said(1, None, 2), guess, guessed={2: later(1)}).value == "none"


def test_the_node_guessed_for_last_speaks_also_when_it_has_no_guess():
    old = row(1, inferred="none", confidence=0.9, inferred_at=later(1))
    assert diet(old, guessed={1: later(1), 2: later(2)}).inferred is None


def test_what_was_denied_adds_up_and_is_not_guessed():
    guess = row(2, inferred="none", confidence=0.9, inferred_at=later(1), denied=("vegan",))
    facet = diet(row(1, denied=("none", "vegan")), guess, guessed={2: later(1)})
    assert set(facet.denied) == {"none", "vegan"}
    assert facet.value is None


def test_the_newest_word_on_using_a_guess_counts():
    rows = [row(1, used=False, used_at=later(1)), row(2, used=True, used_at=later(2)), row(3)]
    assert diet(*rows).used
    assert not diet(rows[0], rows[2]).used


def test_what_both_sides_hid_before_they_were_one_stays_hidden():
    assert hidden(hides(1, ["a"], 1), hides(2, ["b", "a"], 2), ties=[(1, 2, 3)]) == ["b", "a"]


def test_what_is_said_afterwards_replaces_what_was_said_before():
    assert hidden(hides(1, ["a"], 1), hides(2, ["b"], 3), ties=[(1, 2, 2)]) == ["b"]
    assert hidden(hides(1, ["a"], 1), hides(2, None, 3), ties=[(1, 2, 2)]) is None


def test_what_a_third_side_hid_is_kept_beside_it():
    rows = hides(1, ["a"], 1), hides(2, ["b"], 3), hides(3, ["c"], 2)
    assert hidden(*rows, ties=[(1, 2, 2), (1, 3, 4)]) == ["b", "c"]


def test_clearing_on_one_side_does_not_show_what_the_other_side_hid_before():
    assert hidden(hides(1, ["a"], 1), hides(2, None, 2), ties=[(2, 1, 3)]) == ["a"]


@given(
    st.permutations([said(1, "a", 1), said(2, "b", 3), said(3, None, 2), row(4, denied=("c",)), row(5, denied=("d",))])
)
def test_the_order_of_the_nodes_does_not_matter(rows: list[FacetRow]):
    facet = diet(*rows)
    assert (facet.stated, set(facet.denied)) == ("b", {"c", "d"})
