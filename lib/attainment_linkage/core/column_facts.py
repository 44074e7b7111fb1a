"""Column facts: what a file's own counts say about how its columns are to be read.

A date such as 03/04/1985 is read day first or month first by the column's own majority;
a column filled with (nearly) one value, such as a city that is always the same, carries no
information and is set aside; a file with far too many first days of January writes a year
alone as that day. Only counts are read here, never values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attainment_linkage.core.roles import ATTRIBUTE

FULL_SHARE = 0.9
"""Share of one value among the non-null from which a column carries no information."""

FEWEST_ROWS = 20
"""Rows under which one value may fill a column by chance: in a file of one row it does."""

NEW_YEAR_SHARE = 0.05
"""Share of 1 January among whole birth dates from which it is read as "year only"."""

SCREENED_ROLES = (
    "forename",
    "surname",
    "postcode",
    "house_number",
    "street",
    "address_line",
    "place",
    "region",
    "birth_place",
    "phone",
    "email",
    "identifier",
    "occupation",
    "ethnic_group",
)
"""Roles whose columns are set aside when (nearly) one value fills them; so are attributes.

Not sex: where nine in ten are of one sex, it still tells the tenth apart.
"""


@dataclass(frozen=True)
class ColumnFacts:
    """How to read one side's columns.

    ``is_day_first``: numeric dates begin with the day. ``is_new_year_partial``: 1 January
    means that only the year is known. ``idle_roles``: roles whose column says nothing.
    """

    is_day_first: bool = True
    is_new_year_partial: bool = False
    idle_roles: frozenset[str] = frozenset()


def facts_from_counts(counts: Mapping[str, int | None]) -> ColumnFacts:
    """Decide how to read a side from the counts that ``column_counts`` gathers.

    Args: counts: ``day_first`` and ``month_first`` (dates whose first or second number
    exceeds 12), ``birth_dates``, ``new_years``, ``rows``; per screened role ``<role>_filled`` and
    ``<role>_top`` (rows with its most frequent value). Missing counts are nought.
    """

    def count(name: str) -> int:
        """A count by its name; nought where there is none."""
        return counts.get(name) or 0

    attributes = {
        name.removesuffix("_top")
        for name in counts
        if name.startswith(ATTRIBUTE) and name.endswith("_top")
    }
    idle = {
        role
        for role in attributes.union(SCREENED_ROLES)
        if count("rows") >= FEWEST_ROWS
        and (filled := count(f"{role}_filled"))
        and count(f"{role}_top") >= FULL_SHARE * filled
    }
    dates = count("birth_dates")
    return ColumnFacts(
        is_day_first=count("day_first") >= count("month_first"),
        is_new_year_partial=dates >= 100 and count("new_years") >= NEW_YEAR_SHARE * dates,
        idle_roles=frozenset(idle),
    )
