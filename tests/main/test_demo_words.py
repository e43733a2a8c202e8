"""What the demo says when it starts."""

from pathlib import Path

import pytest

from regulars.demo.notes import Notes
from regulars.main.demo_words import tell


def test_the_notes_are_said_to_be_where_they_are(capsys: pytest.CaptureFixture[str]):
    tell(Notes("http://127.0.0.1:8010", "wk", "sk", people=1893, events=40_000), Path("elsewhere"))
    said = capsys.readouterr().out
    assert "elsewhere/demo.json" in said and "var/demo.json" not in said
    assert "1,893 guests who let us learn from them" in said
