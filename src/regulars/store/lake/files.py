"""Reading and writing the files of a lake, wherever fsspec reaches: a folder, s3://, gs://, abfs:// …"""

import re
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec

from regulars.kit.errors import Invalid, Unavailable
from regulars.store.lake.manifest import Manifest

Table: TypeAlias = Any
"""A pyarrow.Table. The package is an extra: it is imported when a lake is used."""

MANIFESTS, EVENTS, STATE = "_manifest", "events", "state"
OURS = re.compile(
    r"(events/[^/]+/\d{12,}-\d{12,}-\d{6,}\.parquet|state/\w+-\d{8,}\.parquet|_manifest/\d{8,}\.json)(\.\w{32}\.part)?"
)
"""What a file of ours is called. We remove no other, whatever folder somebody names."""
_NAME = re.compile(r"(\d{8,})\.json")


def arrow() -> ModuleType:
    """pyarrow with what we use of it. Raises Invalid, which says how to install it."""
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        import pyarrow.compute  # noqa: PLC0415
        import pyarrow.csv  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as e:
        raise Invalid("a lake needs two more packages: pip install 'regulars[lake]'") from e
    found: ModuleType = pa
    return found


class Lake:
    """The files under one URL (a path, or anything fsspec knows). Raises Invalid for a URL that makes no sense."""

    def __init__(self, url: str) -> None:
        try:
            import fsspec  # noqa: PLC0415  an extra
        except ImportError as e:
            raise Invalid("a lake needs two more packages: pip install 'regulars[lake]'") from e
        self.url = url.rstrip("/")
        try:
            self._fs, self._root = fsspec.core.url_to_fs(self.url)
        except (ValueError, ImportError) as e:
            raise Invalid(f"cannot open a lake at {url}: {e}") from e

    def manifest(self) -> Manifest | None:
        """The newest state; None while nothing was exported. Raises Unavailable, Invalid when it cannot be read."""
        numbers = self._numbers()
        return self._manifest(max(numbers)) if numbers else None

    def commit(self, manifest: Manifest) -> None:
        """From here on the lake is what `manifest` says; then what nothing names any more is removed.

        The manifest appears as a whole or not at all. The state files of the one before stay, for those who read it.
        """
        before = self.manifest()
        path = f"{MANIFESTS}/{manifest.number:08}.json"
        self._put(path, msgspec.json.encode(manifest))
        keep = manifest.files | ({*before.state.values()} if before else set())
        self.tidy(keep | {path})

    def clear(self, manifest: Manifest) -> None:
        """Remove what a killed export left behind beside what `manifest` names."""
        self.tidy(manifest.files | {f"{MANIFESTS}/{manifest.number:08}.json"})

    def tidy(self, keep: set[str]) -> None:
        """Remove every file of ours that is not among `keep`: what a killed export left behind, too."""
        for folder in (MANIFESTS, EVENTS, STATE):
            for path in self._under(folder):
                if path not in keep and OURS.fullmatch(path):
                    self._remove(path)

    def write(self, path: str, table: Table) -> None:
        """Put a table into a Parquet file, whole or not at all."""
        pa = arrow()
        sink = pa.BufferOutputStream()
        pa.parquet.write_table(table, sink, compression="zstd", row_group_size=1 << 20)
        self._put(path, sink.getvalue())

    def read(self, path: str, columns: Sequence[str] | None = None) -> Table:
        """A file's table. Raises Unavailable when it is gone: somebody exported meanwhile."""
        pa = arrow()
        try:
            with self._fs.open(self._at(path), "rb") as file:
                return pa.parquet.read_table(file, columns=columns)
        except OSError as e:
            raise Unavailable(f"{path} of the lake cannot be read ({e}): somebody exported meanwhile, try again") from e

    def together(self, paths: Iterable[str], columns: Sequence[str] | None = None) -> Table | None:
        """Several files as one table; None of none."""
        tables = [self.read(path, columns) for path in paths]
        return arrow().concat_tables(tables) if tables else None

    def address(self, path: str) -> str:
        """Where a file is, for Spark (whose name for S3 is s3a)."""
        if "://" not in self.url:
            return f"file://{self._at(path)}"
        return f"{re.sub('^s3://', 's3a://', self.url)}/{path}"

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _put(self, path: str, body: Any) -> None:
        """Under another name first: a file that is being written must not be taken for one that is."""
        place, making = self._at(path), self._at(f"{path}.{uuid4().hex}.part")
        try:
            self._fs.makedirs(place.rpartition("/")[0], exist_ok=True)
            with self._fs.open(making, "wb") as file:
                file.write(body)
            self._fs.mv(making, place)
        except OSError as e:
            raise Unavailable(f"cannot write {path} to the lake: {e}") from e

    def _remove(self, path: str) -> None:
        try:
            self._fs.rm(self._at(path))
        except FileNotFoundError:
            return
        except OSError as e:
            raise Unavailable(f"cannot remove {path} from the lake: {e}") from e

    def _manifest(self, number: int) -> Manifest:
        try:
            body = self._fs.cat_file(self._at(f"{MANIFESTS}/{number:08}.json"))
            return msgspec.json.decode(body, type=Manifest)
        except OSError as e:
            raise Unavailable(f"the lake's manifest cannot be read: {e}") from e
        except (msgspec.DecodeError, UnicodeDecodeError) as e:
            raise Invalid(f"the lake's manifest {number} is damaged ({e}): export to an empty place") from e

    def _numbers(self) -> list[int]:
        found = (_NAME.fullmatch(path.rpartition("/")[2]) for path in self._under(MANIFESTS))
        return [int(name[1]) for name in found if name]

    def _under(self, folder: str) -> list[str]:
        try:
            self._fs.invalidate_cache()
            found = self._fs.find(self._at(folder))
        except FileNotFoundError:
            return []
        except OSError as e:
            raise Unavailable(f"the lake at {self.url} cannot be read: {e}") from e
        return [path[len(self._root) + 1 :] for path in found]
