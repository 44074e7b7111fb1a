"""Deliveries drawn in bytes: small KS5 files, sound ones and damaged ones, for the tests."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters.deliveries import Delivery
from attainment_linkage.domain.tables import KS5_SOURCE, Source

HEADER = ",".join(KS5_SOURCE.names)
SECRET = "ZEBULON"
"""A surname that must be in no message."""


def ks5_row(pupil: str, surname: str = SECRET, year: str = "2010/11") -> str:
    """One sound row of the KS5 table."""
    cells = {"attainment_id": pupil, "academic_year": year, "gender": "F", "surname": surname}
    return ",".join(cells.get(name, "1") for name in KS5_SOURCE.names)


def csv_bytes(*rows: str, header: str = HEADER, line_end: str = "\n") -> bytes:
    """A whole file in UTF-8."""
    return "".join(line + line_end for line in (header, *rows)).encode()


def delivery(path: Path, content: bytes, source: Source = KS5_SOURCE, **said: object) -> Delivery:
    """The content as a file, and what is said of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Delivery(source, path, **said)
