"""What is said most often, in little memory."""

from hypothesis import given
from hypothesis import strategies as st

from regulars.catalog.tally import Tally


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40))
def test_the_most_frequent_wins_and_the_newest_among_equals(said: list[str]):
    tally: Tally[str] = Tally()
    for one in said:
        tally.add(one)
    most = max(said.count(c) for c in said)
    newest_first = list(dict.fromkeys(reversed(said)))
    assert tally.best("") == next(c for c in newest_first if said.count(c) == most)


def test_a_thousand_names_take_the_room_of_eight():
    tally: Tally[str] = Tally()
    for i in range(1_000):
        tally.add("usual")
        tally.add(f"odd {i}")
    assert tally.best("") == "usual"
    assert len(tally._counts) == 8


def test_a_new_name_prevails_over_years_of_the_old_one():
    tally: Tally[str] = Tally()
    for _ in range(10_000):
        tally.add("old")
    for _ in range(256):
        tally.add("new")
    assert tally.best("") == "new"


def test_nothing_said_is_nothing():
    tally: Tally[str] = Tally()
    tally.add("")
    assert tally.best("otherwise") == "otherwise"
