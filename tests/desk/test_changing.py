"""What changes do, and that they are undone exactly."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.desk import KEEP, Change, ConversationId, Priority, Status
from regulars.desk.changing import Held, applied, checked, reversing, still, tidy_tag
from regulars.desk.policy import OVER
from regulars.kit.errors import Invalid
from regulars.team import AgentId, DepartmentId
from tests.cast import NOW
from tests.desk.desk_cast import later

TAGS = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True).map(tuple)
FIELDS = st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["1", 2, True]))
AGENTS = st.sampled_from([None, AgentId(UUID(int=1)), AgentId(UUID(int=2))])
DEPARTMENTS = st.sampled_from([None, DepartmentId(UUID(int=1))])
SNOOZES = st.sampled_from([None, later(days=1), later(days=2)])
HELD = st.builds(
    Held, id=st.just(ConversationId(UUID(int=9))), status=st.sampled_from(Status), priority=st.sampled_from(Priority),
    assignee=AGENTS, department=DEPARTMENTS, tags=TAGS, fields=FIELDS, snoozed_until=SNOOZES,
    waiting_since=st.just(None), first_reply_at=st.just(None), solved_at=st.just(None),
)  # fmt: skip
CHANGES = st.builds(
    Change, status=st.none() | st.sampled_from(Status), priority=st.none() | st.sampled_from(Priority),
    assignee=st.just(KEEP) | AGENTS, department=st.just(KEEP) | DEPARTMENTS, tag=TAGS, untag=TAGS,
    fields=st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["1", 3, None])),
    snoozed_until=st.just(KEEP) | SNOOZES,
)  # fmt: skip


def facts(held: Held) -> tuple[object, ...]:
    """What a change can change, and its undo restores; a finished conversation is snoozed by nobody."""
    snoozed = None if held.status in OVER else held.snoozed_until
    same = (held.status, held.priority, held.assignee, held.department)
    return *same, set(held.tags), dict(held.fields), snoozed


@given(held=HELD, change=CHANGES)
def test_an_undone_change_leaves_everything_as_it_was(held: Held, change: Change):
    after, steps = applied(held, change, NOW)
    assert bool(steps) == (facts(after)[:6] != facts(held)[:6] or after.snoozed_until != held.snoozed_until)
    back, _ = applied(after, reversing([s for s in steps if still(after, s)]), NOW)
    assert facts(back) == facts(held)


@given(held=HELD, change=CHANGES)
def test_the_same_change_twice_changes_nothing_more(held: Held, change: Change):
    once, _ = applied(held, replace(change, untag=()), NOW)
    again, steps = applied(once, replace(change, untag=()), NOW)
    assert (again, steps) == (once, [])


@given(held=HELD, change=CHANGES)
def test_nobody_waits_in_what_is_finished(held: Held, change: Change):
    after, _ = applied(replace(held, waiting_since=NOW), change, NOW)
    if after.status in OVER:
        assert (after.waiting_since, after.due_at, after.snoozed_until) == (None, None, None)
    else:
        assert after.waiting_since == NOW


def test_tags_are_kept_tidy():
    assert tidy_tag("  Late  Delivery,now ") == "late-delivery-now"
    assert checked(Change(tag=("A", "a", " ")), NOW).tag == ("a",)
    with pytest.raises(Invalid, match="60 characters"):
        tidy_tag("x" * 61)
