"""Readable: the rows that ``standardise`` works on, what cannot be read of them set aside first.

Each value set aside is a row of ``unread_identity`` or ``unread_attributes``, and is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame

from attainment_linkage.core import codes
from attainment_linkage.domain import tables
from attainment_linkage.domain.tables import Source, Table
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import unread
from attainment_linkage.steps.placeholders import Placeholders

READINGS = {
    tables.CENSUS_SOURCE: codes.CENSUS_READINGS,
    tables.SCHOOL_CENSUS_SOURCE: codes.SCHOOL_CENSUS_READINGS,
    tables.KS4_SOURCE: codes.KS4_READINGS,
    tables.KS5_SOURCE: codes.KS5_READINGS,
}


def identities(run: StageRun) -> list[DataFrame]:
    """The identity rows of each source, in order, without the values that cannot be read.

    A Census person has one row, in which no value stands before another: there the linkage record
    passes over what it cannot read, and only placeholders are taken out here, which costs less.
    """
    said = run.config.standardise
    listed = Placeholders(said.default_names, said.default_dates, said.default_postcodes)
    judged = [unread.with_reasons(run.read(one.identity_table), listed) for one in READINGS]
    found = [
        unread.unread_identities(rows, one) for one, rows in zip(READINGS, judged, strict=True)
    ]
    _set_aside(run, found, tables.UNREAD_IDENTITY)
    census = unread.without_placeholders(run.read(tables.CENSUS_SOURCE.identity_table), listed)
    return [census, *(unread.read_identities(rows) for rows in judged[1:])]


def attributes(run: StageRun) -> list[DataFrame]:
    """The attribute rows of each source, in order; what their readings do not know is kept."""
    rows: dict[Source, DataFrame] = {one: run.read(one.attribute_table) for one in READINGS}
    found = [unread.unread_attributes(rows[one], one, known) for one, known in READINGS.items()]
    _set_aside(run, found, tables.UNREAD_ATTRIBUTES)
    return list(rows.values())


def _set_aside(run: StageRun, found: Sequence[DataFrame], table: Table) -> None:
    """Write the values that are not read; note how many of each column, by reason."""
    written = run.write(reduce(DataFrame.unionByName, found), table)
    if run.written[table.name]:
        for row in sorted(unread.unread_counts(written).collect()):
            where = f"{row['source']} {row['column_name']}"
            run.note(f"{table.name}: {where} {row['reason']}", row["values"])
