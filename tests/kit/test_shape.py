"""From JSON to typed values."""

from dataclasses import dataclass

import pytest

from regulars.kit.errors import Invalid
from regulars.kit.shape import shaped


@dataclass(frozen=True)
class Inner:
    size: int


@dataclass(frozen=True)
class Outer:
    name: str
    inner: tuple[Inner, ...] = ()


def test_what_fits_becomes_the_value():
    assert shaped({"name": "x", "inner": [{"size": 1}]}, Outer) == Outer("x", (Inner(1),))
    assert shaped(b'{"name": "x"}', Outer) == Outer("x")


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"name": "x", "inner": [{"size": "1"}]}, "slot.inner[0].size"),
        ({"name": 3}, "slot.name"),
        ({}, "slot"),
        ([], "slot"),
        (b"{", "slot"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(raw, path):
    with pytest.raises(Invalid) as fault:
        shaped(raw, Outer, path="slot")
    assert list(fault.value.fields) == [path]
