"""Webhooks are signed, reach no private address, and end in time."""

import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.channels.webhook import Answered, NotReached, guarded, post, signed, verify
from regulars.kit.errors import Forbidden, Invalid, Unauthorized
from tests.cast import NOW

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Other(BaseHTTPRequestHandler):
    """The other server: it remembers what it heard, and answers by path."""

    heard: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.append((dict(self.headers), body))  # type: ignore[attr-defined]
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("location", "http://127.0.0.1:1/")
        elif self.path == "/rude":
            self.close_connection = True
            return
        else:
            self.send_response(410 if self.path == "/gone" else 200)
        self.end_headers()
        self.wfile.write(b"thanks" * 1000)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other():
    server = HTTPServer(("127.0.0.1", 0), Other)
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(other, path="/"):
    return f"http://127.0.0.1:{other.server_port}{path}"


def tell(where, **how):
    return post(where, b'{"a":1}', secret=SECRET, message="msg_1", now=NOW, **how)


def test_the_other_server_gets_it_signed(other):
    answer = tell(url(other), private=True, headers={"X-Mine": "yes", "Webhook-Id": "forged"})
    assert isinstance(answer, Answered) and answer.accepted and answer.words.startswith("thanks")
    ((headers, body),) = other.heard
    assert verify(SECRET, headers, body, now=NOW) == "msg_1"
    assert headers["X-Mine"] == "yes"


def test_a_redirect_is_an_answer_and_not_followed(other):
    answer = tell(url(other, "/elsewhere"), private=True)
    assert isinstance(answer, Answered) and answer.status == 302 and not answer.accepted


def test_what_is_gone_is_not_tried_again(other):
    answer = tell(url(other, "/gone"), private=True)
    assert isinstance(answer, Answered) and answer.permanent


def test_a_server_that_hangs_up_may_have_heard_it(other):
    answer = tell(url(other, "/rude"), private=True)
    assert isinstance(answer, NotReached) and answer.sent


def test_a_server_that_is_not_there_heard_nothing():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answer = tell(f"http://127.0.0.1:{port}/", private=True, timeout_seconds=2)
    assert isinstance(answer, NotReached) and not answer.sent


INSIDE = [
    "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://192.168.1.1/", "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data", "https://0.0.0.0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/", "https://[fe80::1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
    "https://100.64.0.1/", "https://224.0.0.1/", "https://2130706433/", "https://127.1/", "https://[::]/",
]  # fmt: skip


@pytest.mark.parametrize("where", INSIDE)
def test_nothing_inside_our_net_is_reached(where):
    with pytest.raises((Forbidden, Invalid)):
        guarded(where)


@pytest.mark.parametrize(
    "where", ["http://8.8.8.8/", "ftp://8.8.8.8/", "https://u:p@8.8.8.8/", "https://", "8.8.8.8", "https://8.8.8.8:x/",
              "https://8.8.8.8/a b", "https://8.8.8.8/\xe9", "https://no-such-name.invalid/"],
)  # fmt: skip
def test_what_is_no_public_https_address_is_refused(where):
    with pytest.raises(Invalid):
        guarded(where)


def test_a_public_address_passes_and_is_pinned():
    target = guarded("https://8.8.8.8:8443/hook?a=1")
    assert (target.address, target.port, target.path, target.tls) == ("8.8.8.8", 8443, "/hook?a=1", True)


@given(body=st.binary(max_size=200), other=st.binary(max_size=200), off=st.integers(-100_000, 100_000))
def test_only_the_signed_bytes_in_time_are_believed(body, other, off):
    headers = signed(SECRET, "m", body, NOW)
    if abs(off) <= 300:
        assert verify(SECRET, headers, body, now=NOW + timedelta(seconds=off)) == "m"
    else:
        with pytest.raises(Unauthorized):
            verify(SECRET, headers, body, now=NOW + timedelta(seconds=off))
    if other != body:
        with pytest.raises(Unauthorized):
            verify(SECRET, headers, other, now=NOW)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_message_without_all_of_its_signature_is_refused(missing):
    headers = {k: v for k, v in signed(SECRET, "m", b"x", NOW).items() if k != missing}
    with pytest.raises(Unauthorized):
        verify(SECRET, headers, b"x", now=NOW)
