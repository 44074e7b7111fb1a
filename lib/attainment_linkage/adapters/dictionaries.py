"""Dictionaries: a data dictionary as CSV and as a page that opens without a network."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.page import write_template
from attainment_linkage.core.dictionary import HEADER, Entry
from attainment_linkage.domain.tables import Table

CSV_FILE, PAGE_FILE = "dictionary.csv", "dictionary.html"


def write_dictionary(table: Table, entries: Sequence[Entry], folder: Path) -> Path:
    """Write ``dictionary.csv`` and ``dictionary.html``, private to their owner.

    The page also says what one would look for and no delivery holds.

    Raises: DiskFullError, LakeUnwritableError.
    """
    write_template(
        PAGE_FILE,
        folder / PAGE_FILE,
        table=table.name,
        grain=f"{table.grain[0].upper()}{table.grain[1:]}",
        header=HEADER,
        entries=entries,
    )
    path = folder / CSV_FILE
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(entry.cells for entry in entries)
        path.chmod(0o600)
    except OSError as refused:
        raise named(refused, f"dictionary: {folder}") from None
    return folder
