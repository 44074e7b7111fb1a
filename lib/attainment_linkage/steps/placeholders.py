"""Placeholders: listed default values that stand for nothing known.

Left in place, 1900-01-01 or ZZ99 would make one block of everybody who has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

NAME, DATE, POSTCODE = "name", "date", "postcode"

KINDS: Mapping[str, str] = {
    "forename": NAME,
    "forenames": NAME,
    "middle_names": NAME,
    "surname": NAME,
    "former_surname": NAME,
    "date_of_birth": DATE,
    "postcode": POSTCODE,
    "postcode_one_year_ago": POSTCODE,
}
"""The identity columns that may hold a placeholder."""


@dataclass(frozen=True)
class Placeholders:
    """The listed values: whole names, dates as YYYY-MM-DD, beginnings of postcodes."""

    names: Sequence[str]
    dates: Sequence[str]
    postcodes: Sequence[str]

    def is_in(self, column: str) -> Column:
        """Whether the column holds a listed value; false where it is null."""
        text = F.upper(F.col(column))
        match KINDS[column]:
            case kind if kind == NAME:
                is_listed = _is_one_of(F.trim(text), [name.upper() for name in self.names])
            case kind if kind == DATE:
                digits = F.regexp_replace(text, "[^0-9]", "")
                is_listed = _is_one_of(
                    digits, [form for date in self.dates for form in _forms(date)]
                )
            case _:
                compact = F.replace(text, F.lit(" "), F.lit(""))
                starts = [compact.startswith(start.upper()) for start in self.postcodes]
                is_listed = reduce(Column.__or__, starts, F.lit(False))
        return F.coalesce(is_listed, F.lit(False))


def _is_one_of(text: Column, values: list[str]) -> Column:
    return text.isin(*values) if values else F.lit(False)


def _forms(date: str) -> tuple[str, str]:
    """The digits of YYYY-MM-DD, in that order and as DD/MM/YYYY."""
    year, month, day = date.split("-")
    return year + month + day, day + month + year
