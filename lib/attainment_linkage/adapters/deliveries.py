"""Deliveries: what one source's delivery is said to be, and what is found in its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attainment_linkage.adapters.byte_streams import TextForm
from attainment_linkage.core.columns_check import column_faults
from attainment_linkage.core.csv_records import Piece
from attainment_linkage.domain.errors import (
    InputColumnsError,
    InputEmptyError,
    InputUnreadableError,
)
from attainment_linkage.domain.tables import Source

CSV, PARQUET = "csv", "parquet"


@dataclass(frozen=True)
class Delivery:
    """What one source's delivery is said to be: a file, or a folder of part files.

    ``expected_rows`` is the supplier's count of data rows, where there is one.
    """

    source: Source
    path: Path
    format: str = CSV
    encoding: str = "utf-8"
    delimiter: str = ","
    compression: str = "none"
    expected_rows: int | None = None


@dataclass(frozen=True)
class FileFacts:
    """What the pre-flight found in one file. ``row_count`` counts broken rows too.

    ``types``: of a Parquet file, that of each column of the header.
    """

    path: Path
    size_bytes: int
    sha256: str
    row_count: int
    header: tuple[str, ...]
    form: TextForm | None = None
    pieces: tuple[Piece, ...] = ()
    broken_count: int = 0
    blank_lines: int = 0
    control_bytes: int = 0
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inspected:
    """A delivery that can be read, file by file."""

    delivery: Delivery
    files: tuple[FileFacts, ...]

    @property
    def row_count(self) -> int:
        """Data rows delivered, broken ones included."""
        return sum(file.row_count for file in self.files)


def unreadable(delivery: Delivery, path: Path, finding: str) -> InputUnreadableError:
    """The error for a file that is not of its stated kind, or cannot be opened."""
    return InputUnreadableError(
        f"ingest: {delivery.source.name}: {path.name} {finding}. Deliver it again as "
        f"{delivery.format}, or correct its format in conf/<env>.toml, ingest."
    )


def first_bytes(delivery: Delivery, path: Path) -> bytes:
    """The first bytes of a file that has some."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise unreadable(delivery, path, f"cannot be read ({error.strerror})") from None
    if not head:
        raise InputEmptyError(
            f"ingest: {delivery.source.name}: {path.name} is empty, 0 bytes. Deliver it again."
        )
    return head


def refuse_columns(where: str, names: list[str], declared: list[str]) -> None:
    """Raise InputColumnsError unless the names are the declared ones, in any order."""
    faults = column_faults(names, declared)
    if faults:
        raise InputColumnsError(
            f"{where} has not the declared columns: {faults}. Columns may stand in any order; "
            "each must be there once. Declared: domain/tables.py."
        )
