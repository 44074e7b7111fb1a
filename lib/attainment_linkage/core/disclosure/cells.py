"""Cells: the rows of a CSV, as texts, turned into a table that adds up, or refused by name."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from attainment_linkage.core.disclosure.tables import ADDITIVE, MODEL, Codes, Description, Table
from attainment_linkage.domain.errors import OutputUnusableError

_TOLERANCE = 1e-6
_SHOWN = 3


def table_of(
    name: str, description: Description, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> Table:
    """A table from the texts of its CSV.

    Raises: OutputUnusableError: columns, cells, counts or totals are not as described.
    """
    where = f"release: {name}"
    _refuse(where, _columns(description, header), "Bring a CSV with just the described columns.")
    places = {column: header.index(column) for column in description.columns}
    cells: dict[Codes, dict[str, float | None]] = {}
    numbers = [column for column in description.columns if column not in description.variables]
    problems: list[str] = []
    for at, row in enumerate(rows, 2):
        if len(row) != len(header):
            problems.append(f"line {at} has {len(row)} fields, the header {len(header)}")
            continue
        codes = tuple(row[places[variable]].strip() for variable in description.variables)
        if codes in cells:
            problems.append(f"line {at} is a second row of the cell of an earlier line")
        cells[codes] = {
            column: _number(row[places[column]], column, at, problems) for column in numbers
        }
    _refuse(where, problems, "Bring one row a cell, plain numbers, and empty for no number.")
    table = Table(name, description, cells)
    _refuse(where, list(_cells(table)), "Bring every cell, also those nobody is in, as 0.")
    _refuse(where, list(_counts(table)), "Bring the unweighted counts of people, unrounded.")
    _refuse(where, list(_totals(table)), "Bring the table with its totals made from its cells.")
    return table


def _refuse(where: str, problems: Sequence[str], cure: str) -> None:
    if problems:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise OutputUnusableError(f"{where}: {'; '.join(problems[:_SHOWN])}{more}. {cure}")


def _columns(description: Description, header: Sequence[str]) -> list[str]:
    wanted = description.columns
    problems = [f"the column {name} is described and not there" for name in wanted
                if name not in header]  # fmt: skip
    problems += [f"the column {name} is not described" for name in header if name not in wanted]
    if len(set(header)) < len(header):
        problems.append("a column is there twice")
    return problems


def _number(text: str, column: str, line: int, problems: list[str]) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.append(f"line {line}, {column}: not a number")
        return None
    return value


def _cells(table: Table) -> Iterator[str]:
    """Every combination of codes is a row, and no other is."""
    known = [one.all_codes for one in table.description.classification]
    wanted = set(itertools.product(*known))
    unknown = len(set(table.cells) - wanted)
    if unknown:
        yield f"{unknown} rows have a code that the description does not have"
    missing = wanted - set(table.cells)
    if missing:
        yield f"{len(missing)} of {len(wanted)} cells have no row"


def _counts(table: Table) -> Iterator[str]:
    parts = [(one.column, one.of) for one in table.description.count]
    for codes, row in table.cells.items():
        at = shown(table.description, codes)
        for column, whole in parts:
            value = row[column]
            if value is None or value < 0 or value != int(value):
                found = "missing" if value is None else "negative" if value < 0 else "fractional"
                yield f"{at}: {column} is {found}"
            elif whole and value > (row[whole] or 0):
                yield f"{at}: {column} is more than {whole}, of which it is a part"
        for whole, columns in table.description.partings:
            if row[whole] != sum(row[column] or 0 for column in columns):
                yield f"{at}: {whole} is not the sum of the {len(columns)} counts that part it"
        if any(row[column] and table.description.is_structural_zero(codes, column)
               for column, _ in parts):  # fmt: skip
            yield f"{at}: people are in it, and it is declared a structural zero"


def shown(description: Description, codes: Codes) -> str:
    """A cell in words: `fsm=yes, sex=girls`."""
    return ", ".join(
        f"{name}={code}" for name, code in zip(description.variables, codes, strict=True)
    )


def _totals(table: Table) -> Iterator[str]:
    description = table.description
    if description.kind == MODEL:
        return
    exact = [one.column for one in description.count]
    near = [one.column for one in description.estimate if one.kind in ADDITIVE]
    for place, one in enumerate(description.classification):
        for whole, parts in one.sums:
            for codes in (codes for codes in table.cells if codes[place] == whole):
                rows = [table.cells[(*codes[:place], part, *codes[place + 1 :])] for part in parts]
                for column in exact + near:
                    yield from _sum(table, codes, rows, column, is_exact=column in exact)
        if one.overlaps and one.total:
            yield from _parts(table, place, one.codes, one.total, exact)


def _sum(
    table: Table,
    codes: Codes,
    rows: Sequence[Mapping[str, float | None]],
    column: str,
    *,
    is_exact: bool,
) -> Iterator[str]:
    said = table.cells[codes][column] or 0.0
    found = sum(row[column] or 0.0 for row in rows)
    room = 0.0 if is_exact else _TOLERANCE * max(1.0, abs(found))
    if abs(said - found) > room:
        yield f"{shown(table.description, codes)}: {column} is not the sum of its {len(rows)} parts"


def _parts(
    table: Table, place: int, parts: Sequence[str], whole: str, columns: Sequence[str]
) -> Iterator[str]:
    """Under codes that overlap, each is a part of the total."""
    for codes in (codes for codes in table.cells if codes[place] == whole):
        for part in parts:
            inner = (*codes[:place], part, *codes[place + 1 :])
            for column in columns:
                if table.count(inner, column) > table.count(codes, column):
                    at = shown(table.description, inner)
                    yield f"{at}: {column} is more than that of {whole}"
