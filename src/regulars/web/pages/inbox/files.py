"""What came with messages: files, and HTML in a frame that can do nothing."""

import re
from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from litestar import MediaType, Response, get
from litestar.params import FromPath, FromQuery

from regulars import desk as room
from regulars.channels.mail.show import show
from regulars.desk import MessageId
from regulars.kit.errors import NotFound
from regulars.web.pages.desk import GivenDesk

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
FRAME = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><base target="_blank"><style>
html{{font:14px/1.5 Inter,system-ui,sans-serif;color:#1f1b16;background:#fff;overflow-wrap:anywhere}}
body{{margin:12px}}img{{max-width:100%;height:auto}}table{{max-width:100%}}
blockquote{{margin:0 0 0 8px;padding-left:12px;border-left:3px solid #e6e1d8;color:#6b6258}}
</style></head><body>{body}</body></html>"""


@get("/desk/c/{number:int}/frame/{message:int}", sync_to_thread=True)
def message_frame(
    desk: GivenDesk, number: FromPath[int], message: FromPath[int], pictures: FromQuery[bool] = False
) -> Response[str]:
    """A message's HTML, made harmless; pictures of elsewhere only when they were asked for.

    The policy of the answer forbids everything but styles and pictures, whatever gets past the cleaning.
    """
    with desk.work() as work:
        there = room.by_number(work.db, number, by=desk.agent)
        found = room.thread(work.db, there, by=desk.agent, before=MessageId(message + 1), most=1)
    said = next((m for m in found.messages if m.id == message and not m.erased), None)
    if said is None:
        raise NotFound("there is no such message here")
    inline = {a.inline_id.strip("<>"): f"/desk/files/{a.id}" for a in said.attachments if a.inline_id}
    shown = show(said.html, remote_pictures=pictures, picture=inline.get)
    body = FRAME.format(language=re.sub(r"[^A-Za-z-]", "", said.language) or "en", body=shown.html)
    sources = "'self' data: https: http:" if pictures else "'self' data:"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src {sources}; frame-ancestors 'self'; sandbox "
    return Response(
        body,
        media_type=MediaType.HTML,
        headers=_safe(policy + "allow-popups allow-popups-to-escape-sandbox allow-same-origin"),
    )


@get("/desk/files/{file:uuid}", sync_to_thread=True)
def attached_file(desk: GivenDesk, file: FromPath[UUID]) -> Response[bytes]:
    """A file: pictures are shown, everything else is only saved."""
    with desk.work() as work:
        about, content = room.attachment(work.db, file, by=desk.agent)
    kind = about.type.lower() if about.type.lower() in PICTURES else "application/octet-stream"
    how = "inline" if kind in PICTURES else "attachment"
    headers = _safe("default-src 'none'; sandbox")
    headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(about.name or 'file', safe='')}"
    headers["Cache-Control"] = "private, max-age=3600"
    return Response(content, media_type=kind, headers=headers)


def _safe(policy: str) -> dict[str, str]:
    found: Mapping[str, str] = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return dict(found)
