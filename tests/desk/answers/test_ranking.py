"""The order of suggestions, pure."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from regulars.desk.answers.model import Kind
from regulars.desk.answers.ranking import (
    EXPLORE,
    LEAST_WORTH,
    MOST_WORTH,
    Candidate,
    Question,
    expected_use,
    rank,
    similarity,
    worth,
)

REFUND = Question({"refund": 1.0, "card": 1.0, "order": 1.0}, 100)


def answer(ref: str, *words: str, **more: object) -> Candidate:
    """A ready answer of twenty words, these among them."""
    return Candidate(Kind.READY, ref, dict.fromkeys(words, 1), 20, **more)  # type: ignore[arg-type]


def order(*candidates: Candidate, question: Question = REFUND, seed: int = 1) -> list[str]:
    """The refs, best first."""
    return [r.candidate.ref for r in rank(question, candidates, most=5, random=Random(seed))]


def test_the_rarer_the_word_the_more_it_tells():
    many = [answer(f"o{n}", "order") for n in range(3)]
    assert order(answer("r", "refund"), *many)[0] == "r"


def test_more_of_the_words_beat_fewer():
    assert order(answer("one", "refund"), answer("two", "refund", "card")) == ["two", "one"]


def test_what_was_used_for_such_questions_comes_first():
    assert order(answer("words", "refund"), answer("voted", "refund", votes=2.0))[0] == "voted"


def test_what_is_shown_and_not_used_sinks_and_what_is_used_rises():
    never, often = answer("never", "refund", expected=12.0), answer("often", "refund", used=9, expected=2.0)
    assert order(never, answer("new", "refund"), often) == ["often", "new", "never"]


def test_what_has_nothing_of_the_question_is_not_suggested():
    assert order(answer("x")) == []


def test_words_the_customer_wrote_count_more_than_what_we_know_of_them():
    question = Question({"refund": 1.0, "vegan": 0.25}, 100)
    assert order(answer("b", "vegan"), answer("a", "refund"), question=question) == ["a", "b"]


@given(st.integers(0, 1_000), st.floats(0, 1_000))
def test_worth_stays_within_its_bounds(used: int, expected: float):
    assert LEAST_WORTH <= worth(used, expected) <= MOST_WORTH


@given(st.integers(0, 10), st.integers(0, 10_000), st.integers(0, 100))
def test_the_expected_use_of_a_place_is_a_share(place: int, shown: int, percent: int):
    assert 0 < expected_use(place, shown, shown * percent // 100) < 1


def test_similar_questions_are_those_with_the_same_words():
    assert similarity(["a", "b"], 2, 2) == 1.0
    assert similarity(["a", "b"], 0, 2) == similarity([], 0, 0) == 0.0


def test_now_and_then_the_last_place_is_tried_out_with_its_true_probability():
    candidates = [answer(f"a{n}", "refund", "card", votes=float(20 - n)) for n in range(9)]
    tried = 0
    for seed in range(2_000):
        shown = rank(REFUND, candidates, most=5, random=Random(seed))
        assert [r.candidate.ref for r in shown[:4]] == ["a0", "a1", "a2", "a3"]
        assert all(r.propensity == 1 for r in shown[:4])
        tried += shown[4].trying
        assert shown[4].propensity == (EXPLORE / 4 if shown[4].trying else 1 - EXPLORE)
    assert abs(tried / 2_000 - EXPLORE) < 0.03


@given(st.lists(st.tuples(st.text("abc", max_size=2), st.integers(0, 3)), max_size=12), st.integers(0, 99))
def test_nothing_is_suggested_twice(words: list[tuple[str, int]], seed: int):
    candidates = [Candidate(Kind.HELP, str(n), {w: k + 1}, 5) for n, (w, k) in enumerate(words)]
    question = Question({"a": 1.0, "b": 0.5}, 10)
    shown = [r.candidate.ref for r in rank(question, candidates, most=5, random=Random(seed))]
    assert len(shown) == len(set(shown)) <= 5
