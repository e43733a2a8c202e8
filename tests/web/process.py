"""A real server process for tests: started, stopped, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

CODE = """
import sys
from pathlib import Path
from regulars.web.serve import serve
from regulars.web.settings import WebSettings
serve(WebSettings(Path(sys.argv[1])), sys.argv[2], port=int(sys.argv[3]), workers=int(sys.argv[4]))
"""


class Server:
    """`regulars.web.serve` in processes of its own."""

    def __init__(self, var: Path, url: str, *, workers: int = 1) -> None:
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-c", CODE, str(var), url, str(self.port), str(workers)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = subprocess.Popen(self._command, start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.address}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """Kill all of its processes, at once, without a word (SIGKILL)."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(20)
        self._process = None
        return code


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
