"""The demo's mail: a mail server of its own on the loopback, so that mail really goes and comes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from regulars.demo.notes import MAIL_DOMAIN
from regulars.demo.postbox import Postbox, serve_postbox
from regulars.main.mail_settings import MailSettings
from regulars.main.settings import Settings

HOST = "127.0.0.1"
SENDER = f"The Reading Table <help@{MAIL_DOMAIN}>"


@contextmanager
def demo_mail(settings: Settings) -> Iterator[Settings]:
    """`settings` with the demo's mail server, which runs as long as the block; unchanged where mail is set up."""
    if settings.mail != MailSettings():
        yield settings
        return
    going, coming = _free_ports(2)
    server = serve_postbox(Postbox(settings.var), HOST, going)
    try:
        listen = f"smtp://{HOST}:{coming}?domains={MAIL_DOMAIN}"
        yield replace(settings, mail=MailSettings(f"smtp://{HOST}:{going}", SENDER, listen=listen))
    finally:
        server.stop()


def _free_ports(count: int) -> list[int]:
    """Ports nobody listens on; all are held until the last is found, so that they differ."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
