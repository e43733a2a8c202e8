"""The lake: history as Parquet files in a folder or in object storage, and the manifest that says which count."""

from regulars.store.lake.files import Lake, Table, arrow
from regulars.store.lake.manifest import Manifest, Part

__all__ = ["Lake", "Manifest", "Part", "Table", "arrow"]
