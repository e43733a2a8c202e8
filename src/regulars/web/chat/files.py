"""Files of chat: what may be sent, and the addresses under which they open.

A browser opens a file by its address alone (it cannot add headers to a picture), so the address is signed and works for
a day. Whatever the sender called it, it is served as what it is, or to be saved: never as something that runs.
"""

import re
import unicodedata
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, Parameter
from litestar.types import ControllerRouterHandler

from regulars.desk import chat
from regulars.desk.chat import File
from regulars.desk.model import NewAttachment
from regulars.kit.clock import utc_now
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.web.chat.frames import LARGEST_FILE, FileIn, FileOut
from regulars.web.edge import Edge, GivenEdge

SECRET = "chat_files"  # noqa: S105  the name of one
LASTS = timedelta(days=1)
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
BEGINS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
BY_ENDING = {
    "txt": "text/plain",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
WORDS = "pictures (PNG, JPEG, GIF, WebP), PDF, text and office documents up to 5 MB can be sent"


def taken(file: FileIn) -> NewAttachment:
    """A file as it is kept: its type from its content, its name harmless. Raises Invalid."""
    if not file.data:
        raise Invalid("this file is empty", fields={"files": "is empty"})
    name = harmless(file.name)
    type_ = type_of(name, file.data)
    if len(file.data) > LARGEST_FILE or type_ is None:
        raise Invalid(WORDS, fields={"files": WORDS})
    return NewAttachment(name, type_, file.data)


def type_of(name: str, content: bytes) -> str | None:
    """What it is, by its first bytes; by its ending only where that is harmless to be wrong about."""
    for begins, type_ in BEGINS:
        if content.startswith(begins):
            return type_
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    ending = name.rpartition(".")[2].lower()
    if ending in ("txt", "csv"):
        return BY_ENDING[ending] if b"\0" not in content else None
    return BY_ENDING.get(ending) if content.startswith(b"PK\x03\x04") else None


def harmless(name: str) -> str:
    """A name without folders, control and direction characters; at most 120 characters, its ending kept."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if len(kept) > 120:
        stem, _, ending = kept.rpartition(".")
        kept = f"{stem[: 119 - len(ending)]}.{ending}" if stem and len(ending) <= 8 else kept[:120]
    return kept or "file"


def file_out(edge: Edge, file: File, now: datetime) -> FileOut:
    """`file` with the address that opens it."""
    until = int((now + LASTS).timestamp()) // 3600 * 3600  # the same address for an hour: browsers keep the picture
    url = f"{edge.settings.base_url}/v1/chat/files/{file.id}?until={until}&sign={_sign(edge, file.id, until)}"
    return FileOut(file.name, file.type, file.size, url, file.type in PICTURES)


@get("/v1/chat/files/{file:uuid}", sync_to_thread=True, include_in_schema=False)
def read_file(
    edge: GivenEdge,
    file: FromPath[UUID],
    until: int,
    sign: Annotated[str, Parameter(max_length=100)],
) -> Response[bytes]:
    """A file of a chat, for whom its address was given."""
    if not compare_digest(sign.encode(), _sign(edge, file, until).encode()) or until < utc_now().timestamp():
        raise Forbidden("this address is over: open the file from the chat again")
    with edge.work() as work:
        found = chat.file(work.db, file)
    if found is None:
        raise NotFound("this file was taken away")
    name, type_, content = found
    shown = "inline" if type_ in PICTURES else "attachment"
    headers = {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(harmless(name), safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, max-age=3600",
    }
    kept = type_ if type_ in PICTURES else "application/octet-stream"
    return Response(content, media_type=kept, headers=headers)


def routes() -> list[ControllerRouterHandler]:
    """The route of files."""
    return [Router("", route_handlers=[read_file])]


def _sign(edge: Edge, file: UUID, until: int) -> str:
    said = f"{file}:{until}".encode()
    return urlsafe_b64encode(digest(edge.keyring.secret(SECRET).encode(), said, sha256)[:18]).decode()
