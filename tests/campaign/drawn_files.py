"""Drawn files: small deliveries of a source, and what a reader that shares nothing says of them.

``Drawn`` writes rows of any of the four sources. ``plain_rows`` reads a CSV file character by
character, the slow way, with none of the system's code: the oracle of the campaign.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from attainment_linkage.domain.tables import CENSUS_SOURCE, KS5_SOURCE, Source

NAME = "ZEBULON"
"""A surname that must be in no message."""
SOURCES = (CENSUS_SOURCE, KS5_SOURCE)
"""One keyed by an id, one where the whole row is the key."""
LONGEST = 1 << 20
"""A row of more characters is none: so it is documented."""
_VALUES = {
    "academic_year": "2010/11", "surname": NAME, "date_of_birth": "1994-05-06",
    "postcode": "LS1 4AP", "household_id": "H1", "sex": "2", "gender": "F",
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """Files of one source."""

    source: Source

    @property
    def id_column(self) -> str:
        return self.source.names[0]

    @property
    def has_year(self) -> bool:
        return "academic_year" in self.source.names

    @property
    def header(self) -> str:
        return ",".join(self.source.names)

    def cells(self, number: int, **changed: str) -> list[str]:
        """The cells of a sound row."""
        values = _VALUES | {self.id_column: f"P{number:04d}"} | changed
        return [values.get(name, "1") for name in self.source.names]

    def row(self, number: int, **changed: str) -> str:
        """A row as a line without its end; cells are written as they are."""
        return ",".join(self.cells(number, **changed))

    def file(self, *rows: str, header: str | None = None, end: str = "\n") -> bytes:
        """A whole file in UTF-8."""
        lines = (self.header if header is None else header, *rows)
        return "".join(line + end for line in lines).encode()

    def rows(self, count: int, first: int = 1) -> list[str]:
        """Sound rows."""
        return [self.row(number) for number in range(first, first + count)]


def plain_rows(text: str, fields: int) -> Iterator[list[str] | None]:
    """The rows of a file after its header; None for one that is not by RFC 4180.

    A row that is broken ends with its line, whatever its quotes say; so does one of many lines
    whose first and last line are rows themselves without the quote that joins them.
    """
    place = 0
    while place < len(text):
        line_end = _line_end(text, place)
        if text[place:line_end] in ("\n", "\r\n"):
            place = line_end
            continue
        found = _row(text, place)
        cells, end = found if found is not None else (None, line_end)
        is_row = cells is not None and len(cells) == fields and end - place <= LONGEST
        is_row = is_row and not _swallows(text[place:end], fields)
        if cells is None or (not is_row and "\n" in text[place : end - 1]):
            yield None
            place = line_end
        else:
            yield cells if is_row else None
            place = end


def _swallows(row: str, fields: int) -> bool:
    first, *others = row.rstrip("\r\n").split("\n")
    if not others:
        return False
    lone = ("".join(first.rsplit('"', 1)), "".join(others[-1].split('"', 1)))
    return [len(next(csv.reader([line]), [])) for line in lone] == [fields, fields]


def _line_end(text: str, place: int) -> int:
    return text.find("\n", place) + 1 or len(text)


_CELL = re.compile(r'"((?:[^"]|"")*)"|([^",\r\n]*)')


def _row(text: str, place: int) -> tuple[list[str], int] | None:
    """The cells of one row and the place after it; None where it is not well formed."""
    cells: list[str] = []
    while True:
        found = _CELL.match(text, place)
        assert found is not None
        quoted, bare = found.groups()
        cells.append(bare if quoted is None else quoted.replace('""', '"'))
        place = found.end()
        if place == len(text):
            return cells, place
        if text[place] == ",":
            place += 1
            continue
        for end in ("\n", "\r\n"):
            if text.startswith(end, place):
                return cells, place + len(end)
        return None


def cleaned(cell: str) -> str | None:
    """A cell as it is taken in: without the blanks around it, null where it is blank."""
    return cell.strip(" \t\n\r\v\f") or None
