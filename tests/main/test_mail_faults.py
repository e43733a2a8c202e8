"""A small run of `bench/mail_faults.py`: workers killed with -9, IMAP restarted, mails numbered anew; nothing lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.channels.mail.dovecots import is_missing

BENCH = Path(__file__).parent.parent.parent / "bench" / "mail_faults.py"


@pytest.mark.long
def test_nothing_is_lost_doubled_or_misplaced_when_workers_are_killed():
    if missing := is_missing():
        pytest.skip(missing)
    ran = subprocess.run(
        [sys.executable, str(BENCH), "--mails", "40", "--seconds", "10", "--answers", "4"],
        capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
    assert "lost 0, double 0, in a wrong conversation 0" in ran.stdout
