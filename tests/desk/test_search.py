"""Searching: words, operators, highlights, and never more than one may see."""

import pytest
import sqlalchemy as sa

from regulars import desk, team
from regulars.desk import Cursor, NewAttachment, NewReply, Status
from regulars.desk.asked import Query, Word, asked
from regulars.desk.search import snippet
from regulars.desk.store import search as table
from regulars.kit.errors import Invalid
from regulars.store import Db
from regulars.team import Agent, NewAgent, Role
from tests.cast import NOW
from tests.desk.desk_cast import MALLORY, ana, answering, later, mail, mia, opened


def subjects(db: Db, text: str, agent: Agent) -> list[str]:
    return [hit.row.subject for hit in desk.search(db, text, agent=agent, now=NOW).hits]


@pytest.fixture
def agent(db: Db) -> Agent:
    """Three conversations, and who searches them."""
    agent = ana(db)
    opened(db, "a", subject="Shoes", text="I want a refund for the crème shoes", now=later(hours=-3))
    file = NewAttachment("invoice-2026.pdf", "application/pdf", b"x")
    hat = opened(db, "b", subject="Hat", text="The hat is too small, refunds?", sender=MALLORY, attachments=(file,))
    desk.tag(db, hat, "late", by=agent, now=NOW)
    opened(db, "c", subject="Thanks", text="Wrong size, all good now", now=later(hours=2))
    return agent


@pytest.mark.parametrize("common", [-1, 10**9], ids=["on a walk", "from the index"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("refund", ["Hat", "Shoes"]),  # finds "refunds" too
        ("REFUND creme", ["Shoes"]),  # case and accents aside
        ("refund -small", ["Shoes"]),
        ('"wrong size"', ["Thanks"]),
        ('"size wrong"', []),
        ("invoice", ["Hat"]),  # the name of a file
        ("late", ["Hat"]),  # a tag
        ("refund from:mallory", ["Hat"]),
        ("from:mallory@example.net", ["Hat"]),
        ("from:omar", ["Thanks", "Shoes"]),
        ("tag:late", ["Hat"]),
        ("refund tag:other", []),
        ("has:attachment", ["Hat"]),
        ("refund before:2026-11-20", []),
        ("refund on:2026-11-20", ["Hat", "Shoes"]),
        ("refund after:2026-11-20", []),
        ("in:chat refund", []),
        ("in:email status:new", ["Thanks", "Hat", "Shoes"]),
        ("assignee:none", ["Thanks", "Hat", "Shoes"]),
        ("assignee:me", []),
        ("-tag:late", ["Thanks", "Shoes"]),
        ("refund -tag:late", ["Shoes"]),
        ("-from:mallory -status:solved", ["Thanks", "Shoes"]),
        ("-in:email", []),
        ("-has:attachment refund", ["Shoes"]),
        ("-assignee:none", []),
        ("-refund", ["Thanks"]),
        ("tag:late -small", []),
        ("priority:normal hat", ["Hat"]),
        ("priority:urgent", []),
        ("https://hat", ["Hat"]),  # no operator
        ("", []),
    ],
)
def test_words_and_operators_find_the_newest_first(
    db: Db, agent: Agent, monkeypatch: pytest.MonkeyPatch, text: str, expected: list[str], common: int
):
    monkeypatch.setattr(table, "COMMON", common)
    monkeypatch.setattr(table, "COMMON_BEGINNING", common)
    assert subjects(db, text, agent) == expected


def test_a_number_finds_its_conversation(db: Db, agent: Agent):
    conversation = opened(db, "n", subject="Numbered")
    number = desk.thread(db, conversation, by=agent).row.number
    assert subjects(db, f"#{number}", agent) == ["Numbered"]


def test_notes_and_answers_are_found_and_what_was_taken_back_is_not(db: Db, agent: Agent):
    conversation = opened(db, "n", subject="Numbered")
    desk.note(db, conversation, "a zebra", by=agent, now=NOW)
    written = desk.write(db, conversation, NewReply("a giraffe"), by=agent, now=NOW)
    assert subjects(db, "zebra", agent) == subjects(db, "giraffe", agent) == ["Numbered"]
    desk.unsend(db, written.message, by=agent, now=NOW)
    assert subjects(db, "giraffe", agent) == []


