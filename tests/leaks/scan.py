"""Scan: finds every canary in every file below a folder, and in what processes show of themselves.

Files are read byte by byte; Parquet files are decoded too, values and footers apart, and gzip
files are unpacked. A hit has the sink it was found in, which follows from its place.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.leaks.canaries import canaries, forms

PREFIX = 7
"""Bytes by which patterns are told apart: no pattern is shorter."""
_CHUNK = 1 << 22
_FOLDERS_OF_FILES = ("dictionaries", "extracts", "staging", "outputs", "release")
_HEX = frozenset(b"0123456789abcdefABCDEF")


@dataclass(frozen=True)
class Hit:
    """A canary found: in which sink and file, which one, in which form."""

    sink: str
    place: str
    canary: str
    form: str


class Patterns:
    """All canaries in all forms, looked for at once."""

    def __init__(self, key: bytes) -> None:
        self.named = canaries(key)
        self.by_prefix: dict[bytes, list[tuple[bytes, str, str]]] = {}
        for canary, values in self.named.items():
            for value in values:
                for form, pattern in forms(value):
                    assert len(pattern) >= PREFIX, (canary, form)
                    entry = (pattern, canary, form)
                    self.by_prefix.setdefault(pattern[:PREFIX], []).append(entry)
        self.starts = np.zeros(1 << 24, dtype=bool)
        for prefix in self.by_prefix:
            self.starts[prefix[0] | prefix[1] << 8 | prefix[2] << 16] = True

    def found(self, content: bytes) -> set[tuple[str, str]]:
        """Canary and form of everything that stands in a text."""
        hits: set[tuple[str, str]] = set()
        for start in range(0, max(len(content) - PREFIX + 1, 0), _CHUNK):
            part = np.frombuffer(content, np.uint8)[start : start + _CHUNK + 2].astype(np.uint32)
            words = part[:-2] | part[1:-1] << 8 | part[2:] << 16
            for at in np.nonzero(self.starts[words])[0].tolist():
                place = start + at
                for pattern, canary, form in self.by_prefix.get(
                    content[place : place + PREFIX], ()
                ):
                    if content.startswith(pattern, place) and _stands_alone(
                        content, place, pattern
                    ):
                        hits.add((canary, form))
        return hits


def _stands_alone(content: bytes, place: int, pattern: bytes) -> bool:
    """Eight digits inside a longer number or hash are no date."""
    if not pattern.isdigit():
        return True
    around = content[place - 1 : place] + content[place + len(pattern) :][:1]
    return not any(byte in _HEX for byte in around)


def sink_of(path: Path, root: Path) -> str:
    """The sink that a file is, by its place below the folder that holds lake, logs and all."""
    parts = path.relative_to(root).parts
    name, zone = path.name, parts[1] if len(parts) > 1 else ""
    if parts[0] != "lake":
        return parts[0]
    if name.endswith(".crc"):
        return f"{zone}: .crc"
    if "_delta_log" in parts:
        return f"{zone}: _delta_log"
    if zone in {"landing", "identifiers", "attributes", "research"}:
        kept = {"_manifests", "_heads", "_runs", "_CURRENT.json", "_LOCK", "_LOCK.guard"}
        if kept & set(parts):
            return f"{zone}: manifests and gate results"
        folder = parts[2] if len(parts) > 3 else ""
        apart = {"_faults": "faults", **{name: name for name in _FOLDERS_OF_FILES}}
        return f"{zone}: {apart.get(folder, 'tables')}"
    return {"audit_head.json": "audit"}.get(zone, zone)


def scan_files(root: Path, patterns: Patterns) -> tuple[list[Hit], dict[str, int]]:
    """Hits in the files below a folder, and how many files each sink has."""
    hits: list[Hit] = []
    counted: dict[str, int] = {}
    for path in sorted(one for one in root.rglob("*") if one.is_file() and not one.is_symlink()):
        sink = sink_of(path, root)
        for part, content in _contents(path):
            at = f"{sink.split(':')[0]}: footers" if part == "footer" else sink
            counted[at] = counted.get(at, 0) + (part != "values")
            hits += _hits(at, path.relative_to(root).as_posix(), content, patterns)
    return hits, counted


def scan_processes(said: Mapping[str, bytes], patterns: Patterns) -> list[Hit]:
    """Hits in what was seen of running processes: their command lines and environments."""
    return [
        hit
        for place, content in said.items()
        for hit in _hits("processes", place, content, patterns)
    ]


def _hits(sink: str, place: str, content: bytes, patterns: Patterns) -> Iterator[Hit]:
    # a name of a file may hold a canary too: partition folders do
    for canary, form in sorted(patterns.found(content) | patterns.found(place.encode())):
        yield Hit(sink, place, canary, form)


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file, and what it holds packed: values and footer apart."""
    content = path.read_bytes()
    yield "bytes", content
    if content[:2] == b"\x1f\x8b":
        try:
            yield "values", gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            yield "values", b""
    if content[:4] == content[-4:] == b"PAR1" and len(content) > 12:
        size = int.from_bytes(content[-8:-4], "little")
        yield "footer", content[-8 - size : -8]
        yield "values", _decoded(path)


def _decoded(path: Path) -> bytes:
    """Every value of a Parquet file as text, one a line."""
    table = pq.ParquetFile(path).read()
    lines = [json_of(column) for column in table.columns]
    return "\n".join(lines).encode()


def json_of(column: pa.ChunkedArray) -> str:
    return "\n".join(map(str, column.to_pylist()))
