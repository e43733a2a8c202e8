"""What a benchmark's items say about themselves, in any of the usual shapes."""

import gzip

import pytest

from regulars.kit.errors import Invalid
from regulars.taste.described import read_content

SAME = {
    "object of lists": '{"a": [1, 2], "b": [2]}',
    "object of objects": '{"a": {"attribute": [1, 2]}, "b": {"attribute": ["2"]}}',
    "lines": '{"item": "a", "attribute": [1, 2]}\n{"item": "b", "attribute": [2]}\n',
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_attributes_are_read(tmp_path, text):
    path = tmp_path / "about.json"
    path.write_text(text)
    content = read_content(path, ["b", "c", "a"])
    terms = [set(content.terms[content.indptr[i] : content.indptr[i + 1]].tolist()) for i in range(4)]
    assert not terms[0]
    assert not terms[2]
    assert terms[1] < terms[3]
    assert len(terms[3]) == len(terms[1]) + 1


def test_columns_and_packed_files_are_read(tmp_path):
    path = tmp_path / "about.csv.gz"
    path.write_bytes(gzip.compress(b"item_id,title,brand\na,Red shoe,Acme\nb,Red hat,\n", mtime=0))
    content = read_content(path, ["a", "b"])
    assert content.indptr.tolist() == [0, 0, 4, 7]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"z": [1]}', "none of its items"),
        ("title,brand\nx,y\n", "name the item"),
        ('{"item": 1}\n{', r"about\.json"),
    ],
    ids=["of other items", "no item", "broken"],
)
def test_what_cannot_be_used_is_refused(tmp_path, text, words):
    path = tmp_path / "about.json"
    path.write_text(text)
    with pytest.raises(Invalid, match=words):
        read_content(path, ["a"])
