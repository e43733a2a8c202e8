"""A real IMAP and LMTP server (Dovecot) for tests, with one user's mailbox, started and stopped at will."""

import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

import pytest

from regulars.channels.mail.store import Mailbox
from regulars.kit.ids import new_id
from tests.cast import utc
from tests.main.mailing import free_port

DOVECOT = shutil.which("dovecot") or (shutil.which("dovecot", path="/usr/sbin"))
LMTP = Path("/usr/lib/dovecot/lmtp")
SINCE = utc(2020, 1, 1)

CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{dir}/mail/%u
mail_uid = {user}
mail_gid = {group}
mail_privileged_group = {group}
imap_idle_notify_interval = 2 secs
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={dir}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Spam {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """A server with the mailbox of `help`. `user`: who on this machine it runs as."""

    folder: Path
    imap: int
    lmtp: int

    def start(self) -> None:
        """Begin, and wait until it answers."""
        assert DOVECOT
        subprocess.run(
            [DOVECOT, "-c", str(self.folder / "dovecot.conf")],
            check=True,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        for port in (self.imap, self.lmtp):
            _until_it_listens(port)

    def stop(self) -> None:
        """End it and every connection to it."""
        master = int((self.folder / "run" / "master.pid").read_text())
        children = [int(p.name) for p in Path("/proc").glob("[0-9]*") if _parent(p) == master]
        self._run("stop")
        for child in children:  # sessions would live on
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def _run(self, *more: str) -> None:
        assert DOVECOT
        told = [DOVECOT, "-c", str(self.folder / "dovecot.conf"), *more]
        subprocess.run(told, check=not more, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)  # it would hold a pipe open

    def deliver(self, *raws: bytes) -> None:
        """Post some mails into the mailbox, over LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as to:
            for raw in raws:
                to.sendmail("post@example.com", ["help"], raw)

    def put(self, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder, as a mail program does."""
        import imaplib

        with imaplib.IMAP4("127.0.0.1", self.imap) as client:
            client.login("help", "secret")
            client.append(folder, None, None, raw)

    def number_anew(self) -> None:
        """Forget which mail has which number: UIDVALIDITY changes, the mail stays. The server must be stopped."""
        for path in (self.folder / "mail").rglob("dovecot*"):
            if path.is_file():
                path.unlink()
        for path in (self.folder / "mail").rglob("dovecot-uidlist*"):
            path.unlink()

    def mailbox(self, *folders: str) -> Mailbox:
        """How it is fetched from."""
        return Mailbox(
            new_id(), "help", "help@shop.example", "127.0.0.1", self.imap, "none", "help", "secret", SINCE,
            folders or ("INBOX",),
        )  # fmt: skip


def is_missing() -> str:
    """Why there is no Dovecot here; empty when there is."""
    if not DOVECOT or not LMTP.exists():
        return "Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd (bin/test does it where it may)"
    return ""


@contextmanager
def dovecot(folder: Path) -> Iterator[Dovecot]:
    """A running server with its mail in `folder`; the test is skipped where there is none."""
    if missing := is_missing():
        pytest.skip(missing)
    user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    entry = pwd.getpwnam(user)
    import grp

    for part in ("run", "mail"):
        (folder / part).mkdir(parents=True)
        os.chown(folder / part, entry.pw_uid, entry.pw_gid)
    _open_the_way(folder)
    server = Dovecot(folder, free_port(), free_port())
    told = {"dir": folder, "user": user, "group": grp.getgrgid(entry.pw_gid).gr_name}
    (folder / "dovecot.conf").write_text(CONFIG.format(imap=server.imap, lmtp=server.lmtp, **told))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _open_the_way(folder: Path) -> None:
    """Let the server's user come to its folder."""
    for path in [folder, *folder.parents]:
        if path.stat().st_uid == os.getuid() and len(path.parts) > 2:
            path.chmod(path.stat().st_mode | 0o011)


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _until_it_listens(port: int) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"Dovecot does not listen on {port}")
