"""How a table of events is laid out: which column says what."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from regulars.catalog.feeds import COLUMNS
from regulars.kit.errors import Invalid, NotFound

FIELDS: Mapping[str, str] = {
    "message_id": "the event's own id; made from the row when there is none, so that a rerun adds nothing",
    "user_id": "the person, as your shop knows them",
    "anonymous_id": "the visitor, when nobody signed in",
    "event": "what happened, as the Segment spec calls it: Product Viewed, Order Completed …",
    "verb": "the same in one word, when the name is your own: viewed, clicked, added, removed, bought, read, rated",
    "item": "the product or article",
    "title": "what the item is called",
    "price": "of one piece",
    "currency": "EUR, GBP …",
    "quantity": "how many",
    "time": "when it happened",
    "category": "of the item, levels with >",
    "brand": "of the item",
    "url": "of the item",
    "image": "of the item",
    "kind": "of the item: product, article …",
    "order": "the order or invoice",
}
"""What a column can say; besides, context.NAME and property.NAME take anything along."""

FREE = ("context.", "property.")
NAME_OF_FILE = "abcdefghijklmnopqrstuvwxyz0123456789-_"


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which column says what.

    columns      field → column
    constants    field → the same value for every row
    timezone     of times that name none
    time_format  as Python's strptime has it, when times are not ISO 8601 or seconds since 1970
    reads        "rows", or the name of a reader with rules of its own
    """

    columns: Mapping[str, str] = {}
    constants: Mapping[str, str] = {}
    timezone: str = "UTC"
    time_format: str = ""
    reads: str = "rows"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone. Raises Invalid."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as e:
            raise Invalid(f"there is no time zone {self.timezone!r}: say it like Europe/London") from e


ONLINE_RETAIL = Layout(
    columns={
        "order": "InvoiceNo", "item": "StockCode", "title": "Description", "quantity": "Quantity",
        "time": "InvoiceDate", "price": "UnitPrice", "user_id": "CustomerID", "context.location.country": "Country",
    },
    constants={"currency": "GBP"},
    timezone="Europe/London",
    reads="online-retail",
)  # fmt: skip

BUILT_IN: Mapping[str, Layout] = {"online-retail": ONLINE_RETAIL, "segment": Layout(reads="segment")}


def choose_layout(
    name: str | None, said: Sequence[str], *, saved: Path, timezone: str = "", time_format: str = ""
) -> Layout:
    """The layout called `name` (built in, or saved in the folder `saved`), changed by what is `said` now.

    said  "field=column", or "field==value" for the same value in every row
    Raises NotFound, Invalid.
    """
    found = Layout() if name is None else _named(name, saved)
    columns, constants = dict(found.columns), dict(found.constants)
    for one in said:
        field, equals, column = one.partition("=")
        field = field.strip()
        if not equals or not column:
            raise Invalid(f"--map {one}: say field=column, or field==value for the same value in every row")
        if field not in FIELDS and not (field.startswith(FREE) and field.partition(".")[2]):
            raise Invalid(
                f"--map {one}: there is no field {field!r}; there are {', '.join(FIELDS)}, {', '.join(FREE)}…"
            )
        columns.pop(field, None), constants.pop(field, None)
        if column.startswith("="):
            constants[field] = column[1:]
        else:
            columns[field] = column
    return Layout(columns, constants, timezone or found.timezone, time_format or found.time_format, found.reads)


def save(made: Layout, name: str, *, saved: Path) -> Path:
    """Keep `made` for the next time. Raises Invalid for a name that cannot be a file's, or is built in."""
    if not name or len(name) > 64 or not set(name) <= set(NAME_OF_FILE) or name in BUILT_IN:
        raise Invalid(f"a mapping cannot be called {name!r}: use small letters, digits, - and _, and no built-in name")
    saved.mkdir(parents=True, exist_ok=True)
    file = saved / f"{name}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    return file


def _named(name: str, saved: Path) -> Layout:
    if name in BUILT_IN:
        return BUILT_IN[name]
    kept = {file.stem: file for file in saved.glob("*.json")}
    if name not in kept:
        raise NotFound(f"there is no mapping {name!r}; there are {', '.join([*BUILT_IN, *sorted(kept)])}")
    try:
        return msgspec.json.decode(kept[name].read_bytes(), type=Layout)
    except msgspec.DecodeError as e:
        raise Invalid(f"the mapping in {kept[name]} cannot be read ({e}): save it anew with --save-map") from e


def item_columns(said: Sequence[str]) -> dict[str, str]:
    """`external_id=sku`, `title.nl=naam` as field → column. Raises Invalid."""
    return _columns(said, COLUMNS, ("title.", "summary.", "url."))


def person_columns(said: Sequence[str]) -> dict[str, str]:
    """`user_id=id`, `facet:diet=dieet` as field → column. Raises Invalid."""
    return _columns(said, ("user_id", "at"), ("facet:", "consent:", "trait:"))


def _columns(said: Sequence[str], fields: Collection[str], free: Sequence[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for one in said:
        field, _, column = one.partition("=")
        if not column or (field not in fields and not field.startswith(tuple(free))):
            known = ", ".join([*fields, *(f"{f}…" for f in free)])
            raise Invalid(f"--map {one}: say field=column; the fields are {known}")
        columns[field] = column
    return columns
