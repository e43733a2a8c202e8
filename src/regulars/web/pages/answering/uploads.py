"""Forms that carry files or long texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from regulars.desk import NewAttachment
from regulars.kit.errors import TooLarge
from regulars.kit.text import clean
from regulars.web.pages.forms import AnyRequest, Form, fitting

MOST_FILES = 10
LARGEST_FILE = 10_000_000
MOST_BODY_BYTES = 25_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """What a form said, and the files that came with it, by the name of their field."""

    form: Form
    files: Mapping[str, Sequence[NewAttachment]]

    def attached(self, name: str = "files") -> tuple[NewAttachment, ...]:
        """The files under `name`."""
        return tuple(self.files.get(name, ()))


GivenUpload = NamedDependency[Upload]
"""How a handler asks for it: `upload: GivenUpload`."""


async def provide_upload(request: AnyRequest) -> Upload:
    """The form and the files of this request. Raises TooLarge."""
    said: dict[str, list[str]] = {}
    files: dict[str, list[NewAttachment]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            said.setdefault(name, []).append(clean(fitting(name, value)))
        elif isinstance(value, UploadFile):
            content = await value.read()
            if content:
                kept = files.setdefault(name, [])
                kept.append(NewAttachment(file_name(value.filename), _type(value.content_type), _fitting(content)))
    if sum(map(len, files.values())) > MOST_FILES:
        raise TooLarge(f"{MOST_FILES} files at most go along at once")
    return Upload(Form(said), files)


def file_name(said: str) -> str:
    """A name without folders and without what breaks a header."""
    plain = clean(said).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in plain if c.isprintable())[:200].strip() or "file"


def _type(said: str | None) -> str:
    plain = (said or "").split(";")[0].strip().lower()
    fine = plain.count("/") == 1 and len(plain) < 100 and plain.isascii() and plain.isprintable() and " " not in plain
    return plain if fine else "application/octet-stream"


def _fitting(content: bytes) -> bytes:
    if len(content) > LARGEST_FILE:
        raise TooLarge(f"a file has {LARGEST_FILE // 1_000_000} MB at most: send a link to a larger one")
    return content
