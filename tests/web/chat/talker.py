"""A visitor's browser as far as the socket sees it, with a real WebSocket client."""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from websockets.sync.client import ClientConnection, connect

Frame = dict[str, Any]


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class Talker:
    """One open socket."""

    def __init__(self, address: str, key: str, *, origin: Any = None, **hello: object) -> None:
        self.secret = str(hello.setdefault("secret", new_secret()))
        self.socket: ClientConnection = connect(
            address.replace("http", "ws", 1) + "/v1/chat", origin=origin, max_size=None, open_timeout=20, legacy=True
        )  # fmt: skip
        self.heard: list[Frame] = []
        self.send({"type": "hello", "key": key, "language": "en"} | hello)

    def __enter__(self) -> "Talker":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, frame: Mapping[str, object]) -> None:
        self.socket.send(json.dumps(frame))

    def say(self, text: str, *, id: str | None = None, **more: object) -> str:
        id = id or uuid4().hex
        self.send({"type": "say", "id": id, "text": text} | more)
        return id

    def next(self, type_: str, fits: Callable[[Frame], bool] = lambda frame: True) -> Frame:
        """The next frame of that type; what comes before it is kept in `heard`."""
        while True:
            frame = json.loads(self.socket.recv(timeout=20))
            self.heard.append(frame)
            if frame["type"] == type_ and fits(frame):
                return frame  # type: ignore[no-any-return]

    def welcome(self) -> Frame:
        return self.next("welcome")

    def said(self, text: str, **more: object) -> Frame:
        """Say it and wait until it is durable."""
        id = self.say(text, **more)  # type: ignore[arg-type]
        return self.next("ack", lambda frame: frame["client"] == id)


def texts(frame: Frame) -> list[str]:
    return [m["text"] for m in frame["messages"]]
