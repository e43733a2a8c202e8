"""Chat through the door: it names its conversation, and there is much of it."""

from uuid import UUID

import sqlalchemy as sa

from regulars import desk
from regulars.desk import ConversationId, LinkKind, Status
from regulars.store import Db
from tests.cast import NOW
from tests.desk.desk_cast import chat, later

HERE = ConversationId(UUID(int=78))
HOUSE = desk.Machine("test")


def test_words_within_a_second_move_a_chat_up_in_the_lists_once(db: Db):
    desk.receive(db, [chat("1", HERE)], now=NOW)
    desk.receive(db, [chat("2", HERE, "and now?")], now=later(seconds=0.9))
    row = desk.thread(db, HERE, by=HOUSE).row
    assert (row.last_at, row.preview, row.messages) == (NOW, "and now?", 2)
    desk.receive(db, [chat("3", HERE)], now=later(seconds=1.1))
    assert desk.thread(db, HERE, by=HOUSE).row.last_at == later(seconds=1.1)


def test_words_to_a_closed_chat_go_on_in_one_that_follows_it(db: Db):
    (first,) = desk.receive(db, [chat("1", HERE)], now=NOW)
    db.execute(sa.text("update conversations set status = 'closed'"))
    (second,) = desk.receive(db, [chat("2", HERE)], now=NOW)
    (third,) = desk.receive(db, [chat("3", HERE)], now=NOW)
    assert second.opened and second.conversation != first.conversation == HERE
    assert (third.conversation, third.opened) == (second.conversation, False)
    seen = desk.thread(db, second.conversation, by=HOUSE)
    assert [(link.conversation, link.kind) for link in seen.links] == [(HERE, LinkKind.FOLLOW_UP)]
    assert seen.row.status is Status.NEW
