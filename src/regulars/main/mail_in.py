"""Mail that was kept becomes messages of the desk: read, threaded and marked as read in one transaction."""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from regulars import desk, messages, team
from regulars.channels.mail import Address, File, Mail, conversation_of, parse
from regulars.channels.mail import store as mails
from regulars.channels.mail.headers import addresses
from regulars.channels.mail.parse import unreadable
from regulars.channels.mail.store import Done, RawId, RawMail
from regulars.desk import Arrival, Channel, ConversationId, NewAttachment, Sender, Thread
from regulars.desk.delivery import tell_delivery
from regulars.kit.errors import Unavailable
from regulars.kit.json import Json
from regulars.main.mail_same import told_apart
from regulars.store import Database, Db, jobs
from regulars.team import DepartmentId

READ = "mail.read"
"""The job that reads what was kept."""

BATCH = 50
EARLIEST = timedelta(days=60)
_NUMBER = re.compile(r"(?:^|[\s\[(])#(\d{1,12})\b")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What is ours: the secret of reply tokens, our addresses, and the departments that have one."""

    secret: str
    own: frozenset[str]
    departments: dict[str, DepartmentId]
    languages: dict[UUID, str]


def kept(db: Db) -> None:
    """Something was kept: have it read."""
    jobs.later(db, READ, {}, once=READ)


def read_waiting(database: Database, *, now: datetime, sender: str | None, most: int = BATCH) -> int:
    """Read all mail that waits, in batches of one transaction each; how many there were."""
    count = 0
    while True:
        with database.begin() as db:
            mails.hold_reading(db)
            raws = mails.take(db, most=most)
            ids = [raw.id for raw in raws]
            if not raws:
                return count
            try:
                with db.begin_nested():
                    _read(db, raws, house(db, sender, now), now)
                ids = []
            except Unavailable:
                raise
            except Exception:  # one of them is at fault: it must not keep the others waiting
                _log.exception("%s mails could not be taken in together: one by one now", len(raws))
        _one_by_one(database, ids, sender, now)
        count += len(raws)


def read_again(database: Database, ids: Sequence[RawId], *, now: datetime, sender: str | None) -> int:
    """Read some mails once more; what the desk has of them already stays as it is. How many are no longer failed."""
    _one_by_one(database, ids, sender, now)
    with database.begin() as db:
        still = set(mails.failed(db, most=len(ids) + 1_000_000))
    return sum(1 for i in ids if i not in still)


def house(db: Db, sender: str | None, now: datetime) -> House:
    """What is ours, as it stands now."""
    boxes = mails.mailboxes(db)
    departments = {d.address.lower(): d.id for d in team.departments(db) if d.address}
    own = {a.address.lower() for a in addresses([sender or ""])} | {b.address.lower() for b in boxes} | set(departments)
    return House(
        team.secret(db, "reply_token", now=now), frozenset(own), departments,
        {b.id: b.language for b in boxes if b.language},
    )  # fmt: skip


def arrival_of(raw: RawMail, mail: Mail, ours: House) -> Arrival:
    """A mail as the desk takes it in."""
    sender = _sender(mail, ours)
    files = [*mail.attachments, *mail.inline]
    if mail.fault and not any(f.content == raw.raw for f in files):
        files.append(File("mail.eml", "message/rfc822", raw.raw))
    digest = raw.digest.hex()
    copies = [a for a in (*mail.to, *mail.cc) if _plain(a.address) not in ours.own and a.address != sender.address]
    return Arrival(
        key=f"email:{mail.message_id or f'sha256:{digest}'}", channel=Channel.EMAIL, at=_written_at(mail, raw),
        sender=Sender(address=sender.address, name=sender.name),
        text=mail.text, html=mail.html or "", quoted="\n\n".join(filter(None, [mail.signature, mail.quoted])),
        subject=mail.subject, message_id=mail.message_id or "", thread=_thread(mail, ours),
        attachments=tuple(NewAttachment(f.name, f.type, f.content, f.inline_id or "") for f in files),
        copies=tuple(Sender(address=a.address, name=a.name) for a in copies),
        automatic=mail.automatic.kind.value if mail.automatic else "",
        language=mail.language_hint or ours.languages.get(raw.envelope.mailbox or UUID(int=0), ""),
        department=_department(raw, mail, ours), meta=_meta(raw, mail, ours),
    )  # fmt: skip


def _read(db: Db, raws: Sequence[RawMail], ours: House, now: datetime) -> None:
    read = [(raw, parse(raw.raw, recipients=raw.envelope.recipients, sender=raw.envelope.sender)) for raw in raws]
    known = messages.known(db, [m.message_id for _, m in read if m.message_id])
    arriving: list[tuple[RawMail, Mail]] = []
    done: list[Done] = []
    for raw, mail in read:
        if mail.message_id in known:  # our own, seen in a folder or sent back by a list
            done.append(Done(raw.id, "double", mail.message_id, error="our own"))
        elif _came_back(db, mail, now):
            done.append(Done(raw.id, "parsed", mail.message_id))
        else:
            arriving.append((raw, mail))
    arriving.sort(key=lambda one: _written_at(one[1], one[0]))  # two folders may have come in the wrong order
    for (raw, mail), got in zip(arriving, _receive(db, arriving, ours, now), strict=True):
        state = "failed" if mail.fault else "parsed" if got.fresh else "double"
        done.append(Done(raw.id, state, mail.message_id, mail.in_reply_to, mail.fault))
    mails.mark(db, done, now=now)


def _receive(db: Db, arriving: Sequence[tuple[RawMail, Mail]], ours: House, now: datetime) -> list[desk.Received]:
    """Hand them to the desk. What was read before its turn helps: mails that answer this one, or the same one as it."""
    if not arriving:
        return []
    named = [name for _, mail in arriving for name in (mail.message_id, mail.in_reply_to) if name]
    answers = mails.answers_to(db, named)
    arrivals = []
    for raw, mail in arriving:
        arrival = arrival_of(raw, mail, ours)
        beside = [a for name in (mail.in_reply_to, mail.message_id) for a in answers.get(name or "", ())]
        if beside:  # the least near of its references: what it says itself comes first
            arrival = replace(arrival, thread=replace(arrival.thread, references=(*beside, *mail.references)))
        if mail.in_reply_to and mail.message_id:
            answers.setdefault(mail.in_reply_to, []).append(mail.message_id)
        arrivals.append(arrival)
    return desk.receive(db, told_apart(db, arrivals), now=now)


def _came_back(db: Db, mail: Mail, now: datetime) -> bool:
    """Whether it says that something of ours could not be delivered; then the ledger knows now, and that is all."""
    bounce = mail.bounce
    if bounce is None or bounce.message_id is None or bounce.message_id not in messages.known(db, [bounce.message_id]):
        return False
    if bounce.final:
        words = " ".join(filter(None, [bounce.recipient, bounce.status, bounce.words]))
        failed = messages.bounced(db, bounce.message_id, words, now=now)
        tell_delivery(db, [failed] if failed else [])
    return True


def _one_by_one(database: Database, ids: Iterable[RawId], sender: str | None, now: datetime) -> None:
    for one in ids:
        try:
            with database.begin() as db:
                _read(db, mails.take(db, most=1, only=[one]), house(db, sender, now), now)
        except Unavailable:
            raise
        except Exception as e:  # whatever is wrong with it, its words must reach an agent
            _log.exception("mail %s could not be taken in: it arrives as a file", one)
            _as_a_file(database, one, f"{type(e).__name__}: {e}"[:300], sender, now)


def _as_a_file(database: Database, one: RawId, why: str, sender: str | None, now: datetime) -> None:
    with database.begin() as db:
        for raw in mails.take(db, most=1, only=[one]):
            arrival = arrival_of(raw, unreadable(raw.raw, why), house(db, sender, now))
            desk.receive(db, [arrival], now=now)
            mails.mark(db, [Done(raw.id, "failed", error=why)], now=now)


def _sender(mail: Mail, ours: House) -> Address:
    """Who wrote. A form on our own site writes from our address and names the customer in Reply-To."""
    if _plain(mail.from_.address) in ours.own and mail.reply_to and _plain(mail.reply_to[0].address) not in ours.own:
        return mail.reply_to[0]
    return mail.from_


def _thread(mail: Mail, ours: House) -> Thread:
    proved = (conversation_of(ours.secret, token) for token in mail.tokens)
    ids = [ConversationId(UUID(p)) for p in proved if p and len(p) == 36]
    number = _NUMBER.search(mail.subject)
    return Thread(
        conversation=ids[0] if ids else None, in_reply_to=mail.in_reply_to or "", references=mail.references,
        number=int(number.group(1)) if number else None,
    )  # fmt: skip


def _department(raw: RawMail, mail: Mail, ours: House) -> DepartmentId | None:
    to = [*raw.envelope.recipients, *(a.address for a in (*mail.to, *mail.cc))]
    found = next((ours.departments[_plain(a)] for a in to if _plain(a) in ours.departments), None)
    return found or (DepartmentId(raw.envelope.department) if raw.envelope.department else None)


def _written_at(mail: Mail, raw: RawMail) -> datetime:
    """When it was written, as far as that can be believed."""
    at = mail.date
    return at if at and raw.received_at - EARLIEST <= at <= raw.received_at else raw.received_at


def _plain(address: str) -> str:
    """`help+token@shop.example` → `help@shop.example`."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _meta(raw: RawMail, mail: Mail, ours: House) -> dict[str, Json]:
    meta: dict[str, Json] = {"raw": raw.id}
    if mail.fault:
        meta["fault"] = mail.fault
    if mail.automatic:
        meta["automatic"] = mail.automatic.why
    wanted = [a.address for a in mail.reply_to if "@" in a.address and _plain(a.address) not in ours.own]
    if wanted and wanted[0] != _sender(mail, ours).address:
        meta["reply_to"] = wanted[0]
    if mail.calendar:
        one = mail.calendar
        meta["appointment"] = {"method": one.method, "summary": one.summary, "starts": one.starts, "ends": one.ends,
                               "place": one.place, "organizer": one.organizer}  # fmt: skip
    return meta
