"""Files of events as they are found: read right, or refused with the line and what to do."""

import gzip
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from regulars.kit.errors import Invalid
from regulars.people.model import Verb
from regulars.taste.clicks import rows
from regulars.taste.columns import Names, names_of
from regulars.taste.layouts import events, sessions

SEEN, BOUGHT = int(Verb.VIEWED), int(Verb.BOUGHT)
ROWS = [("u1", "a", 1_700_000_000.0, SEEN), ("u1", "b", 1_700_000_060.0, BOUGHT), ("u2", "a", 1_700_000_120.0, SEEN)]
TIMES = ["2023-11-14T22:13:20Z", "2023-11-14 22:14:20 UTC", "2023/11/14 22:15:20"]
WRITTEN = [
    {"user": u, "item": i, "time": t, "event": "purchase" if v == BOUGHT else "view", "tags": ["x"]}
    for u, i, t, v in ROWS
]
TABLES = {
    "names": "user_id,movieId,timestamp,event_type\n"
    "u1,a,1700000000,view\nu1,b,1700000060,purchase\nu2,a,1700000120,view\n",
    "names in quotes": '"user","item","time","event"\n'
    '"u1","a",1700000000,"view"\n"u1","b",1700000060,"buy"\nu2,a,1700000120,pv\n',
    "names with types": "user_id:token\titem_id:token\ttimestamp:float\taction:token\n"
    "u1\ta\t1700000000\tview\nu1\tb\t1700000060\tbuy\nu2\ta\t1700000120\tview\n",
    "a byte order mark": "\ufeffvisitorid;itemid;timestamp;event\n"
    "u1;a;1700000000000;view\nu1;b;1700000060000;transaction\n"
    "u2;a;1700000120000000;view\n",
    "no names": "u1,a,1700000000,view\nu1,b,1700000060,order\nu2,a,1700000120,view\n",
    "dates": f"user,item,time,type\nu1,a,{TIMES[0]},view\nu1,b,{TIMES[1]},order\nu2,a,{TIMES[2]},view\n",
}
UNWEIGHED = [(*row[:3], SEEN) for row in ROWS]
RATED = {
    "ratings.dat": "u1::a::5::1700000000\nu1::b::3::1700000060\nu2::a::1::1700000120\n",
    "u.data": "u1\ta\t5\t1700000000\nu1\tb\t3\t1700000060\nu2\ta\t1\t1700000120\n",
    "blanks": "u1 a 5 1700000000\nu1  b 3 1700000060\nu2 a 1 1700000120\n",
}
OBJECTS = {
    "lines": "\n".join(map(json.dumps, WRITTEN)),
    "an array on one line": json.dumps(WRITTEN),
    "an array on many": json.dumps(WRITTEN, indent=1),
}


def read(path, content, **how):
    path.write_text(content)
    return list(rows(path, names=Names(**how)))


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_tables_are_read_however_their_columns_are_called(tmp_path, text):
    assert read(tmp_path / "events.csv", text) == ROWS


@pytest.mark.parametrize("text", RATED.values(), ids=RATED)
def test_a_rating_before_the_time_is_not_taken_for_it(tmp_path, text):
    assert read(tmp_path / "ratings", text) == UNWEIGHED


@pytest.mark.parametrize("text", OBJECTS.values(), ids=OBJECTS)
def test_objects_with_a_person_and_an_item_are_events(tmp_path, text):
    assert read(tmp_path / "events.json", text) == ROWS


def test_parquet_is_told_by_its_content(tmp_path):
    path = tmp_path / "events"
    parquet.write_table(
        pa.Table.from_pylist([{**one, "time": int(float(str(one["time"])) * 1000)} for one in WRITTEN]), path
    )
    assert list(rows(path, names=Names())) == ROWS
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(Invalid, match="no whole Parquet file"):
        list(rows(path, names=Names()))


def test_gzip_is_told_by_its_content(tmp_path):
    path = tmp_path / "events.csv"
    path.write_bytes(gzip.compress(TABLES["names"].encode(), mtime=0))
    assert list(rows(path, names=Names())) == ROWS


