"""Census forms: what the form that a line is on says of the line, by who else is on it."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.doubles_model import FORM_COLUMNS
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require

MOST_ON_FORM = 20
"""Lines on one form beyond which it is no household, but an institution: it tells nothing."""


def with_forms(lines: DataFrame, identities: DataFrame) -> DataFrame:
    """Lines with their form, who else is on it, and whether its surname is no one else's there.

    ``form``: the household. ``companions``: root of the forename, surname and birth date of each
    other line on it that has all three. ``is_among_strangers``: nobody else on it has a part of its
    surname; null for a line alone on its form or without a surname.

    Grain: in, one row per line, and ``census_identity``; out, one row per line.
    Nulls: all three columns, where the form is not known or has more than ``MOST_ON_FORM``
    lines. Cost: a join by id (how=left, a line is there once), one shuffle by form and a join
    back by form (how=left, a form is there once).
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(lines, tables.CENSUS_PEOPLE, step="deduplicate")
    require(identities, tables.CENSUS_SOURCE.identity_table, step="deduplicate")
    known = identities.select(
        F.col("census_id").alias("record_id"), F.col("household_id").alias("form")
    )
    placed = lines.join(known, on="record_id", how="left")
    line = F.struct("record_id", _name_and_birth().alias("person"), "surname_parts")
    forms = (
        placed.where(F.col("form").isNotNull())
        .groupBy("form")
        .agg(F.collect_list(line).alias("everybody"))
        .where(F.size("everybody") <= MOST_ON_FORM)
    )
    told = placed.join(forms, on="form", how="left").withColumns(
        {"companions": _companions(), "is_among_strangers": _is_among_strangers()}
    )
    is_told = F.col("everybody").isNotNull()
    return told.select(
        *lines.columns, *(F.when(is_told, F.col(name)).alias(name) for name in FORM_COLUMNS)
    )


def _name_and_birth() -> Column:
    """Null where a part is; without the surname strangers would have somebody in common."""
    return F.concat("forename_root", F.lit(" "), "surname", F.lit(" "), "birth_date")


def _others() -> Column:
    return F.filter("everybody", lambda one: one["record_id"] != F.col("record_id"))


def _companions() -> Column:
    """Sorted, so that the order in which lines were collected is in no byte."""
    people = F.transform(_others(), lambda one: one["person"])
    return F.array_sort(F.array_distinct(F.array_compact(people)))


def _is_among_strangers() -> Column:
    def is_kin(one: Column) -> Column:
        return F.coalesce(F.arrays_overlap(one["surname_parts"], "surname_parts"), F.lit(False))

    is_known = (F.size(_others()) > 0) & F.col("surname_parts").isNotNull()
    return F.when(is_known, ~F.exists(_others(), is_kin))
