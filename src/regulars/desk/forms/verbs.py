"""Contact forms: defined by the company, filled in by anybody, each sending once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from uuid import UUID

from regulars.desk.change import change
from regulars.desk.changing import Change
from regulars.desk.forms import store
from regulars.desk.forms.model import ContactForm, FieldKind, FormDefinition, FormField, FormId
from regulars.desk.model import Arrival, Channel, Machine, NewAttachment, Received, Sender, Status
from regulars.desk.receive import receive
from regulars.desk.words import is_address
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.kit.text import clean, pick
from regulars.people import Identity
from regulars.store import Db
from regulars.team import Agent, DepartmentId, Role

MOST_FIELDS = 20
LONGEST_TEXT = 20_000
LONGEST_LINE = 300
QUICKEST_SECONDS = 2.0
"""Nobody fills a form in faster: a program does."""

LASTS_SECONDS = 86_400.0
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
OWN = frozenset({"name", "email", "message", "website", "stamp", "lang", "files"})
"""Names a field of the company cannot have."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody wrote into a form.

    key    made with the page: sent twice, it arrives once
    trap   what stands in the field nobody sees: only programs fill it in
    """

    key: str
    name: str = ""
    email: str = ""
    message: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    files: tuple[NewAttachment, ...] = ()
    language: str = ""
    identity: Identity | None = None
    page: str = ""
    trap: str = ""
    seconds: float = QUICKEST_SECONDS


def save_form(
    db: Db, id: FormId, name: str, definition: FormDefinition, *, by: Agent, now: datetime,
    department: DepartmentId | None = None,
) -> ContactForm:  # fmt: skip
    """Keep a form, new or changed. Raises Invalid by field, Forbidden."""
    _needs_manager(by)
    if not 1 <= len(name.strip()) <= 100:
        raise Invalid("a form needs a name of 1 to 100 characters", fields={"name": "1 to 100 characters"})
    _check(definition)
    made = ContactForm(id, name.strip(), definition, department, now, f"agent:{by.email}")
    store.save(db, made)
    return made


def archive_form(db: Db, id: FormId, *, by: Agent, now: datetime, back: bool = False) -> None:
    """Take nothing in by it any more, or (`back`) again. Raises NotFound, Forbidden."""
    _needs_manager(by)
    if not store.archive(db, id, None if back else now):
        raise NotFound("there is no such form")


def form(db: Db, id: FormId) -> ContactForm:
    """A form that can be filled in. Raises NotFound, also for one that was closed."""
    found = store.form(db, id)
    if found is None or found.archived_at is not None:
        raise NotFound("there is no such form: it may have been closed")
    return found


def forms(db: Db) -> list[ContactForm]:
    """All of them, closed ones last."""
    return store.forms(db)


def submit(db: Db, held: ContactForm, filled: Filled, *, now: datetime) -> Received:
    """Take in what was written. What a program wrote becomes spam: kept, seen by nobody who does not look for it.

    Raises Invalid by field.
    """
    _complete(held.definition, filled)
    lines = [f"{_label(f, filled.language)}: {filled.answers[f.name]}" for f in _answered(held.definition, filled)]
    text = "\n\n".join(part for part in (clean(filled.message.strip()), "\n".join(lines)) if part)
    arrival = Arrival(
        f"form:{held.id}:{filled.key}", Channel.FORM, Sender(filled.identity, filled.email, filled.name), now, text,
        subject=_subject(held, filled), attachments=filled.files if held.definition.files else (),
        language=filled.language, department=held.department,
        meta={"form": str(held.id), "answers": dict(filled.answers), "page": filled.page[:2_000]},
    )  # fmt: skip
    (received,) = receive(db, [arrival], now=now)
    spam = bool(filled.trap) or filled.seconds < QUICKEST_SECONDS
    if received.fresh and received.opened and (spam or held.definition.tags):
        what = Change(status=Status.SPAM if spam else None, tag=held.definition.tags)
        change(db, received.conversation, what, by=Machine("form"), now=now)
    return received


def stamp(secret: str, form: FormId, key: str, now: datetime) -> str:
    """What a form carries: its key and when it was shown, signed, so that neither can be made up."""
    at = f"{now.timestamp():.0f}"
    return f"{key}.{at}.{_sign(secret, form, key, at)}"


def read_stamp(secret: str, form: FormId, said: str, now: datetime) -> tuple[str, float]:
    """(key, seconds since it was shown). Raises Invalid for one that is not ours, or too old."""
    key, _, rest = said.partition(".")
    at, _, signature = rest.partition(".")
    try:
        fine = compare_digest(_sign(secret, form, key, at).encode(), signature.encode()) and UUID(key)
        seconds = now.timestamp() - float(at)
    except ValueError:
        fine, seconds = False, 0.0
    if not fine or not -60 <= seconds <= LASTS_SECONDS:
        raise Invalid("the form is too old: open it again, and send it once more", fields={"stamp": "is too old"})
    return key, seconds


def _sign(secret: str, form: FormId, key: str, at: str) -> str:
    return hmac(secret.encode(), f"{form}.{key}.{at}".encode("utf-8", "replace"), sha256).hexdigest()[:32]


def _complete(definition: FormDefinition, filled: Filled) -> None:
    faults: dict[str, str] = {}
    if not is_address(filled.email):
        faults["email"] = "an e-mail address is needed, to answer"
    if not filled.message.strip():
        faults["message"] = "is needed"
    if len(filled.message) > LONGEST_TEXT:
        faults["message"] = f"{LONGEST_TEXT:,} characters at most"
    if len(filled.name) > LONGEST_LINE:
        faults["name"] = f"{LONGEST_LINE} characters at most"
    for one in definition.fields:
        value = filled.answers.get(one.name, "")
        if one.required and not value.strip():
            faults[one.name] = "is needed"
        elif value and one.kind is FieldKind.CHOICE and value not in one.choices:
            faults[one.name] = "is not one of the choices"
        elif len(value) > (LONGEST_TEXT if one.kind is FieldKind.TEXT else LONGEST_LINE):
            faults[one.name] = "is too long"
    if faults:
        raise Invalid("; ".join(f"{place}: {fault}" for place, fault in faults.items()), fields=faults)


def _answered(definition: FormDefinition, filled: Filled) -> list[FormField]:
    return [f for f in definition.fields if filled.answers.get(f.name, "").strip()]


def _label(field: FormField, language: str) -> str:
    return pick(field.label, language) or field.name


def _subject(held: ContactForm, filled: Filled) -> str:
    first = filled.message.strip().splitlines()[0][:80]
    return f"{pick(held.definition.title, filled.language) or held.name}: {first}"


def _check(definition: FormDefinition) -> None:
    faults: dict[str, str] = {}
    if len(definition.fields) > MOST_FIELDS:
        faults["fields"] = f"{MOST_FIELDS} at most"
    names = [f.name for f in definition.fields]
    for n, one in enumerate(definition.fields):
        place = f"fields[{n}]"
        if not _NAME.fullmatch(one.name) or one.name in OWN or names.count(one.name) > 1:
            faults[f"{place}.name"] = "small letters, digits and _, once each, and none of the form's own names"
        if one.kind is FieldKind.CHOICE and not one.choices:
            faults[f"{place}.choices"] = "a choice needs something to choose from"
        if not any(one.label.values()):
            faults[f"{place}.label"] = "is needed"
    wrong = [site for site in definition.sites if not _ORIGIN.fullmatch(site)]
    if wrong:
        faults["sites"] = f"{wrong[0][:100]} is no site: write https://shop.example"
    if faults:
        raise Invalid("; ".join(f"{place}: {fault}" for place, fault in faults.items()), fields=faults)


def _needs_manager(by: Agent) -> None:
    if not by.role.may(Role.MANAGER):
        raise Forbidden(f"forms need the role manager; yours is {by.role.value}")
