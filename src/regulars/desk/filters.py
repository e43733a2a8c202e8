"""Conditions about conversations: what can be asked, and its two readings, over a row in memory and in SQL.

Both mean the same (a property test holds them together). What a field holds is a list: text is compared exactly, and
searched without case and accents in what was folded when it was written.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from regulars.desk.model import Row
from regulars.kit.conditions import Field, Kind, Subject, Vocabulary, number
from regulars.kit.json import Json
from regulars.kit.text import fold
from regulars.team import AgentId

OPEN = "field."
ME = "me"
"""The agent who asks: "assignee is me" is one shared view for everybody."""


def _field(name: str, kind: Kind, en: str, es: str, nl: str) -> Field:
    return Field(name, kind, {"en": en, "es": es, "nl": nl})


FIELDS = Vocabulary.of(
    [
        _field("status", Kind.TEXT, "Status", "Estado", "Status"),
        _field("priority", Kind.TEXT, "Priority", "Prioridad", "Prioriteit"),
        _field("channel", Kind.TEXT, "Channel", "Canal", "Kanaal"),
        _field("department", Kind.TEXT, "Department", "Departamento", "Afdeling"),
        _field("assignee", Kind.TEXT, "Assignee", "Asignada a", "Toegewezen aan"),
        _field("tag", Kind.TEXT, "Tag", "Etiqueta", "Label"),
        _field("language", Kind.TEXT, "Language", "Idioma", "Taal"),
        _field("subject", Kind.TEXT, "Subject", "Asunto", "Onderwerp"),
        _field("name", Kind.TEXT, "Customer's name", "Nombre del cliente", "Naam van de klant"),
        _field("address", Kind.TEXT, "Customer's address", "Dirección del cliente", "Adres van de klant"),
        _field("number", Kind.NUMBER, "Number", "Número", "Nummer"),
        _field("messages", Kind.NUMBER, "Messages", "Mensajes", "Berichten"),
        _field("snoozed", Kind.FLAG, "Snoozed", "Pospuesta", "Uitgesteld"),
        _field("waiting_hours", Kind.NUMBER, "Hours waiting", "Horas esperando", "Uren wachtend"),
        _field("idle_hours", Kind.NUMBER, "Hours without a word", "Horas sin mensajes", "Uren zonder bericht"),
        _field("age_hours", Kind.NUMBER, "Hours since it began", "Horas desde el inicio", "Uren sinds het begin"),
        _field("created", Kind.MOMENT, "Began", "Inicio", "Begonnen"),
        _field("last", Kind.MOMENT, "Last message", "Último mensaje", "Laatste bericht"),
        _field("due", Kind.MOMENT, "Answer owed", "Respuesta debida", "Antwoord verschuldigd"),
    ],
    open=(OPEN,),
)  # fmt: skip
"""What can be asked of a conversation; `field.NAME` asks a custom field."""


def folded(subject: str, name: str, address: str, tags: Sequence[str], fields: Mapping[str, Json]) -> dict[str, Json]:
    """What is kept beside a conversation for the reading in SQL: PostgreSQL cannot fold as `kit.text` does."""
    texts: dict[str, Json] = {}
    numbers: dict[str, Json] = {}
    for key, value in fields.items():
        values = _values(value)
        texts[key] = [fold(v) for v in values if isinstance(v, str)]
        numbers[key] = [n for v in values if (n := number(v)) is not None]
    return {
        "subject": [fold(subject)] if subject else [], "name": [fold(name)] if name else [],
        "address": [fold(address)] if address else [], "tag": [fold(t) for t in tags],
        "texts": texts, "numbers": numbers,
    }  # fmt: skip


def subject_of(row: Row, fields: Mapping[str, Json], me: AgentId | None, now: datetime) -> Subject:
    """`row` as conditions ask it."""

    def ask(name: str, /) -> Sequence[Json]:
        if name.startswith(OPEN):
            return _values(fields.get(name.removeprefix(OPEN)))
        return _VALUES[name](row, me, now)

    return ask


def _values(value: Json) -> list[Json]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [v for v in value if v is not None]
    return [] if value is None else [value]


def _hours(since: datetime | None, now: datetime) -> list[Json]:
    return [] if since is None else [(now - since).total_seconds() / 3600]


def _moment(at: datetime | None) -> list[Json]:
    return [] if at is None else [at.isoformat()]


def _assignee(row: Row, me: AgentId | None, _: datetime) -> list[Json]:
    mine: list[Json] = [ME] if row.assignee is not None and row.assignee == me else []
    return [] if row.assignee is None else [str(row.assignee), *mine]


_VALUES: Mapping[str, Callable[[Row, AgentId | None, datetime], Sequence[Json]]] = {
    "status": lambda row, *_: [row.status.value],
    "priority": lambda row, *_: [row.priority.name.lower()],
    "channel": lambda row, *_: [row.channel.value],
    "department": lambda row, *_: [str(row.department)] if row.department else [],
    "assignee": _assignee,
    "tag": lambda row, *_: list(row.tags),
    "language": lambda row, *_: [row.language] if row.language else [],
    "subject": lambda row, *_: [row.subject] if row.subject else [],
    "name": lambda row, *_: [row.name] if row.name else [],
    "address": lambda row, *_: [row.address] if row.address else [],
    "number": lambda row, *_: [row.number],
    "messages": lambda row, *_: [row.messages],
    "snoozed": lambda row, _, now: [row.snoozed_until is not None and row.snoozed_until > now],
    "waiting_hours": lambda row, _, now: _hours(row.waiting_since, now),
    "idle_hours": lambda row, _, now: _hours(row.last_at, now),
    "age_hours": lambda row, _, now: _hours(row.created_at, now),
    "created": lambda row, *_: _moment(row.created_at),
    "last": lambda row, *_: _moment(row.last_at),
    "due": lambda row, *_: _moment(row.due_at),
}
