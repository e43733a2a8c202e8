"""The model file: all or nothing, checked, memory-mapped."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from regulars import taste
from regulars.kit.errors import Invalid
from tests.taste.worlds import SECONDS, bought, checkerboard, everything, learned

N = 17


@pytest.fixture(scope="module")
def model():
    return learned(checkerboard(), N)


@pytest.fixture
def path(tmp_path, model):
    taste.save(model, tmp_path / "one.taste")
    return tmp_path / "one.taste"


def test_what_is_read_answers_like_what_was_written(model, path):
    read = taste.load(path)
    for place in taste.PLACES:
        before = taste.rank(model, bought(1, 3), everything(N), k=9, now_seconds=SECONDS, place=place)
        after = taste.rank(read, bought(1, 3), everything(N), k=9, now_seconds=SECONDS, place=place)
        np.testing.assert_array_equal(before.items, after.items)
        np.testing.assert_array_equal(before.scores, after.scores)
    assert (read.id, read.n, read.report.as_json()) == (model.id, model.n, model.report.as_json())
    assert taste.because(read, bought(1), 3, now_seconds=SECONDS) == taste.because(
        model, bought(1), 3, now_seconds=SECONDS
    )


def test_arrays_are_views_of_the_file_at_multiples_of_64_bytes(path):
    read = taste.load(path)
    for array in (read.parts.indptr, read.parts.indices, read.parts.data, read.vectors):
        assert not array.flags.owndata
        assert array.ctypes.data % 64 == 0


def test_the_same_input_gives_the_same_file(path, tmp_path):
    taste.save(learned(checkerboard(), N), tmp_path / "two.taste")
    one, two = taste.load(path), taste.load(tmp_path / "two.taste")
    assert one.id == two.id
    np.testing.assert_array_equal(one.parts.data, two.parts.data)


def test_the_digest_is_told_and_kept(model, tmp_path):
    digest = taste.save(model, tmp_path / "m.taste")
    assert taste.load(tmp_path / "m.taste").digest == digest


@pytest.mark.parametrize("where", [0, 9, 20, 60, 400, -1])
def test_one_changed_byte_is_refused(path, where):
    data = bytearray(path.read_bytes())
    data[where] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(Invalid):
        taste.load(path)


@pytest.mark.parametrize("size", [0, 5, 48, 500])
def test_a_file_cut_short_is_refused(path, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(Invalid):
        taste.load(path)


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(Invalid, match=r"cannot read the model file .*none\.taste"):
        taste.load(tmp_path / "none.taste")


def test_a_newer_version_says_what_to_do(path):
    data = bytearray(path.read_bytes())
    data[8] = 99
    path.write_bytes(data)
    with pytest.raises(Invalid, match="regulars learn"):
        taste.load(path)


KILLED = """
import os, signal, sys
from pathlib import Path
from regulars.taste import files
from tests.taste.worlds import checkerboard, learned
model = learned(checkerboard(seed=2), 17)
pieces = files._pieces
def half(header, arrays):
    for i, piece in enumerate(pieces(header, arrays)):
        if i == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        yield piece
files._pieces = half
files.save(model, Path(sys.argv[1]))
"""


def test_killed_while_writing_the_old_model_is_whole(path):
    before = taste.load(path).digest
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, env={**os.environ})
    assert done.returncode == -signal.SIGKILL
    assert taste.load(path).digest == before