NESTED = {
    "lists in an array": '[["a", "b"], ["c"]]',
    "lists in an array, on lines": '[\n["a", "b"],\n["c"]\n]',
    "objects in an array": '[{"items": ["a", "b"]}, {"items": ["c"]}]',
    "lists with a name of one's own": '{"id": 1, "what": ["a", "b"]}\n{"id": 2, "what": ["c"]}',
    "items with times": '{"session": 7, "items": ["a", "b"], "times": [5, 6]}\n'
    '{"session": 8, "items": [{"item": "c"}]}',
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_every_list_is_a_session_of_its_own(tmp_path, text):
    found = read(tmp_path / "sessions.json", text, sessions=True)
    assert [row[1] for row in found] == ["a", "b", "c"]
    assert found[0][0] == found[1][0] != found[2][0]
    assert found[0][2] < found[1][2]


def test_sessions_without_a_name_stay_apart_between_files(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).write_text('["a", "b"]\n["b", "c"]\n')
    given = sessions([tmp_path / "one", tmp_path / "two"], tmp_path / "one")
    assert len(set(given.log.people.tolist())) == 4


def test_a_session_goes_before_a_person_only_where_sessions_are_asked_for(tmp_path):
    text = "session_id,user_id,item_id,time\ns1,u1,a,1\n"
    assert read(tmp_path / "log", text, sessions=True)[0][0] == "s1"
    assert read(tmp_path / "log", text)[0][0] == "u1"


@pytest.mark.parametrize(
    "text",
    [
        "user,item,time\n,a,5\nu1, ,5\nnan,a,5\nu1,a,\nu1,a,5\n",
        '{"user": null, "item": "a", "time": 5}\n{"user": 1, "item": null}\n{"user": "", "item": "a"}\n'
        '{"user": "NaN", "item": "a"}\n{"user": "u1", "item": "a", "time": 5}\n',
    ],
    ids=["table", "objects"],
)
def test_rows_without_a_person_an_item_or_a_time_are_left_out(tmp_path, text):
    assert read(tmp_path / "events", text) == [None, None, None, None, ("u1", "a", 5.0, SEEN)]


def test_how_many_were_left_out_is_counted(tmp_path):
    path = tmp_path / "log"
    path.write_text("session,item,time\n,a,1\n,b,2\n1,a,1\n1,b,2\n")
    assert sessions([path], path).left_out == 4
    assert len(sessions([path], path).log.items) == 2
    path.write_text("session,item,time\n,a,1\n")
    with pytest.raises(Invalid, match="no row that names"):
        sessions([path], path)


@pytest.mark.parametrize("said", [["person=who", "item=what", "time=when"], ["session=1", "item=2", "time=4"]])
def test_columns_with_names_of_their_own_are_told(tmp_path, said):
    path = tmp_path / "events"
    path.write_text("who,what,how much,when\nu1,a,3,5\n" if said[0] == "person=who" else "u1,a,3,5\n")
    assert list(rows(path, names=names_of(said))) == [("u1", "a", 5.0, SEEN)]


@pytest.mark.parametrize(
    ("said", "words"), [("who=x", "say person=COLUMN"), ("person", "say person=COLUMN"), ("item=x", "no column 'x'")]
)
def test_columns_that_are_not_there_are_refused(tmp_path, said, words):
    path = tmp_path / "events"
    path.write_text("user,item,time\nu1,a,3\n")
    with pytest.raises(Invalid, match=words):
        list(rows(path, names=names_of([said])))


REFUSED = {
    "a short row": ("user,item,time\nu1,a,5\nu1,a\n", r"line 3: has 2 fields, the first line 3"),
    "unknown names": ("foo,bar,baz\nu1,a,5\n", r"which columns .* Found foo, bar, baz; say --map person="),
    "one column": ("u1\nu2\n", "which columns"),
    "no time": ("user,item,time\nu1,a,soon\n", r"line 2: is no time we can read: 'soon'"),
    "a time without end": ("user,item,time\nu1,a,1e300\n", "line 2: no time"),
    "a long field": ("user,item,time\nu1,a,5\nu1," + "x" * 131_073 + ",5\n", "after line 2: a field has more than"),
    "other objects": ('{"a": 1}\n', "line 1: names no session .or person. and item; found a"),
    "an object as item": ('["a", {"b": 1}]\n', "line 1: an event names no item; found b"),
    "a list as item": ('["a", ["b"]]\n', "line 1: a person or item should be a text or a number"),
    "a number": ('["a"]\n5\n', "line 2: is neither an object nor a list"),
    "broken": ('["a"]\n["a"\n', "line 2: "),
    "nested without end": ("[" * 100_000, "line 1: "),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path, text, words):
    with pytest.raises(Invalid, match=words):
        read(tmp_path / "events", text)


@pytest.mark.parametrize(
    "content",
    [b"user,item\nu,1\n", b"\x1f\x8b\x08 and no more", b"PK\x03\x04 and no more"],
    ids=["plain", "broken off", "zip"],
)
def test_gzip_that_is_none_or_damaged_is_refused(tmp_path, content):
    path = tmp_path / "events.csv.gz"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=r"no gzip file|is damaged|a zip file"):
        list(rows(path, names=Names()))


def test_of_a_file_of_sessions_the_newest_are_asked_about_and_the_rest_is_learned_from(tmp_path):
    path = tmp_path / "sessions.jsonl"
    path.write_text(
        "\n".join(json.dumps({"session": s, "time": 9_000 * s, "items": [s % 5, s % 7]}) for s in range(50))
    )
    given = events([path])
    assert (len(given.log.items), len(given.cases)) == (80, 10)
    assert given.log.at.max() < min(case.now for case in given.cases)


def test_one_person_alone_cannot_be_asked(tmp_path):
    path = tmp_path / "events"
    path.write_text("user,item,time\n" + "".join(f"u1,{day},2026-01-{day:02}\n" for day in range(1, 31)))
    with pytest.raises(Invalid, match="one person only"):
        events([path])
