"""The brake on abuse."""

import pytest

from regulars.kit.errors import TooMany
from regulars.web import limits
from regulars.web.limits import Brake


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("regulars.web.limits.time.monotonic", lambda: now[0])
    return now


def test_a_burst_is_fine_and_then_it_is_so_many_a_minute(clock: list[float]):
    brake = Brake(60)
    for _ in range(60):
        brake.spend("a")
    with pytest.raises(TooMany):
        brake.spend("a")
    brake.spend("b")
    clock[0] += 1.0
    brake.spend("a")
    with pytest.raises(TooMany):
        brake.spend("a")


def test_waiting_longer_saves_up_no_more_than_a_burst(clock: list[float]):
    brake = Brake(2)
    clock[0] += 3_600
    brake.spend("a")
    brake.spend("a")
    with pytest.raises(TooMany):
        brake.spend("a")


def test_addresses_without_end_fill_no_memory(clock: list[float], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_ADDRESSES", 5)
    brake = Brake(1)
    for n in range(20):
        brake.spend(str(n))
    assert len(brake._buckets) == 5
