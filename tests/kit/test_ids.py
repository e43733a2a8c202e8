"""New ids are UUIDs of version 7, in the order of time."""

import time

from regulars.kit.ids import new_id


def test_new_ids_are_of_version_7_and_differ():
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {one.version for one in made} == {7}


def test_a_later_id_sorts_after_an_earlier_one():
    first = new_id()
    time.sleep(0.002)
    assert first < new_id()
