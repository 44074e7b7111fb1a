"""Manifests: what a finished stage made in one root, down to counts and content hashes.

A stage is done in a root only when its manifest is there and whole. A manifest of one root
lists only that root's tables, so whoever may read one root learns nothing of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class TableRecord:
    """One table as it was written and audited.

    ``path`` is relative to its root. ``gate`` holds the results of its gate: counts only.
    ``content_hash`` is of its rows in any order, ``files_hash`` of the bytes that they lie in.
    """

    name: str
    path: str
    version: int
    rows: int
    content_hash: str
    schema_hash: str
    seconds: float
    gate_seconds: float
    gate: tuple[Mapping[str, Any], ...] = ()
    files_hash: str = ""


@dataclass(frozen=True)
class FileRecord:
    """One file or folder made outside Delta: how many files, bytes, and their sha256."""

    path: str
    files: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """A stage, finished, in one root; its peak memory is that of this machine, 0: not known."""

    stage: str
    stage_key: str
    inputs: Mapping[str, str]
    tables: tuple[TableRecord, ...] = ()
    files: tuple[FileRecord, ...] = ()
    notes: Mapping[str, float | int | str] = field(default_factory=dict)
    seconds: float = 0.0
    peak_memory_mib: int = 0

    def table(self, name: str) -> TableRecord | None:
        """The record of one of its tables."""
        return next((record for record in self.tables if record.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """The manifest as plain values."""
        body = asdict(self)
        body["tables"] = [
            {**asdict(record), "gate": [dict(line) for line in record.gate]}
            for record in self.tables
        ]
        body["files"] = [asdict(record) for record in self.files]
        return body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Manifest | None:
        """The manifest of a document's body; None where it is of another form."""
        try:
            tables = tuple(
                TableRecord(**{**record, "gate": tuple(record["gate"])})
                for record in body["tables"]
            )
            files = tuple(FileRecord(**record) for record in body["files"])
            return cls(**{**body, "tables": tables, "files": files})
        except (TypeError, KeyError):
            return None
