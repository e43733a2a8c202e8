"""The site's own short texts. They belong to the shop, so they are not in Regulars' catalogues."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from regulars.kit.text import pick

FILE = Path(__file__).parent / "texts.json"

Texts = Callable[..., str]
"""`t("basket.title")`, `t("basket.count", n=3)`."""


@lru_cache
def texts(language: str) -> Texts:
    """Speaks the site's texts in `language`."""
    known = _all()

    def say(key: str, **values: object) -> str:
        return pick(known[key], language).format(**values)

    return say


@lru_cache
def _all() -> Mapping[str, Mapping[str, str]]:
    return msgspec.json.decode(FILE.read_bytes(), type=dict[str, dict[str, str]])
