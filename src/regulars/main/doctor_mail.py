"""What `regulars doctor` says of mail and jobs."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from regulars import messages
from regulars.channels.mail import store as mails
from regulars.messages import State
from regulars.store import Db

LATE = timedelta(minutes=10)
LOOK_BACK = timedelta(days=1)


def mail_in(db: Db, now: datetime) -> tuple[bool, str]:
    """Whether mail comes in as it should, and the words."""
    boxes = [b for b in mails.mailboxes(db) if b.paused_at is None]
    for box in boxes:
        if box.error:
            return False, f"{box.name} does not answer: {box.error} (see `regulars mail check`)"
        if box.seen_at is None or now - box.seen_at > LATE:
            return False, f"nobody fetches from {box.name}: start `regulars serve` or `regulars work`"
    count, since = mails.waiting(db)
    if since is not None and now - since > LATE:
        return False, f"{count} mails wait to be read since {since:%F %H:%M}: start `regulars serve` or `regulars work`"
    unread = len(mails.failed(db, most=1000))
    if unread:
        return False, f"{unread} mails could not be read in full: `regulars mail reparse` after an update"
    return True, f"{len(boxes)} mailboxes, all of it read" if boxes else "no mailboxes (`regulars mail add`)"


def mail_out(db: Db, now: datetime) -> tuple[bool, str]:
    """Whether what agents write goes out, and the words."""
    states = messages.tally(db, since=now - LOOK_BACK)
    stuck = messages.waiting_since(db)
    if stuck is not None and now - stuck > LATE:
        return False, f"messages wait since {stuck:%F %H:%M}: is `regulars serve` or `regulars work` running?"
    bad = {s: states[s] for s in (State.FAILED, State.UNKNOWN) if states.get(s)}
    words = ", ".join(f"{n} {state}" for state, n in bad.items())
    sent = states.get(State.ACCEPTED, 0)
    return not bad, f"{sent} sent in a day" + (f"; {words}: look at them in the inbox" if bad else "")


def jobs(db: Db, now: datetime) -> tuple[bool, str]:
    """Whether jobs are done, and the words."""
    asked = sa.text("""
        select count(*) filter (where status = 'failed') as failed,
               count(*) filter (where status = 'todo' and coalesce(scheduled_at, :now) < :late) as waiting
        from procrastinate_jobs
    """)
    row = db.execute(asked, {"now": now, "late": now - LATE}).one()
    if row.waiting:
        return False, f"{row.waiting} wait: start `regulars serve` or `regulars work`"
    if row.failed:
        return False, f"{row.failed} were given up after eight tries: the log of `regulars work` says why"
    return True, "none waits"
