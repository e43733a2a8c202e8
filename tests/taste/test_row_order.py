"""Rows in time order are noticed; shuffled and sorted ones are not taken for it."""

import numpy as np
import pytest

from regulars.taste import layouts
from regulars.taste.row_order import in_time_order

NAMES = [str(i) for i in range(1, 121)]


def walks(seed=0):
    """People walk through a street of 120 shops, with a jump now and then."""
    rng = np.random.default_rng(seed)
    rows = {}
    for person in range(400):
        row: list[int] = []
        at = int(rng.integers(120))
        while len(row) < 16:
            at = (at + int(rng.integers(1, 3))) % 120 if rng.random() < 0.8 else int(rng.integers(120))
            if at + 1 not in row:
                row.append(at + 1)
        rows[person] = np.array(row, np.int32)
    return rows


def changed(rows, how):
    return {person: how(row) for person, row in rows.items()}


@pytest.mark.parametrize(
    ("how", "ordered"),
    [
        (lambda row: row, True),
        (lambda row: row[::-1], True),
        (np.random.default_rng(1).permutation, False),
        (np.sort, False),
        (lambda row: row[:5], False),
    ],
    ids=["as walked", "newest first", "shuffled", "sorted by name", "too short to tell"],
)
def test_order_is_seen_where_it_is(how, ordered):
    assert in_time_order(changed(walks(), how), NAMES) is ordered


def test_names_that_are_words_count_as_sorted_too():
    names = sorted(f"shop {i}" for i in range(1, 121))
    assert not in_time_order(changed(walks(), np.sort), names)


def write(path, rows):
    path.write_text("\n".join(f"{p} {' '.join(map(str, row))}" for p, row in rows.items() if len(row)))
    return path


def test_where_order_tells_the_newest_are_asked_for_and_what_validates_is_learned_from(tmp_path):
    rows = walks()
    train = write(tmp_path / "train.txt", changed(rows, lambda row: np.delete(row, [3, 9, 15])))
    valid = write(tmp_path / "valid.txt", changed(rows, lambda row: row[[3, 9]]))
    test = write(tmp_path / "test.txt", changed(rows, lambda row: row[15:]))
    given = layouts.histories([train], test, valid=valid)
    assert given.ordered
    assert len(given.log.items) == 400 * 15
    assert {len(case.targets) for case in given.tuning} == {2}
    asked = sum(len(case.targets) for case in given.tuning[::2])
    assert given.tuning_log is not None
    assert len(given.tuning_log.items) == 400 * 13 - asked
    assert not layouts.histories([train], test, valid=valid, order=False).ordered


def test_what_has_no_known_place_is_spread_over_the_row(tmp_path):
    train = write(tmp_path / "train.txt", {1: np.arange(1, 9)})
    given = layouts.histories([train], train, valid=write(tmp_path / "v.txt", {1: np.array([20, 30])}), order=True)
    names = [given.names[i - 1] for i in given.log.items]
    assert names == ["1", "2", "3", "20", "4", "5", "6", "7", "30", "8"]
