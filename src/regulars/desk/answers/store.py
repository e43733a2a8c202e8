"""Every SQL statement about ready answers."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.answers.model import AnswerFile, AnswerId, AnswerText, NewAnswer, ReadyAnswer, Scope
from regulars.desk.answers.words import CONFIG, prefixes
from regulars.kit.text import fold
from regulars.store import Db
from regulars.team import Agent, DepartmentId, Role

SEEN = """(a.scope = 'global' or a.agent_id = :agent
    or (a.scope = 'team' and (:everywhere or a.department_id = any(:departments))))"""

ANSWERS = f"""
select a.id, a.shortcut, a.scope, a.agent_id, a.department_id, a.tags, a.uses, a.used_at, a.updated_at, a.updated_by,
    a.archived_at,
    (select jsonb_object_agg(t.language, jsonb_build_array(t.title, t.text))
     from ready_answer_texts t where t.answer_id = a.id) as texts,
    (select jsonb_agg(jsonb_build_array(f.id, f.name, f.type, length(f.content), f.language) order by f.id)
     from ready_answer_files f where f.answer_id = a.id) as files
from ready_answers a where {SEEN}"""  # noqa: S608  fixed parts only

TEXTS = """
insert into ready_answer_texts (answer_id, language, title, text, search, words)
values (:answer, :language, :title, :text,
    setweight(to_tsvector(cast(:config as regconfig), :folded_title), 'A')
        || to_tsvector(cast(:config as regconfig), :folded_text),
    to_tsvector('simple', :folded_title || ' ' || :folded_text))"""


def who(agent: Agent) -> dict[str, object]:
    """The parameters of SEEN."""
    return {
        "agent": agent.id,
        "everywhere": agent.role.may(Role.MANAGER),
        "departments": list(agent.departments),
    }


def insert(db: Db, id: AnswerId, new: NewAnswer, *, agent: Agent, now: datetime) -> None:
    """Add a ready answer and its texts."""
    db.execute(
        sa.text("""
        insert into ready_answers (id, shortcut, scope, agent_id, department_id, tags, created_at, created_by,
            updated_at, updated_by)
        values (:id, :shortcut, :scope, :owner, :department, :tags, :now, :by, :now, :by)"""),
        {"id": id, "owner": agent.id if new.scope is Scope.PERSONAL else None, "now": now} | _columns(new, agent),
    )
    _write_texts(db, id, new)


def update(db: Db, id: AnswerId, new: NewAnswer, *, agent: Agent, now: datetime) -> None:
    """Replace a ready answer and its texts."""
    db.execute(
        sa.text("""
        update ready_answers set shortcut = :shortcut, scope = :scope, department_id = :department, tags = :tags,
            agent_id = case when :scope = 'personal' then coalesce(agent_id, :owner) end,
            updated_at = :now, updated_by = :by
        where id = :id"""),
        {"id": id, "owner": agent.id, "now": now} | _columns(new, agent),
    )
    db.execute(sa.text("delete from ready_answer_texts where answer_id = :id"), {"id": id})
    _write_texts(db, id, new)


def archive(db: Db, id: AnswerId, at: datetime | None, *, by: str, now: datetime) -> None:
    """Put it away, or back (`at` None)."""
    db.execute(
        sa.text("update ready_answers set archived_at = :at, updated_at = :now, updated_by = :by where id = :id"),
        {"id": id, "at": at, "now": now, "by": by},
    )


def find(db: Db, id: AnswerId, agent: Agent) -> ReadyAnswer | None:
    """The answer, when this agent may see it."""
    row = db.execute(sa.text(ANSWERS + " and a.id = :id"), who(agent) | {"id": id}).mappings().first()
    return _answer(row) if row else None


def shelf(db: Db, agent: Agent, *, archived: bool) -> list[ReadyAnswer]:
    """All this agent may see, the most used first."""
    gone = "a.archived_at is not null" if archived else "a.archived_at is null"
    statement = f"{ANSWERS} and {gone} order by a.uses desc, a.updated_at desc, a.id limit 2000"
    return [_answer(row) for row in db.execute(sa.text(statement), who(agent)).mappings()]


def searched(db: Db, agent: Agent, typed: str, language: str, most: int) -> list[ReadyAnswer]:
    """Those with every word of `typed`, or one that begins so, in any language; a shortcut that begins so first."""
    statement = f"""{ANSWERS} and a.archived_at is null and (
        starts_with(lower(a.shortcut), :typed) or exists (select from ready_answer_texts t where t.answer_id = a.id and
        t.words @@ to_tsquery('simple', :query)))
        order by starts_with(lower(a.shortcut), :typed) desc,
            exists (select from ready_answer_texts t where t.answer_id = a.id and t.language = :language) desc,
            a.uses desc, a.id limit :most"""  # noqa: S608  fixed parts only
    given = {"typed": fold(typed), "query": prefixes(typed), "language": language, "most": most}
    return [_answer(row) for row in db.execute(sa.text(statement), who(agent) | given).mappings()]


def count_use(db: Db, id: AnswerId, now: datetime) -> None:
    """It went out once more."""
    db.execute(
        sa.text("update ready_answers set uses = uses + 1, used_at = :now where id = :id"), {"id": id, "now": now}
    )


def add_file(db: Db, answer: AnswerId, file: AnswerFile, content: bytes) -> None:
    """Keep a file that goes along."""
    db.execute(
        sa.text("""insert into ready_answer_files (id, answer_id, language, name, type, content)
        values (:id, :answer, :language, :name, :type, :content)"""),
        {"id": file.id, "answer": answer, "language": file.language, "name": file.name, "type": file.type,
         "content": content},
    )  # fmt: skip


def remove_file(db: Db, answer: AnswerId, file: UUID) -> bool:
    """Whether there was one to take away."""
    gone = sa.text("delete from ready_answer_files where id = :file and answer_id = :answer")
    return bool(db.execute(gone, {"file": file, "answer": answer}).rowcount)


def contents(db: Db, answer: AnswerId) -> dict[UUID, bytes]:
    """Every file of an answer."""
    found = db.execute(
        sa.text("select id, content from ready_answer_files where answer_id = :answer"), {"answer": answer}
    )
    return {id: bytes(content) for id, content in found}


def department_exists(db: Db, department: DepartmentId) -> bool:
    """Whether there is such a department, not archived."""
    found = sa.text("select exists (select from departments where id = :id and archived_at is null)")
    return bool(db.execute(found, {"id": department}).scalar_one())


def standing(db: Db, conversation: UUID) -> sa.RowMapping:
    """What an answer may say of a conversation."""
    found = sa.text("""select number, subject, language, name, address, person_id, department_id
        from conversations where id = :id""")
    return db.execute(found, {"id": conversation}).mappings().one()


def _columns(new: NewAnswer, agent: Agent) -> dict[str, object]:
    return {
        "shortcut": new.shortcut,
        "scope": new.scope.value,
        "department": new.department,
        "tags": list(new.tags),
        "by": f"agent:{agent.email}",
    }


def _write_texts(db: Db, id: AnswerId, new: NewAnswer) -> None:
    for language, text in new.texts.items():
        db.execute(
            sa.text(TEXTS),
            {
                "answer": id, "language": language, "title": text.title, "text": text.text,
                "config": CONFIG.get(language, "simple"), "folded_title": fold(text.title),
                "folded_text": fold(f"{text.text} {' '.join(new.tags)}"),
            },
        )  # fmt: skip


def _answer(row: sa.RowMapping) -> ReadyAnswer:
    return ReadyAnswer(
        texts={code: AnswerText(title, text) for code, (title, text) in row["texts"].items()},
        scope=Scope(row["scope"]),
        department=row["department_id"],
        shortcut=row["shortcut"],
        tags=tuple(row["tags"]),
        id=row["id"],
        agent=row["agent_id"],
        uses=row["uses"],
        used_at=row["used_at"],
        updated_at=row["updated_at"],
        updated_by=row["updated_by"],
        archived_at=row["archived_at"],
        files=tuple(AnswerFile(UUID(id), name, type, size, code) for id, name, type, size, code in row["files"] or ()),
    )
