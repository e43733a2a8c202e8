"""The model as one file: magic, version, digest, JSON header, arrays at multiples of 64 bytes. Memory-mapped when read.

b"REGTASTE" · version u32 · header length u32 · blake2b-256 of all that follows · header · arrays
"""

import json
import os
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from regulars.kit.errors import Invalid
from regulars.taste.model import Blend, Content, Fade, Model, Parts, Popularity, Report, Sessions

MAGIC = b"REGTASTE"
VERSION = 1
PREFIX = len(MAGIC) + 4 + 4 + 32
ALIGN = 64
Array = NDArray[np.generic]


def save(model: Model, path: Path) -> str:
    """Write `model` to `path`, all or nothing (a temporary file is renamed over it); returns its digest in hex."""
    arrays = dict(_arrays(model))
    header = _header(model, arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        digest = _write(temporary, header, arrays)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def load(path: Path) -> Model:
    """The model of `path`, its arrays views of the file. Raises Invalid when missing, cut short, changed or too new."""
    try:
        data = np.memmap(path, np.uint8, "c")  # pages stay shared; "r" would make kernels compile twice
    except (OSError, ValueError) as error:
        raise Invalid(f"cannot read the model file {path}: {error}") from error
    if len(data) < PREFIX or bytes(data[: len(MAGIC)]) != MAGIC:
        raise Invalid(f"{path} is not a model file")
    version, length = np.frombuffer(data[len(MAGIC) : len(MAGIC) + 8], "<u4")
    if version != VERSION:
        raise Invalid(
            f"the model file {path} has version {version}, this Regulars reads {VERSION}: run `regulars learn`"
        )
    digest = blake2b(data[PREFIX:].data, digest_size=32).digest()
    if digest != bytes(data[PREFIX - 32 : PREFIX]):
        raise Invalid(f"the model file {path} is corrupt: its checksum does not match; run `regulars learn`")
    header = json.loads(bytes(data[PREFIX : PREFIX + length]))
    return _model(header, data, digest.hex())


def _write(path: Path, header: bytes, arrays: Mapping[str, Array]) -> str:
    hashed = blake2b(digest_size=32)
    with path.open("wb") as file:
        file.write(MAGIC + np.array([VERSION, len(header)], "<u4").tobytes() + bytes(32))
        for piece in _pieces(header, arrays):
            hashed.update(piece)
            file.write(piece)
        file.seek(PREFIX - 32)
        file.write(hashed.digest())
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest()


def _pieces(header: bytes, arrays: Mapping[str, Array]) -> Iterator[bytes | memoryview]:
    yield header
    for array in arrays.values():
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        yield bytes(-array.nbytes % ALIGN)


def _arrays(model: Model) -> Iterator[tuple[str, Array]]:
    yield "parts.indptr", model.parts.indptr
    yield "parts.indices", model.parts.indices
    yield "parts.data", model.parts.data
    for name in ("verbs", "counts", "interval", "again", "vectors", "idf"):
        yield name, getattr(model, name)
    yield "popular.overall", model.popularity.overall
    yield "popular.recent", model.popularity.recent
    groups = list(model.popularity.groups.values())
    yield "groups.items", np.concatenate([np.zeros(0, np.int32), *(g[0] for g in groups)])
    yield "groups.counts", np.concatenate([np.zeros(0, np.float32), *(g[1] for g in groups)])
    for name in ("indptr", "terms", "counts"):
        yield f"content.{name}", getattr(model.content, name)
    if model.sessions:
        for name in SESSIONS:
            yield f"sessions.{name}", getattr(model.sessions, name)


SESSIONS = ("indptr", "items", "owner", "strength", "rarity", "of_indptr", "of", "table")


def _header(model: Model, arrays: Mapping[str, Array]) -> bytes:
    """The JSON header, padded so that the arrays behind it start at a multiple of 64 bytes of the file."""
    offsets, at = {}, 0
    for name, array in arrays.items():
        offsets[name] = [at, array.dtype.str, list(array.shape)]
        at += array.nbytes + -array.nbytes % ALIGN
    said = {
        "id": str(model.id),
        "n": model.n,
        "size": at,
        "arrays": offsets,
        "parts": list(model.parts.names),
        "blends": {place: _blend_json(blend) for place, blend in model.blends.items()},
        "groups": [[*key, len(g[0]), g[2]] for key, g in model.popularity.groups.items()],
        "near": [model.sessions.near, model.sessions.sharp] if model.sessions else [],
        "priors": model.priors,
        "report": model.report.as_json(),
    }
    header = json.dumps(said, separators=(",", ":")).encode()
    return header + b" " * (-(PREFIX + len(header)) % ALIGN)


def _blend_json(blend: Blend) -> dict[str, object]:
    fades = {name: [fade.steps, fade.half_life_days] for name, fade in blend.fades.items()}
    return {"weights": dict(blend.weights), "fades": fades, "repeats": blend.repeats, "again": blend.again}


def _model(header: dict[str, object], data: NDArray[np.uint8], digest: str) -> Model:
    start = len(data) - int(header["size"])  # type: ignore[call-overload]  # the digest vouches for the header
    arrays = {
        name: data[start + at : start + at + int(np.prod(shape)) * np.dtype(kind).itemsize].view(kind).reshape(shape)
        for name, (at, kind, shape) in header["arrays"].items()  # type: ignore[attr-defined]
    }
    plain = {name: np.asarray(array) for name, array in arrays.items()}
    return _built(header, plain, digest)


def _built(said: dict, a: dict, digest: str) -> Model:  # type: ignore[type-arg]  # checked JSON of our own making
    report: dict[str, object] = {k: tuple(v) if isinstance(v, list) else v for k, v in said["report"].items()}
    return Model(
        id=UUID(said["id"]),
        n=said["n"],
        verbs=a["verbs"],
        parts=Parts(tuple(said["parts"]), a["parts.indptr"], a["parts.indices"], a["parts.data"]),
        blends={place: _blend(one) for place, one in said["blends"].items()},
        counts=a["counts"],
        interval=a["interval"],
        again=a["again"],
        popularity=Popularity(a["popular.overall"], a["popular.recent"], _groups(said["groups"], a)),
        vectors=a["vectors"],
        content=Content(a["content.indptr"], a["content.terms"], a["content.counts"]),
        idf=a["idf"],
        sessions=_sessions(a, said.get("near", [])),
        priors=said["priors"],
        report=Report(**report),  # type: ignore[arg-type]  # its own as_json
        digest=digest,
    )


def _blend(said: dict) -> Blend:  # type: ignore[type-arg]
    fades = {name: Fade(*two) for name, two in said["fades"].items()}
    return Blend(said["weights"], fades, said["repeats"], said["again"])


def _groups(said: list, a: dict) -> dict:  # type: ignore[type-arg]
    groups, at = {}, 0
    for name, value, size, total in said:
        groups[name, value] = (a["groups.items"][at : at + size], a["groups.counts"][at : at + size], total)
        at += size
    return groups


def _sessions(a: dict, near: list) -> Sessions | None:  # type: ignore[type-arg]
    return Sessions(**{name: a[f"sessions.{name}"] for name in SESSIONS}, near=near[0], sharp=near[1]) if near else None
