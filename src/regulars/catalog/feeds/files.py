"""Opening what people have: plain or gzip, told by its first bytes, with a sense of how far we are."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from regulars.kit.errors import Invalid, NotFound

GZIP = b"\x1f\x8b"
WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16, as spreadsheets sometimes save


@dataclass(frozen=True, slots=True)
class Opened:
    """A file being read. `stream` gives the plain bytes; `done` and `size` are bytes of the file itself."""

    stream: BinaryIO
    size: int
    file: BinaryIO

    @property
    def done(self) -> int:
        """How many bytes of the file were read so far."""
        return 0 if self.file.closed else self.file.tell()


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """`path` for reading. Raises NotFound, Invalid (a folder, empty, damaged, in UTF-16), each with what to do."""
    if not path.exists():
        raise NotFound(f"there is no file {path}")
    if path.is_dir():
        raise Invalid(f"{path} is a folder: name a file")
    try:
        with path.open("rb") as file:
            start = file.read(2)
            file.seek(0)
            if not start:
                raise Invalid(f"{path} is empty")
            stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if start == GZIP else file
            if start in WIDE:
                raise Invalid(f"{path} is in UTF-16: save it as UTF-8")
            yield Opened(stream, path.stat().st_size, file)
    except (gzip.BadGzipFile, EOFError, zlib.error) as e:
        raise Invalid(f"{path} is damaged ({e}): get it anew; what came before was read") from e
    except PermissionError as e:
        raise Invalid(f"{path} may not be read by this user") from e


def text(stream: BinaryIO) -> io.TextIOWrapper:
    """`stream` as text; bytes that are not UTF-8 become lone surrogates, so that one bad row stops no other."""
    return io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="")


def is_text(line: str) -> bool:
    """Whether `line` was UTF-8 throughout."""
    return line.isascii() or not any("\ud800" <= c <= "\udfff" for c in line)