def test_a_search_finds_only_what_the_agent_may_see(db: Db, agent: Agent):
    manager = mia(db)
    orders = team.save_department(db, team.new_department("Orders"), now=NOW)
    hidden = opened(db, "h", subject="Hidden", text="a zebra")
    desk.move(db, hidden, orders.id, by=manager, now=NOW)
    assert subjects(db, "zebra", agent) == []
    assert subjects(db, "zebra", manager) == ["Hidden"]
    assert subjects(db, "department:orders", manager) == ["Hidden"]
    assert "Hidden" not in subjects(db, "-department:orders", manager)


@pytest.mark.parametrize("name", ["jose", "JOSÉ", "garcia", '"jose garcia"', "jose@example.com"])
def test_a_colleague_is_meant_by_any_word_of_their_name(db: Db, agent: Agent, name: str):
    hired = team.create_agent(db, NewAgent("jose@example.com", "José García", Role.AGENT, "correct horse"), now=NOW)
    given = opened(db, "g", subject="Given")
    desk.assign(db, given, hired.id, by=agent, now=NOW)
    assert subjects(db, f"assignee:{name}", agent) == ["Given"]
    assert "Given" not in subjects(db, f"-assignee:{name}", agent)


def test_spam_is_found_only_when_asked_for(db: Db, agent: Agent):
    spam = opened(db, "s", subject="Pills", text="a zebra")
    desk.set_status(db, spam, Status.SPAM, by=agent, now=NOW)
    assert subjects(db, "zebra", agent) == []
    assert subjects(db, "zebra status:spam", agent) == ["Pills"]


@pytest.mark.parametrize("common", [-1, 10**9], ids=["on a walk", "from the index"])
def test_pages_of_a_search_go_on_where_the_last_ended(
    db: Db, agent: Agent, monkeypatch: pytest.MonkeyPatch, common: int
):
    monkeypatch.setattr(table, "COMMON", common)
    monkeypatch.setattr(table, "COMMON_BEGINNING", common)
    for n in range(5):
        opened(db, f"z{n}", subject=f"z{n}", text="a zebra", now=later(minutes=n))
        desk.receive(db, [answering(f"y{n}", f"z{n}", "the zebra again")], now=later(minutes=n))
    seen: list[str] = []
    after: Cursor | None = None
    while True:
        page = desk.search(db, "zebra", agent=agent, after=after, most=2, now=NOW)
        seen += [hit.row.subject for hit in page.hits]
        if page.next is None:
            break
        after = Cursor.read(str(page.next))
    assert seen == ["z4", "z3", "z2", "z1", "z0"]


def test_what_was_searched_is_marked_in_the_original_text(db: Db, agent: Agent):
    (hit,) = desk.search(db, "creme refund", agent=agent, now=NOW).hits
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.marks] == ["refund", "crème"]


def test_a_snippet_is_the_piece_around_the_first_match():
    text = "word " * 200 + "zébra " + "word " * 200
    found = snippet(text, asked("zebra"))
    assert found.text.startswith("…") and found.text.endswith("…") and len(found.text) < 240
    assert [found.text[a:b] for a, b in found.marks] == ["zébra"]


@pytest.mark.parametrize("text", ["before:yesterday", "in:fax", "status:lost", "priority:top", "has:cheese"])
def test_an_operator_that_makes_no_sense_is_refused_with_what_would(text: str):
    with pytest.raises(Invalid, match="followed by"):
        asked(text)


def test_what_is_typed_is_read_in_pieces():
    assert asked('-a "b c" re:d #7') == Query(
        (Word("a", without=True), Word("b c", phrase=True), Word("re:d")), number=7
    )


@pytest.mark.parametrize(
    "text", ["'", "\\", ":*", "!!", "a' | b", "(", "\x00", "&", "''':*", "_", "-", '"', "%s", ":me"]
)
def test_no_punctuation_breaks_a_search(db: Db, agent: Agent, text: str):
    assert desk.search(db, f"{text} refund{text}", agent=agent, now=NOW) is not None


def test_mail_is_found_by_its_own_words(db: Db, agent: Agent):
    desk.receive(db, [mail("long", "word " * 30_000 + "zebra")], now=NOW)
    assert subjects(db, "zebra", agent) == []  # the first 100,000 characters are searched


def test_a_search_works_where_the_planner_would_share_the_work(db: Db, agent: Agent):
    for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
        db.execute(sa.text(f"set local {setting} = 0"))
    db.execute(sa.text("set local enable_indexscan = off"))
    db.execute(sa.text("set local enable_bitmapscan = off"))
    assert subjects(db, "refund", agent) == ["Hat", "Shoes"]
