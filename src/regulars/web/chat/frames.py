"""What goes over the visitors' socket, one JSON object a frame; `type` says which."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, json

from regulars.desk.chat import InvitationAnswer

LONGEST_TEXT = 4_000
MOST_FILES = 3
LARGEST_FILE = 5_000_000
LARGEST_FRAME = 21_000_000  # three files in base64, and words
LARGEST_HELLO = 12_000
Short = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=2_000)]


class PageIn(Struct, frozen=True, tag="page", tag_field="type"):
    """The visitor looks at another page."""

    url: Long = ""
    title: Annotated[str, Meta(max_length=500)] = ""


class Hello(Struct, tag="hello", tag_field="type"):
    """The first frame: who it is.

    key      a write key, whose origins name the site
    secret   of this browser, for its chat alone; anonymous: the id its events carry, only after consent
    token    a person token of the company
    here     the visitor consented: they may be seen in the list of visitors now on the site
    """

    key: Short
    secret: Short
    anonymous: Annotated[str, Meta(min_length=1, max_length=512)] | None = None
    token: Annotated[str, Meta(max_length=4_096)] | None = None
    language: Annotated[str, Meta(max_length=35)] = "en"
    page: PageIn = PageIn()
    visits: Annotated[int, Meta(ge=0, le=1_000_000)] = 1
    here: bool = False


class FileIn(Struct):
    """A file, its content in base64."""

    name: Annotated[str, Meta(max_length=500)]
    data: bytes


class SayIn(Struct, tag="say", tag_field="type"):
    """A message. `id`: chosen by the browser; sent again with it, it is still one message.

    email   where the visitor wants the answer when nobody is there
    """

    id: Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$")]
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)] = ""
    files: Annotated[list[FileIn], Meta(max_length=MOST_FILES)] = []
    email: Annotated[str, Meta(max_length=320)] = ""


class TypingIn(Struct, tag="typing", tag_field="type"):
    """The visitor is typing."""


class SeenIn(Struct, tag="seen", tag_field="type"):
    """The visitor has seen everything up to this message."""

    last: Annotated[int, Meta(ge=0, le=2**62)]


class AnswerIn(Struct, tag="invitation", tag_field="type"):
    """What the visitor made of an invitation."""

    id: UUID
    answer: InvitationAnswer


class Ping(Struct, tag="ping", tag_field="type"):
    """Still there?"""


Frame = Hello | PageIn | SayIn | TypingIn | SeenIn | AnswerIn | Ping
read = json.Decoder(Frame).decode
write = json.Encoder().encode


class FileOut(Struct):
    """A file to open: the address works for a day."""

    name: str
    type: str
    size: int
    url: str
    picture: bool


class MessageOut(Struct, tag="message", tag_field="type", omit_defaults=True):
    """A message of the conversation. `client`: the id this browser gave it."""

    id: int
    at: datetime
    own: bool
    text: str
    name: str = ""
    client: str = ""
    files: list[FileOut] = []


class PlaceOut(Struct):
    """A place in the queue, 1 = next, and the wait."""

    number: int
    seconds: int


class StandingOut(Struct, tag="standing", tag_field="type"):
    """Whether somebody can answer: open, busy, nobody or closed."""

    standing: str
    opens: datetime | None
    place: PlaceOut | None


class ThreadOut(Struct, tag="thread", tag_field="type"):
    """The conversation as it stands: what is not in it was taken back."""

    messages: list[MessageOut]


class Welcome(Struct, tag="welcome", tag_field="type"):
    """Let in."""

    greeting: str
    standing: StandingOut
    messages: list[MessageOut]
    files: bool
    privacy: str


class Ack(Struct, tag="ack", tag_field="type"):
    """The message is durable; it has this number and time now."""

    client: str
    id: int
    at: datetime


class Refused(Struct, tag="refused", tag_field="type"):
    """This message cannot be taken, and why; sending it again does not help."""

    client: str
    detail: str


class Later(Struct, tag="later", tag_field="type"):
    """For a moment it cannot be taken: send it again in some seconds."""

    client: str


class TypingOut(Struct, tag="typing", tag_field="type"):
    """An agent is typing."""


class SeenOut(Struct, tag="seen", tag_field="type"):
    """An agent has seen everything up to this message."""

    last: int


class InvitationOut(Struct, tag="invitation", tag_field="type"):
    """Somebody asks whether the visitor wants to chat."""

    id: UUID
    text: str


class Anew(Struct, tag="anew", tag_field="type"):
    """The secret belongs to somebody who signed in: forget it and its chat, make a new one, come again."""


class Fault(Struct, tag="fault", tag_field="type"):
    """The socket is closed after this, for this reason."""

    detail: str
    status: int


class Pong(Struct, tag="pong", tag_field="type"):
    """Still here."""


Out = (
    MessageOut | StandingOut | ThreadOut | Welcome | Ack | Refused | Later
    | TypingOut | SeenOut | InvitationOut | Anew | Fault | Pong
)  # fmt: skip
