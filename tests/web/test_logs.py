"""A fault of ours is written down with its place, and without what people told us."""

import json

import pytest
import structlog

from regulars.web import logs


def test_a_fault_is_one_json_line_without_the_values_of_variables(capsys: pytest.CaptureFixture[str]):
    before = structlog.get_config()
    try:
        logs.configure()
        secret = "vera is allergic to nuts"
        try:
            raise KeyError(len(secret))
        except KeyError:
            structlog.get_logger().exception("fault of ours", noted="01a2")
        line = capsys.readouterr().err
    finally:
        structlog.configure(**before)
    said = json.loads(line)
    assert (said["event"], said["noted"], said["level"]) == ("fault of ours", "01a2", "error")
    assert "KeyError: 24" in said["exception"]
    assert secret not in line
