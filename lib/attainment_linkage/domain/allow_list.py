"""Allow-list: which table, with which columns, may lie in which root; the rest is refused.

It is checked at every read and write of a table (``adapters.delta``). Landing and identifiers
may hold what identifies a person; attributes may hold source ids and no more; research, which
is de-identified, not even these.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from attainment_linkage.domain import tables
from attainment_linkage.domain.tables import Table

_OF_PEOPLE = (tables.LANDING, tables.IDENTIFIERS)
_SHARED_WITH_ATTRIBUTES = frozenset(
    ("sex", "age", "birth_year", "birth_month", "region", "occupation", "ethnic_group")
)
"""Linkage fields that are attributes too: none of them finds a person alone."""

PERSONAL_NAMES = (
    frozenset(
        [column.name for source in tables.SOURCES for column in source.identity]
        + [column.name for column in tables.LINKAGE_FIELDS if column.is_personal]
        + ["record", "nhs_number", "candidate_number"]
    )
    - _SHARED_WITH_ATTRIBUTES
)
"""Columns that identify a person by their name alone, however a table declares them."""

SOURCE_IDS = frozenset(
    ("attainment_id", "census_id", "record_id", "left_id", "right_id", "school_urn", "output_area")
)
"""Ids of the sources: not for the research root, where a project's own ids stand for them."""


@cache
def declared() -> dict[str, Table]:
    """Every table that ``domain.tables`` declares, by its name."""
    found = [one for one in vars(tables).values() if isinstance(one, Table)]
    for source in tables.SOURCES:
        found += [source.quarantine_table, source.identity_table, source.attribute_table]
    return {table.name: table for table in found}


def is_declared(table: Table) -> bool:
    """Whether a table is one of ``domain.tables``, with its root and its columns."""
    known = declared().get(table.name)
    return known is not None and (known.zone, known.columns) == (table.zone, table.columns)


def refusals(table: Table) -> Iterator[str]:
    """Why a table may not be read or written, each with the names of its columns."""
    personal = [
        column.name
        for column in table.columns
        if column.is_personal or column.name in PERSONAL_NAMES
    ]
    if personal and table.zone not in _OF_PEOPLE:
        yield (
            f"{table.name} would carry {', '.join(personal)} into the root {table.zone}. "
            "Columns that identify a person stay in the roots landing and identifiers."
        )
    ids = [name for name in table.names if name in SOURCE_IDS]
    if ids and table.zone == tables.RESEARCH:
        yield (
            f"{table.name} would carry {', '.join(ids)} into the root research. Ids of the "
            "sources stay outside it; a project's own ids stand for them."
        )
    if not is_declared(table):
        yield (
            f"{table.name} is not on the allow-list of the root {table.zone}, with these columns. "
            "Declare it in domain/tables.py; read and write it as declared."
        )
