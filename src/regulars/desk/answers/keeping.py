"""Ready answers: writing them, finding them, putting them away. Whose they are decides who sees and changes them."""

import mimetypes
import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from regulars.desk.answers import store
from regulars.desk.answers.model import NAMES, AnswerFile, AnswerId, NewAnswer, ReadyAnswer, Scope
from regulars.kit import liquid
from regulars.kit.errors import Forbidden, Invalid, NotFound, TooLarge
from regulars.kit.ids import new_id
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team import Agent, Role

MOST_FILES = 10
LARGEST_FILE = 10_000_000
LONGEST_TITLE = 200
_SHORTCUT = re.compile(r"^[\w-]{0,40}$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")


def save_answer(db: Db, new: NewAnswer, *, by: Agent, now: datetime, id: AnswerId | None = None) -> ReadyAnswer:
    """Add a ready answer, or replace the one with this id.

    Raises Invalid with the field, NotFound when `by` may not see it, Forbidden when they may not change it.
    """
    _may_write(db, new, by)
    whole = _checked(new)
    if id is None:
        id = AnswerId(new_id())
        store.insert(db, id, whole, agent=by, now=now)
    else:
        _may_change(answer(db, id, by=by), by)
        store.update(db, id, whole, agent=by, now=now)
    return answer(db, id, by=by)


def answer(db: Db, id: AnswerId, *, by: Agent) -> ReadyAnswer:
    """The ready answer. Raises NotFound, also when it is not for `by` to see."""
    found = store.find(db, id, by)
    if found is None:
        raise NotFound("there is no such ready answer, or it is not yours to see")
    return found


def answers(
    db: Db, typed: str = "", *, by: Agent, language: str = "", most: int = 20, archived: bool = False
) -> list[ReadyAnswer]:
    """The ready answers `by` may use, the most used first.

    typed     words, or beginnings of words or of a shortcut, without regard to case and accents
    language  answers that have this language come first
    """
    if not typed.strip():
        found = store.shelf(db, by, archived=archived)
        return sorted(found, key=lambda a: language != "" and language not in a.texts)[:most]
    return store.searched(db, by, typed.strip()[:200], language, most)


def archive_answer(db: Db, id: AnswerId, *, by: Agent, now: datetime) -> None:
    """Put a ready answer away: it is suggested and found no more. Raises NotFound, Forbidden."""
    _may_change(answer(db, id, by=by), by)
    store.archive(db, id, now, by=f"agent:{by.email}", now=now)


def restore_answer(db: Db, id: AnswerId, *, by: Agent, now: datetime) -> None:
    """Take it out again. Raises NotFound, Forbidden."""
    _may_change(answer(db, id, by=by), by)
    store.archive(db, id, None, by=f"agent:{by.email}", now=now)


def add_file(db: Db, id: AnswerId, name: str, content: bytes, *, by: Agent, language: str = "") -> AnswerFile:
    """Send `content` along whenever the answer is used. Raises NotFound, Forbidden, Invalid, TooLarge."""
    held = answer(db, id, by=by)
    _may_change(held, by)
    if len(held.files) >= MOST_FILES:
        raise TooLarge(f"a ready answer takes {MOST_FILES} files at most: take one away first")
    if not content or len(content) > LARGEST_FILE:
        raise TooLarge(f"a file has between 1 byte and {LARGEST_FILE // 1_000_000} MB")
    plain = clean(name).replace("\\", "/").rsplit("/", 1)[-1].strip()[:200] or "file"
    type = mimetypes.guess_type(plain)[0] or "application/octet-stream"
    made = AnswerFile(new_id(), plain, type, len(content), language)
    store.add_file(db, id, made, content)
    return made


def remove_file(db: Db, id: AnswerId, file: UUID, *, by: Agent) -> None:
    """Send it along no more. Raises NotFound, Forbidden."""
    _may_change(answer(db, id, by=by), by)
    if not store.remove_file(db, id, file):
        raise NotFound("there is no such file")


def may_change(held: ReadyAnswer, by: Agent) -> bool:
    """Whether `by` may change it: their own; their department's; everybody's with the role of a manager."""
    match held.scope:
        case Scope.PERSONAL:
            return held.agent == by.id and by.role.may(Role.AGENT)
        case Scope.TEAM:
            return by.role.may(Role.MANAGER) or (by.role.may(Role.AGENT) and held.department in by.departments)
        case Scope.GLOBAL:
            return by.role.may(Role.MANAGER)


def _may_change(held: ReadyAnswer, by: Agent) -> None:
    if not may_change(held, by):
        raise Forbidden("this ready answer is not yours to change: make a personal one of your own")


def _may_write(db: Db, new: NewAnswer, by: Agent) -> None:
    if not by.role.may(Role.AGENT):
        raise Forbidden("ready answers need the role agent; yours is viewer")
    if new.scope is Scope.GLOBAL and not by.role.may(Role.MANAGER):
        raise Forbidden("ready answers for everybody need the role manager: make it personal or your department's")
    if (new.scope is Scope.TEAM) != (new.department is not None):
        raise Invalid("a department is named for a team's answer, and for no other", fields={"department": "is wrong"})
    if new.department is None:
        return
    if not store.department_exists(db, new.department):
        raise Invalid("there is no such department", fields={"department": "is unknown"})
    if new.department not in by.departments and not by.role.may(Role.MANAGER):
        raise Forbidden("this is not your department")


def _checked(new: NewAnswer) -> NewAnswer:
    faults: dict[str, str] = {}
    if not new.texts:
        faults["texts"] = "at least one language is needed"
    if not _SHORTCUT.match(new.shortcut):
        faults["shortcut"] = "letters, digits, - and _ only, 40 at most"
    for language, text in new.texts.items():
        if not _LANGUAGE.match(language):
            faults[f"texts.{language[:20]}"] = "is no language code"
        if not text.title.strip() or len(text.title) > LONGEST_TITLE:
            faults[f"texts.{language}.title"] = f"between 1 and {LONGEST_TITLE} characters"
        faults |= _template_faults(language, text.text)
    if faults:
        raise Invalid("; ".join(f"{place}: {fault}" for place, fault in faults.items()), fields=faults)
    return new


def _template_faults(language: str, text: str) -> dict[str, str]:
    """Faults of the text, found when it is written rather than when a customer waits."""
    if not text.strip():
        return {f"texts.{language}.text": "is needed"}
    try:
        unknown = [v for v in liquid.variables(text) if not _is_known(v)]
    except Invalid as e:
        return {f"texts.{language}.text": e.detail}
    return {f"texts.{language}.text": f"nothing is called {', '.join(unknown)}"} if unknown else {}


def _is_known(variable: str) -> bool:
    root, *below = variable.split(".")
    return root in KNOWN and (not below or below[0] in KNOWN[root])


KNOWN: Mapping[str, frozenset[str]] = {
    "customer": frozenset({*NAMES, "id", "language", "traits"}), "conversation": frozenset({"number", "subject"}),
    "agent": frozenset({"name", "first_name", "email"}), "department": frozenset({"name"}), "today": frozenset(),
}  # fmt: skip
"""What a ready answer may speak of, as `filling` knows it; below `customer.traits` anything."""
