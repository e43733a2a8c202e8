"""Evaluation: figures as everyone defines them, layouts as they are found, and no look at the answers."""

import gzip
import json
import math

import numpy as np
import pytest

from regulars.kit.errors import Invalid
from regulars.taste import layouts
from regulars.taste.evaluating import evaluate
from regulars.taste.metrics import gain, gini
from regulars.taste.peers import peers


def test_figures_of_one_answer_by_hand():
    recall, ndcg, hit, mrr = gain(np.array([5, 1, 9, 2]), np.array([1, 2, 3]), 4)
    assert (recall, hit, mrr) == (2 / 3, 1.0, 0.5)
    assert ndcg == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3) + 1 / 2))


def test_nothing_found_is_nothing_gained():
    assert gain(np.array([5, 6]), np.array([1]), 2) == (0.0, 0.0, 0.0, 0.0)


def test_the_ideal_counts_at_most_k_targets():
    assert gain(np.array([1, 2]), np.array([1, 2, 3, 4]), 2)[1] == 1.0


def test_concentration_is_0_when_all_are_shown_alike_and_near_1_when_one_is():
    assert gini(np.ones(10)) == 0
    assert gini(np.r_[np.zeros(99), 1.0]) == pytest.approx(0.99)
    assert gini(np.zeros(5)) == 0


@pytest.fixture
def circle(tmp_path):
    rng = np.random.default_rng(2)
    lines = []
    for person in range(200):
        start = int(rng.integers(30))
        lines.append(" ".join([f"u{person}", *(f"i{(start + s) % 30}" for s in range(int(rng.integers(4, 8))))]))
    path = tmp_path / "circle.txt.gz"
    with gzip.open(path, "wt") as file:
        file.write("\n".join(lines))
    return path


def test_sequences_ask_for_the_last_and_tune_on_the_one_before(circle):
    given = layouts.sequences(circle)
    assert len(given.cases) == len(given.tuning) == 200
    first = given.names.index("i0") + 1
    assert first > 0
    case, earlier = given.cases[0], given.tuning[0]
    assert case.history.items[0] == earlier.targets[0]
    assert given.tuning_log is not None
    assert len(given.log.items) == len(given.tuning_log.items) + 200


def test_ours_finds_the_next_step_and_popularity_does_not(circle):
    ours, popular = evaluate(layouts.sequences(circle), at=(1, 10), budget_seconds=2)
    assert ours.figures[1].hit > 0.9
    assert popular.figures[1].hit < 0.3
    assert ours.figures[10].hit >= ours.figures[1].hit


def test_evaluating_twice_gives_the_same_figures(circle):
    one, two = (evaluate(layouts.sequences(circle), at=(10,), budget_seconds=2)[0] for _ in range(2))
    assert one.figures == two.figures


def test_histories_leave_out_what_is_known_already(tmp_path):
    (tmp_path / "train").write_text("a 1 2 3\nb 2 3\n")
    (tmp_path / "valid").write_text("a 4\n")
    (tmp_path / "test").write_text("a 5 1\nb 2\nstranger 9\n")
    given = layouts.histories([tmp_path / "train"], tmp_path / "test", valid=tmp_path / "valid")
    assert [given.names[t - 1] for case in given.cases for t in case.targets] == ["5"]
    assert len(given.cases[0].history.items) == 4
    assert len(given.tuning) == 1


def test_an_item_that_only_the_test_names_is_given_by_nobody(tmp_path):
    (tmp_path / "train").write_text("u1 a b\nu2 b c\n")
    (tmp_path / "test").write_text("u1 zzz\n")
    results = evaluate(layouts.histories([tmp_path / "train"], tmp_path / "test"), at=(10,), budget_seconds=0)
    assert [one.figures[10].recall for one in results] == [0, 0]


SESSIONS = "SessionId\tItemId\tTime\n1\ta\t10.5\n1\tb\t20\n2\ta\t5\n2\tb\t6\n2\tc\t7\n"


@pytest.mark.parametrize(
    "text",
    [
        SESSIONS,
        SESSIONS.replace("\t", ","),
        SESSIONS.split("\n", 1)[1],
        '{"session": 1, "events": [{"aid": "a", "ts": 10}, {"aid": "b", "ts": 20}]}\n["a", "b", "c"]\n',
        '["a", "b"]\n{"items": ["a", "b", "c"]}\n',
    ],
)
def test_sessions_are_read_from_columns_and_from_json(tmp_path, text):
    path = tmp_path / "clicks"
    path.write_text(text)
    given = layouts.sessions([path], path)
    assert len(given.log.items) == 5
    assert sorted(len(case.history.items) for case in given.cases) == [1, 1, 2]
    assert [given.names[i - 1] for i in given.cases[-1].history.items] in (["a"], ["b", "a"])


def test_only_the_last_click_may_be_asked_for(tmp_path):
    path = tmp_path / "clicks"
    path.write_text(SESSIONS)
    assert len(layouts.sessions([path], path, every_target=False).cases) == 2


def test_any_file_of_events_can_be_evaluated(tmp_path):
    rows = ["user_id,product_id,event_type,timestamp"]
    for person in range(60):
        for day in range(4):
            rows.append(f"{person},{(person + day) % 10},purchase,2026-01-{day + 1:02}T12:00:00")
    path = tmp_path / "events.csv"
    path.write_text("\n".join(rows))
    given = layouts.events([path])
    assert len(given.cases) == 60
    assert set(given.log.verbs.tolist()) == {6}


@pytest.mark.parametrize(
    "text", ["", "session,item\nx\n", "a,b,c\n1,2,not a time\n", '{"items": 5}\n', "user,price\n1,2\n"]
)
def test_files_that_make_no_sense_are_refused_in_words(tmp_path, text):
    path = tmp_path / "odd"
    path.write_text(text)
    with pytest.raises(Invalid, match="odd"):
        layouts.sessions([path], path)


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(Invalid, match="there is no file"):
        layouts.sequences(tmp_path / "none")


def test_ids_that_are_not_utf8_stay_apart(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(b"u1 caf\xe9 caf\xe8 tea\nu2 caf\xe9 tea caf\xe8\n")
    assert layouts.sequences(path).n == 4


def test_an_unknown_peer_is_refused_in_words():
    with pytest.raises(Invalid, match="choose from"):
        peers(["oracle"])


def test_results_are_json(circle):
    results = evaluate(layouts.sequences(circle), at=(10,), budget_seconds=0)
    assert json.loads(json.dumps([one.as_json() for one in results]))[0]["model"] == "regulars"
