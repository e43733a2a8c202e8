"""Since when nodes are one person, and whose word counts."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.people import Purpose
from regulars.people.together import Tie, Together, Word, effective
from tests.people.people_cast import later

YES, NO = True, False


def counts(words: Sequence[tuple[int, bool, float]], ties: Sequence[tuple[int, int, float]]) -> bool:
    """Whether e-mail is allowed after `words` (node, word, when) and `ties` (node, node, when)."""
    said = [Word(node, Purpose.EMAIL, granted, later(at)) for node, granted, at in words]
    return effective(said, Together(Tie(a, b, later(at)) for a, b, at in ties))[Purpose.EMAIL].granted


@pytest.mark.parametrize(
    ("words", "ties", "expected"),
    [
        ([(1, YES, 1)], [], YES),
        ([(1, NO, 1), (2, YES, 2)], [(1, 2, 3)], NO),  # strictest at the merge, though the yes is newer
        ([(1, YES, 1), (2, NO, 2)], [(1, 2, 3)], NO),
        ([(1, NO, 1), (2, YES, 4)], [(1, 2, 3)], YES),  # said afterwards, for both
        ([(1, NO, 1), (2, YES, 3)], [(1, 2, 3)], NO),  # in doubt the stricter
        ([(1, NO, 1), (2, NO, 2), (3, YES, 5)], [(1, 3, 4), (2, 3, 6)], NO),  # overruled for 1, not for 2
        ([(1, NO, 1), (3, YES, 5)], [(1, 2, 4), (2, 3, 6)], NO),  # on the way lies a later merge
        ([(1, NO, 1), (3, YES, 7)], [(1, 2, 4), (2, 3, 6)], YES),
    ],
)
def test_the_strictest_word_counts_until_they_say_otherwise(
    words: list[tuple[int, bool, float]], ties: list[tuple[int, int, float]], expected: bool
):
    assert counts(words, ties) is expected
    assert counts(words[::-1], [(b, a, at) for a, b, at in ties[::-1]]) is expected


@given(st.permutations(range(6)), st.lists(st.integers(1, 50), min_size=5, max_size=5, unique=True))
def test_a_chain_is_one_since_its_last_merge(nodes: list[int], times: list[int]):
    chain = Together(Tie(a, b, later(t)) for a, b, t in zip(nodes, nodes[1:], times, strict=False))
    assert chain.since(nodes[0], nodes[-1]) == later(max(times))
    assert chain.since(nodes[0], 99) is None
