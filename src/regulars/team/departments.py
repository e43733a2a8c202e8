"""Departments: what a company is made of where customers meet it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team.model import AgentId, Department, DepartmentId
from regulars.team.store import agents as agents_store
from regulars.team.store import departments as store

LONGEST_SIGNATURE = 2_000
EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,190}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")


def new_department(name: str) -> Department:
    """One to save: an id and a name."""
    return Department(DepartmentId(new_id()), name)


def departments(db: Db, *, archived: bool = False) -> list[Department]:
    """All of them by name; archived ones only when asked for."""
    return store.departments(db, archived=archived)


def department(db: Db, id: UUID) -> Department:
    """One of them, archived ones too. Raises NotFound."""
    found = next((d for d in store.departments(db, archived=True) if d.id == id), None)
    if found is None:
        raise NotFound("there is no such department")
    return found


def save_department(db: Db, department: Department, *, now: datetime) -> Department:
    """Keep it, new or changed; an archived one comes back.

    Raises Invalid with the field, Conflict when its name is taken.
    """
    kept = Department(
        department.id,
        clean(department.name.strip()),
        department.address.strip().lower(),
        checked_languages(department.languages),
        checked_signature(department.signature),
    )
    if not 1 <= len(kept.name) <= 100:
        raise Invalid("a department needs a name of 1 to 100 characters", fields={"name": "1 to 100 characters"})
    if kept.address and not EMAIL.fullmatch(kept.address):
        raise Invalid("an address looks like orders@example.com", fields={"address": "is no address"})
    if not store.save(db, kept, now):
        raise Conflict(f"there is a department called {kept.name} already", fields={"name": "is taken"})
    return kept


def archive_department(db: Db, department: DepartmentId, *, now: datetime) -> None:
    """Offer it no more; what belongs to it stays. Raises NotFound."""
    if not store.archive(db, department, now):
        raise NotFound("there is no such department, or it was archived already")


def set_departments(db: Db, agent: AgentId, departments: Sequence[DepartmentId]) -> None:
    """Let `agent` work in these and no others. Raises NotFound."""
    known = {d.id for d in store.departments(db, archived=True)}
    if agents_store.agent_by_id(db, agent) is None or not known.issuperset(departments):
        raise NotFound("there is no such agent or department")
    agents_store.set_departments(db, agent, departments)


def checked_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """Language codes, each once. Raises Invalid."""
    kept = tuple(dict.fromkeys(code.strip() for code in languages if code.strip()))
    if wrong := [code for code in kept if not LANGUAGE.fullmatch(code)]:
        words = f"a language is a code like en, es or pt-BR, not {wrong[0][:20]!r}"
        raise Invalid(words, fields={"languages": words})
    return kept[:50]


def checked_signature(signature: Mapping[str, str]) -> Mapping[str, str]:
    """Texts by language, without empty ones. Raises Invalid."""
    kept = {code: clean(text.strip()) for code, text in signature.items() if text.strip()}
    checked_languages(list(kept))
    if any(len(text) > LONGEST_SIGNATURE for text in kept.values()):
        words = f"a signature has at most {LONGEST_SIGNATURE} characters"
        raise Invalid(words, fields={"signature": words})
    return kept
