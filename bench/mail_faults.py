"""Mail under faults: workers killed with -9 at random, the IMAP server restarted, its mails numbered anew.

    python bench/mail_faults.py [--mails 2000] [--seconds 90] [--answers 20] [--seed 1]

Mails come into two folders of a real Dovecot, some into both; half of them answer an earlier one. Meanwhile agents
answer by mail, to a server that takes its time. At the end every mail must be one message, in the conversation it
belongs to, and every answer must have gone out once, but those the ledger itself calls unknown. Exit code 1 otherwise.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import format_datetime
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread

import numpy as np
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.channels.mail.dovecots import Dovecot, dovecot, is_missing
from tests.main.mailing import Sink, raw_mail, sink

from regulars import desk
from regulars.channels.mail import parse, store
from regulars.desk import NewReply
from regulars.desk.write import write
from regulars.kit.clock import utc_now
from regulars.store import Database, bundled_url, migrate


@dataclass
class Run:
    """What was posted: Message-ID → the Message-ID its conversation began with."""

    database: Database
    server: Dovecot
    box: Sink
    rng: np.random.Generator
    threads: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    restarts: int = 0
    over: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--answers", type=int, default=20, help="rounds of answers while workers are killed")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if missing := is_missing():
        sys.exit(missing)
    scratch = Path(mkdtemp(prefix="mail-faults-", dir="/tmp"))
    url = bundled_url(scratch / "var")
    database = Database(url)
    migrate(database)
    with dovecot(scratch / "dovecot") as server, sink() as box:
        run = Run(database, server, box, np.random.default_rng(asked.seed))
        box.delay_seconds = 0.02
        with database.begin() as db:
            store.save_mailbox(db, server.mailbox("INBOX", "Spam"))
        killing = Thread(target=kill_again_and_again, args=(run, url, scratch))
        killing.start()
        post(run, asked.mails, asked.seconds)
        for _ in range(asked.answers):  # while workers are killed in the middle of sending, too
            answer_some(run, max(1, asked.mails // 200))
            time.sleep(1.5)
        run.over = True
        killing.join()
        with working(url, scratch, box):
            settled = wait_until_settled(run, patience_seconds=180)
        faults = judge(run, settled)
    database.close()
    sys.exit(1 if faults else 0)


def post(run: Run, count: int, seconds: float) -> None:
    """Mails over some time: fresh ones and answers, some into two folders; the server is restarted now and then."""
    people: dict[int, list[str]] = {}
    begin, restarts = time.monotonic(), {count // 4: False, count // 2: True, 3 * count // 4: False}
    for n in range(count):
        who = int(run.rng.integers(max(5, count // 10)))
        mine = people.setdefault(who, [])
        earlier = mine[int(run.rng.integers(len(mine)))] if mine and run.rng.random() < 0.5 else None
        mid = f"<{n}@example.com>"
        run.threads[mid] = run.threads[earlier] if earlier else mid
        mine.append(mid)
        more = {"Date": format_datetime(utc_now()), **({"In_Reply_To": earlier} if earlier else {})}
        raw = raw_mail(f"Mail {n}", sender=f"Guest <guest{who}@example.com>", message_id=mid, **more)
        run.server.deliver(raw)
        if run.rng.random() < 0.1:
            run.server.put(b"X-Copy: yes\r\n" + raw, "Spam")
        if n in restarts:
            restart(run, anew=restarts[n])
        if n % 10 == 9:
            answer_some(run, 1)
        time.sleep(max(0.0, begin + seconds * n / count - time.monotonic()))


def restart(run: Run, *, anew: bool) -> None:
    """Stop and start the mail server; `anew`: it has forgotten its numbers."""
    run.server.stop()
    time.sleep(1.1)
    if anew:
        run.server.number_anew()
    run.server.start()
    run.restarts += 1


def answer_some(run: Run, count: int) -> None:
    """Agents answer some conversations."""
    with run.database.begin() as db:
        asked = sa.text("select id from conversations order by random() limit :n")
        ids = db.execute(asked, {"n": count}).scalars().all()
    for one in ids:
        with run.database.begin() as db:
            write(db, desk.ConversationId(one), NewReply("It **is** ready"), by=desk.Machine("bench"), now=utc_now())


def kill_again_and_again(run: Run, url: str, scratch: Path) -> None:
    """A worker, killed after 3 to 15 seconds, and another one, until the run is over."""
    rng = np.random.default_rng(7)
    while not run.over:
        with working(url, scratch, run.box) as worker:
            time.sleep(float(rng.uniform(3, 15)))
            worker.kill()
            run.kills += 1


class working:  # noqa: N801  used as a verb
    """`regulars work`, for as long as the block runs."""

    def __init__(self, url: str, scratch: Path, box: Sink) -> None:
        told = {"REGULARS_DATABASE_URL": url, "REGULARS_VAR": str(scratch / "var"),
                "REGULARS_SMTP_URL": str(box.settings.smtp_url),
                "REGULARS_MAIL_FROM": str(box.settings.sender)}  # fmt: skip
        kept = {k: v for k, v in os.environ.items() if not k.startswith("REGULARS_")}
        with (scratch / "work.log").open("ab") as log:
            self._worker = subprocess.Popen(
                [Path(sys.executable).parent / "regulars", "work"], env={**kept, **told}, stdout=log, stderr=log
            )

    def __enter__(self) -> "subprocess.Popen[bytes]":
        return self._worker

    def __exit__(self, *_: object) -> None:
        self._worker.kill()
        self._worker.wait()


def wait_until_settled(run: Run, *, patience_seconds: float) -> bool:
    """Until no mail waits in the mailbox or to be read, and no answer is on its way."""
    end = time.monotonic() + patience_seconds
    while time.monotonic() < end:
        with run.database.begin() as db:
            read = db.execute(
                sa.text("select count(*) from conversation_messages where author = 'customer'")
            ).scalar_one()
            asked = sa.text("select count(*) from ledger where state in ('queued', 'claimed')")
            if read >= len(run.threads) and db.execute(asked).scalar_one() == 0:
                return True
        time.sleep(0.5)
    return False


def judge(run: Run, settled: bool) -> int:
    """Say what is wrong; how many things."""
    with run.database.begin() as db:
        rows = db.execute(
            sa.text("select message_id, conversation_id from conversation_messages where author = 'customer'")
        ).all()
        states = dict(db.execute(sa.text("select message_id, state from ledger where message_id is not null")).all())
    times = Counter(r.message_id for r in rows)
    where = {r.message_id: r.conversation_id for r in rows}
    lost = [m for m in run.threads if m not in times]
    double = [m for m, n in times.items() if n > 1]
    wrong = [m for m, root in run.threads.items() if m in where and where[m] != where.get(root)]
    went = Counter(parse(raw).message_id for _, _, raw in run.box.mails)
    twice = [m for m, n in went.items() if n > 1]
    unsaid = [m for m, state in states.items() if state == "accepted" and not went[m]]
    hidden = [m for m in went if states.get(m or "") not in {"accepted", "unknown"}]
    for m in wrong[:5]:
        print(f"    {m} is not where {run.threads[m]} is")
    print(f"{len(run.threads)} mails in, {len(states)} answers out, {run.kills} kills, {run.restarts} restarts of IMAP")
    print(f"  in:  lost {len(lost)}, double {len(double)}, in a wrong conversation {len(wrong)}")
    print(
        f"  out: sent twice {len(twice)}, called sent and never arrived {len(unsaid)}, arrived and not in the ledger "
        f"{len(hidden)}; unknown, for an agent to decide: {sum(s == 'unknown' for s in states.values())}"
    )
    if not settled:
        print("  it did not come to rest in time")
    return len(lost) + len(double) + len(wrong) + len(twice) + len(unsaid) + len(hidden) + (not settled)


if __name__ == "__main__":
    main()
