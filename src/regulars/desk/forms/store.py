"""Every SQL statement about contact forms."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from regulars.desk.forms.model import ContactForm, FormDefinition, FormId
from regulars.store import Db

FORM = "select id, name, definition, department_id, updated_at, updated_by, archived_at from contact_forms"


def save(db: Db, form: ContactForm) -> None:
    """Keep a form, new or changed."""
    db.execute(
        sa.text("""
        insert into contact_forms (id, name, definition, department_id, created_at, updated_at, updated_by)
        values (:id, :name, cast(:definition as jsonb), :department, :now, :now, :by)
        on conflict (id) do update set name = excluded.name, definition = excluded.definition,
            department_id = excluded.department_id, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by"""),
        {"id": form.id, "name": form.name, "definition": msgspec.json.encode(form.definition).decode(),
         "department": form.department, "now": form.updated_at, "by": form.updated_by},
    )  # fmt: skip


def archive(db: Db, id: FormId, at: datetime | None) -> bool:
    """Close it, or open it again; False when there is none."""
    done = sa.text("update contact_forms set archived_at = :at where id = :id")
    return bool(db.execute(done, {"id": id, "at": at}).rowcount)


def form(db: Db, id: FormId) -> ContactForm | None:
    """One of them."""
    row = db.execute(sa.text(f"{FORM} where id = :id"), {"id": id}).one_or_none()
    return _form(row) if row else None


def forms(db: Db) -> list[ContactForm]:
    """All of them by name, closed ones last."""
    rows = db.execute(sa.text(f"{FORM} order by archived_at is not null, lower(name), id"))
    return [_form(row) for row in rows]


def _form(row: sa.Row[tuple[object, ...]]) -> ContactForm:
    definition = msgspec.convert(row.definition, FormDefinition)
    return ContactForm(row.id, row.name, definition, row.department_id, row.updated_at, row.updated_by, row.archived_at)
