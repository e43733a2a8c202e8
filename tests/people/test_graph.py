"""The graph of persons in memory: joining and parting, exact whatever the order."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.errors import Conflict
from regulars.kit.ids import PersonId
from regulars.people.graph import MOST_IDENTITIES, Graph
from regulars.people.model import Identity, IdentityKind, MergeRecord
from tests.cast import NOW

NODES = [PersonId(n) for n in range(1, 9)]
PAIRS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=20)


def merge(number: int, a: int, b: int) -> MergeRecord:
    return MergeRecord(UUID(int=number), PersonId(a), PersonId(b), "test", "test", NOW)


def joined(pairs: list[tuple[PersonId, PersonId]]) -> Graph:
    graph = Graph({n: n for n in NODES}, {}, [])
    for number, (a, b) in enumerate(pairs):
        if graph.root(a) != graph.root(b):
            graph.join(merge(number, a, b))
    return graph


def roots(graph: Graph) -> dict[PersonId, PersonId]:
    return {n: graph.root(n) for n in NODES}


@given(PAIRS, st.randoms())
def test_the_order_of_joining_does_not_matter(pairs: list[tuple[PersonId, PersonId]], random):
    shuffled = [pair if random.random() < 0.5 else pair[::-1] for pair in random.sample(pairs, len(pairs))]
    assert roots(joined(pairs)) == roots(joined(shuffled))


@given(PAIRS)
def test_a_root_is_the_smallest_node_of_its_person(pairs: list[tuple[PersonId, PersonId]]):
    graph = joined(pairs)
    assert all(graph.root(n) == min(graph.members(n)) for n in NODES)


@given(PAIRS, st.data())
def test_parting_any_merge_leaves_what_the_others_make(pairs: list[tuple[PersonId, PersonId]], data: st.DataObject):
    graph = joined(pairs)
    if not graph.made:
        return
    gone = data.draw(st.sampled_from(graph.made))
    graph.part(gone.id, by="test", at=NOW)
    assert roots(graph) == roots(joined([(m.a, m.b) for m in graph.made if m != gone]))


def test_what_changed_is_only_what_is_another_now():
    graph = Graph({n: n for n in NODES}, {}, [])
    made = merge(1, 5, 3)
    graph.join(made)
    assert graph.changed() == {5: 3}
    graph.part(made.id, by="test", at=NOW)
    assert graph.changed() == {}
    assert graph.was_taken_back(NODES[2], NODES[4])


def test_a_thousand_names_are_enough():
    names = {PersonId(n): [Identity(IdentityKind.ANONYMOUS, f"{n}-{i}") for i in range(500)] for n in (1, 2, 3)}
    graph = Graph({n: n for n in NODES}, names, [])
    graph.check(merge(1, 1, 2))
    graph.join(merge(1, 1, 2))
    with pytest.raises(Conflict, match=str(MOST_IDENTITIES)):
        graph.check(merge(2, 2, 3))
