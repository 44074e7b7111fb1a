"""Rounding: every finest count to the nearest multiple of a base, every other from those.

With a base of twice the minimum count, 0 stands for 0 to 9 and 20 for 10 to 29: each interval
holds 0 to 9 or is at least ten wide. Margins are made from the rounded cells, not rounded by
themselves, so that they tell nothing more, and the table adds up. It is the same each time:
no draw that could be repeated and averaged away.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from attainment_linkage.core.disclosure.equations import Key
from attainment_linkage.core.disclosure.tables import MODEL, Classification, Codes, Table


def unfit(table: Table) -> str:
    """Why a table cannot be released by rounding; empty where it can."""
    description = table.description
    other = [one.column for one in description.estimate if one.kind != "percent"]
    if description.kind == MODEL:
        return "a model cannot be released by rounding; ask for suppression"
    if other:
        return (
            f"{', '.join(other)} would tell more than rounded counts; "
            "leave it out, or ask for suppression"
        )
    if any(one.overlaps for one in description.classification):
        return "codes that overlap cannot be rounded from finest cells; ask for suppression"
    parts = [one.of for one in description.count]
    if any(parts.count(of) > 1 for of in parts if of):
        return "two counts are parts of one; bring a table for each, or ask for suppression"
    return ""


def nearest(value: float, base: int) -> int:
    """The nearest multiple of the base; halfway goes up."""
    return int((value + base / 2) // base) * base


def rounded(table: Table, base: int) -> dict[Key, float | None]:
    """The table from rounded finest counts; percentages are those of the rounded counts.

    Of a count and its part, the part and the rest are rounded, and the count is their sum.
    """
    description = table.description
    finest = {codes: _finest(table, codes, base) for codes in _leaves(table)}
    shown: dict[Key, float | None] = {}
    for codes in table.cells:
        inner = list(itertools.product(*_inside(table, codes)))
        row = {one.column: float(sum(finest[leaf][one.column] for leaf in inner))
               for one in description.count}  # fmt: skip
        for name, value in row.items():
            shown[codes, name] = value
        for estimate in description.estimate:
            base_count = row[estimate.denominator]
            share = 100 * row[estimate.numerator] / base_count if base_count else None
            for name in estimate.released_columns:
                shown[codes, name] = None
            shown[codes, estimate.column] = None if share is None else round(share, 1)
    return shown


def _finest(table: Table, codes: Codes, base: int) -> Mapping[str, int]:
    """Counts of one finest cell: the smallest parts are rounded, each whole is their sum."""
    description, found = table.description, {}
    for one in reversed(description.count):
        part = next((each.column for each in description.count if each.of == one.column), None)
        count = table.count(codes, one.column)
        if part is None:
            found[one.column] = nearest(count, base)
        else:
            found[one.column] = found[part] + nearest(count - table.count(codes, part), base)
    return found


def _leaves(table: Table) -> list[Codes]:
    return list(itertools.product(*(one.codes for one in table.description.classification)))


def _inside(table: Table, codes: Codes) -> list[list[str]]:
    """For each classification the finest codes that a code is the sum of."""
    return [
        _descend(one, code)
        for one, code in zip(table.description.classification, codes, strict=True)
    ]


def _descend(one: Classification, code: str) -> list[str]:
    members = dict(one.sums).get(code)
    return [code] if members is None else [leaf for each in members for leaf in _descend(one, each)]
