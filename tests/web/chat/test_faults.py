"""The server is killed while visitors talk: nothing is lost, nothing is doubled, everything is in order."""

import asyncio
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[3] / "bench/chat_faults.py"


def bench() -> ModuleType:
    """The fault run as it is measured; here it is short."""
    spec = importlib.util.spec_from_file_location("chat_faults", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["chat_faults"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
def test_killed_three_times_no_message_is_lost_or_doubled(database_url: str, tmp_path: Path):
    run = bench()
    server = run.Killed(tmp_path, database_url)
    server.start()
    try:
        people = asyncio.run(run.faults(server, run.new_key(database_url), visitors=10, kills=3))
    finally:
        server.kill()
    found = run.look(database_url, people)
    assert found.said > 10
    assert (found.lost, found.doubled, found.disordered) == (0, 0, 0)
