"""What a benchmark's items say about themselves, from a file beside the events.

A JSON object "item → value", JSON Lines with "item", or CSV with a column item. A value is a text, a list of
attributes, or an object with title, category and any attributes.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from regulars.catalog.feeds import opened
from regulars.catalog.feeds.files import text as text_of
from regulars.catalog.model import Item
from regulars.kit.errors import Invalid
from regulars.kit.ids import ItemId
from regulars.kit.json import Json
from regulars.taste.content import content_of
from regulars.taste.model import Content

ITEM = ("item", "itemid", "item_id", "id", "sku", "asin", "stockcode")


def read_content(path: Path, names: Sequence[str]) -> Content:
    """The content of items 1 … by their `names`; an item the file does not name says nothing. Raises Invalid."""
    if not path.is_file():
        raise Invalid(f"there is no file {path}")
    numbers = {name: number for number, name in enumerate(names, 1)}
    items = {numbers[name]: _item(name, numbers[name], said) for name, said in _rows(path) if name in numbers}
    if not items:
        raise Invalid(f"{path}: none of its items is in the events")
    return content_of(items, len(names) + 1)


def lines_of(path: Path) -> Iterator[str]:
    """Lines of a plain or gzipped file; letters that are not UTF-8 are kept apart, not lost. Raises Invalid."""
    if not path.is_file():
        raise Invalid(f"there is no file {path}")
    with path.open("rb") as packed:
        if packed.read(4) == b"PK\x03\x04":
            raise Invalid(f"{path} is a zip file: unpack it first")
    with opened(path) as file:
        if path.suffix == ".gz" and file.stream is file.file:
            raise Invalid(f"{path} is called .gz and is no gzip file: get it anew, or call it what it is")
        yield from text_of(file.stream)


def _rows(path: Path) -> Iterator[tuple[str, Json]]:
    text = "".join(lines_of(path))
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and not any(name in whole for name in ITEM):
        yield from whole.items()
        return
    try:
        if text.lstrip().startswith("{"):
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            rows = list(csv.DictReader(text.splitlines()))
    except (ValueError, csv.Error) as error:
        raise Invalid(f"{path}: {error}") from error
    for row in rows:
        key = next((name for name in row if isinstance(name, str) and name.strip().lower() in ITEM), None)
        if key is None:
            raise Invalid(f"{path}: name the item in one of {', '.join(ITEM)}")
        yield str(row[key]), {name: value for name, value in row.items() if name != key and name is not None}


def _item(name: str, number: int, said: Json) -> Item:
    if not isinstance(said, Mapping):
        said = {"title": said} if isinstance(said, str) else {"attribute": said}
    title, category = said.get("title", said.get("name", "")), said.get("category", ())
    attributes = {key: _text(value) for key, value in said.items() if key not in ("title", "name", "category")}
    steps = _text(category)
    return Item(
        name,
        title={"en": str(title)} if title else {},
        category=tuple([steps] if isinstance(steps, str) and steps else steps if isinstance(steps, list) else ()),
        attributes={key: value for key, value in attributes.items() if value},
        id=ItemId(number),
    )


def _text(value: Json) -> "str | list[str]":
    """A value as text, a list as texts: numbers of a benchmark are names."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return "" if value is None else str(value)
