"""Between frames and the desk: what a browser sends becomes a post, what was said becomes a frame."""

import re

import msgspec

from regulars.desk import chat
from regulars.desk.chat import Entry, Post, Said
from regulars.desk.model import Received
from regulars.kit.clock import utc_now
from regulars.kit.errors import Invalid
from regulars.kit.text import clean
from regulars.web.chat import frames
from regulars.web.chat.entrance import Entrance
from regulars.web.chat.files import file_out, taken
from regulars.web.edge import Edge

ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def frame_of(data: str | bytes) -> frames.Frame:
    """What a browser sent. Raises Invalid."""
    try:
        frame: frames.Frame = frames.read(data)
        return frame
    except (msgspec.MsgspecError, RecursionError) as e:
        raise Invalid(f"this frame makes no sense: {str(e)[:200]}") from e


def post_of(entrance: Entrance, said: frames.SayIn, page: str) -> Post:
    """A message for the desk, written on `page`. Raises Invalid, with words for the visitor."""
    if not said.text.strip() and not said.files:
        raise Invalid("write something, or choose a file")
    if said.files and not entrance.settings.files:
        raise Invalid("files cannot be sent here")
    address = clean(said.email.strip())
    if address and not ADDRESS.fullmatch(address):
        raise Invalid("this is no e-mail address")
    return Post(
        entrance.entry, said.id, clean(said.text.strip()), utc_now(), entrance.language, address,
        entrance.name, page, tuple(taken(file) for file in said.files),
    )  # fmt: skip


def written(post: Post, received: Received) -> Said:
    """A post without files as it will be read: for those who look, without reading it back."""
    key = chat.key_of(post.entry.kept.ticket, post.id)
    where = received.conversation
    return Said(received.message, where, where, post.at, "chat", "customer", post.name, post.text, "", key)


def message_out(edge: Edge, entry: Entry, said: Said) -> frames.MessageOut:
    """A message as this browser is shown it: its own ones under the id it gave them."""
    mine = chat.key_of(entry.kept.ticket, "")
    client = said.key.removeprefix(mine) if said.key.startswith(mine) else ""
    now = utc_now()
    files = [file_out(edge, file, now) for file in said.files]
    name = said.name if said.author == "agent" else ""
    return frames.MessageOut(said.id, said.at, said.author == "customer", said.text, name, client, files)
