"""Importing people: traits, what they chose, what they allow."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from regulars import people
from regulars.catalog import Rejected
from regulars.catalog.feeds import Format, Record, opened, read_rows, rejected
from regulars.choices.definitions import Definitions, definitions
from regulars.choices.model import Many
from regulars.choices.validate import definition_of, validate
from regulars.choices.verbs import choose
from regulars.kit.errors import Fault, Invalid
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.main.imports.report import Counts, Report
from regulars.main.imports.rows import WrongTable
from regulars.main.imports.run import Job, run
from regulars.main.imports.values import clock, person_id
from regulars.people.model import Consent, Facet, IdentifyCall, Identity, IdentityKind, Purpose
from regulars.store import Database, Db

BY = "import"
USER_COLUMNS = ("user_id", "userid", "user", "customer_id", "customerid", "id")
YES, NO = {"yes", "true", "1", "y", "si", "sí", "ja"}, {"no", "false", "0", "n", "nee"}
BATCH = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A person of a file, understood but not yet written."""

    row: Record
    user: Identity
    traits: Mapping[str, Json] = field(default_factory=dict)
    facets: Mapping[str, Json] = field(default_factory=dict)
    consents: Mapping[Purpose, bool] = field(default_factory=dict)
    at: datetime | None = None


def import_people(
    path: Path, columns: Mapping[str, str], *, format: Format, database: Database | None, rejects: Path, now: datetime
) -> Report:
    """Import people; without a database nothing is written. Raises Invalid when the file is unusable."""
    report = Report(f"People from {path.name}", known_word="the same as before", dry=database is None)
    known = _definitions(database)
    with opened(path) as file:
        read = person_reader(columns, known, now=now)
        rows = (row if isinstance(row, Rejected) else read(row) for row in read_rows(file, format))
        return run(Job(rows, _writer(database, known, now), BATCH), report, file, rejects)


def person_reader(
    columns: Mapping[str, str], known: Definitions | None, *, now: datetime
) -> Callable[[Record], Known | Rejected]:
    """What makes a person of a row, or says why it is none.

    columns  user_id, facet:NAME, consent:PURPOSE, trait:NAME, at → column; other columns are named so, or traits
    known    the facets there are; None when that cannot be asked (a dry run)
    """
    when = clock(UTC, "", now)

    def read(row: Record) -> Known | Rejected:
        said = dict(_named(columns, row.values))
        try:
            user = person_id(said.pop("user_id", None), "user_id")
            if not user:
                raise Invalid("user_id is missing")
            at = said.pop("at", None)
            return Known(
                row, Identity(IdentityKind.USER, user),
                {k.removeprefix("trait:"): v for k, v in said.items() if ":" not in k or k.startswith("trait:")},
                {k[6:]: _facet(k[6:], v, known) for k, v in said.items() if k.startswith("facet:")},
                {_purpose(k[8:]): _granted(k, v) for k, v in said.items() if k.startswith("consent:")},
                when(at) if at else None,
            )  # fmt: skip
        except Fault as e:
            return rejected(row.line, e.detail, row.raw)

    return read


def _named(columns: Mapping[str, str], values: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    missing = [c for c in columns.values() if c not in values]
    if missing:
        raise WrongTable(f"there is no column {missing[0]!r}; there are {', '.join(map(str, values))}")
    field_of = {column: name for name, column in columns.items()}
    if "user_id" not in columns:
        folded = {name.strip().casefold(): name for name in values}
        user = next((folded[name] for name in USER_COLUMNS if name in folded), None)
        if user is None:
            raise WrongTable(f"no column says who it is: --map user_id=COLUMN; there are {', '.join(map(str, values))}")
        field_of[user] = "user_id"
    for column, value in values.items():
        if value not in (None, "") and column:
            yield field_of.get(column, column), value


def _facet(name: str, said: Json, known: Definitions | None) -> Json:
    """A value as its facet takes it: "vegan|halal" is a list where several are meant. Raises Invalid, NotFound."""
    if known is None:
        return said
    definition = definition_of(known, name)
    if definition.many is Many.FLAG:
        said = _granted(name, said)
    elif definition.many is not Many.ONE and isinstance(said, str):
        said = [part.strip() for part in said.split("|") if part.strip()]
    return validate(definition, said)


def _purpose(name: str) -> Purpose:
    try:
        return Purpose(name)
    except ValueError as e:
        raise Invalid(f"there is no purpose {name!r}; there are {', '.join(Purpose)}") from e


def _granted(name: str, said: Json) -> bool:
    word = str(said).strip().casefold()
    if word in YES or word in NO:
        return word in YES
    raise Invalid(f"{name} should be yes or no")


def _definitions(database: Database | None) -> Definitions | None:
    if database is None:
        return None
    with database.begin() as db:
        return definitions(db)


def _writer(
    database: Database | None, known: Definitions | None, now: datetime
) -> Callable[[Sequence[Known]], tuple[Counts, Sequence[Rejected]]] | None:
    if database is None or known is None:
        return None

    def write(batch: Sequence[Known]) -> tuple[Counts, Sequence[Rejected]]:
        counts, late = Counts(), list[Rejected]()
        with database.begin() as db:
            nodes = people.resolve(db, {one.user for one in batch}, now=now)
            for one in batch:
                try:
                    with db.begin_nested():
                        counts += _write_one(db, nodes[one.user], one, known, now)
                except Fault as e:
                    late.append(rejected(one.row.line, e.detail, one.row.raw))
        return counts, late

    return write


def _write_one(db: Db, node: PersonId, one: Known, known: Definitions, now: datetime) -> Counts:
    before = people.profile_of(db, node)
    news = {name: value for name, value in one.traits.items() if before.traits.get(name) != value}
    if news:
        people.set_traits(db, node, news)
    if "email" in news:
        told = IdentifyCall(one.user.value, proven=True, source=BY, email=people.email_of(news))
        people.identify(db, told, now=now)
    stated = {n: v for n, v in one.facets.items() if _may_state(before.facets.get((n, "")), v, one.at)}
    for name, value in stated.items():
        choose(db, node, name, value, by=BY, now=one.at or now, known=known)
    consented = _consent(db, node, one, now)
    if not (news or stated or consented):
        return Counts(known=1)
    return Counts(changed=1) if before.traits or before.facets or before.consents else Counts(new=1)


def _may_state(held: Facet | None, value: Json, at: datetime | None) -> bool:
    """A file says nothing over what the person said here themselves, unless it knows that theirs is older."""
    if held is None or held.stated_at is None:
        return True
    if held.stated == value:
        return False
    return held.stated_by == BY if at is None else at > held.stated_at


def _consent(db: Db, node: PersonId, one: Known, now: datetime) -> bool:
    if not one.consents:
        return False
    latest: dict[Purpose, Consent] = {}
    for line in people.consents(db, people.root(db, node)):
        latest.setdefault(line.purpose, line)
    changed = False
    for purpose, granted in one.consents.items():
        said = latest.get(purpose)
        theirs = said is not None and said.source != BY and not (one.at and one.at > said.at)
        if theirs or (said is not None and said.granted == granted):
            continue
        people.consent(db, node, Consent(purpose, granted, "imported", "und", BY, one.at or now))
        changed = True
    return changed
