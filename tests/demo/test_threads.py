"""The made-up threads of the demo's desk: whole, dated, in the guest's language."""

from collections import Counter

import numpy as np
import pytest

from regulars.demo.content import load, load_desk
from regulars.demo.population import Person
from regulars.demo.simulator import simulate
from regulars.demo.threads import Thread, Writers, threads
from tests.cast import utc

NOW = utc(2026, 11, 22, 12)
AGENTS = (("en",), ("es", "en"), ("nl", "en"), ("en",))


@pytest.fixture(scope="module")
def guests() -> list[Person]:
    return list(simulate(load(), seed=7, now=NOW, people=300).people)


def written(guests: list[Person], seed: int = 7) -> list[Thread]:
    writers = Writers(guests, AGENTS)
    return threads(load(), load_desk(), writers, count=600, now=NOW, rng=np.random.default_rng(seed))


def test_the_same_seed_tells_the_same_threads_and_another_seed_others(guests: list[Person]):
    assert written(guests) == written(guests)
    assert written(guests) != written(guests, seed=8)


def test_every_message_is_in_the_past_and_after_the_one_before(guests: list[Person]):
    for thread in written(guests):
        times = [m.at for m in thread.messages]
        assert times == sorted(times)
        assert len(set(times)) == len(times)
        assert times[-1] <= NOW


def test_no_placeholder_is_left_and_the_guests_own_language_is_written(guests: list[Person]):
    for thread in written(guests):
        assert thread.language == thread.person.language
        assert not any("{" in text for text in [thread.subject, *(m.text for m in thread.messages)])


def test_there_is_work_on_the_desk_and_most_of_it_is_done(guests: list[Person]):
    counted = Counter(t.status for t in written(guests))
    assert 20 <= counted["new"] + counted["open"] <= 150
    assert counted["solved"] + counted["closed"] > 400
    assert counted["pending"] > 0


def test_new_means_that_nobody_answered_yet(guests: list[Person]):
    for thread in written(guests):
        if thread.status == "new":
            assert all(m.by != "agent" for m in thread.messages)


def test_every_help_page_a_scenario_names_is_there():
    desk = load_desk()
    pages = {page.id for page in desk.help_pages}
    assert len(pages) == 40
    assert {h for s in desk.scenarios for h in s.help} <= pages
    assert {s.department for s in desk.scenarios} == {d.id for d in desk.team.departments}


@pytest.mark.parametrize("what", ["answers", "help_pages", "scenarios"])
def test_everything_is_said_in_three_languages(what: str):
    for one in getattr(load_desk(), what):
        said = [
            getattr(one, name)
            for name in ("title", "summary", "body", "text", "subject", "messages")
            if hasattr(one, name)
        ]
        assert all(set(text) == {"en", "es", "nl"} and all(text.values()) for text in said), one.id
