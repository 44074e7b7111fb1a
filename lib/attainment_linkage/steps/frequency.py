"""Frequency: how common the values of a few records are among all of both files."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.levels import HOME


def population(left: DataFrame, right: DataFrame, columns: Sequence[str], name: str) -> DataFrame:
    """These columns of the records of two files whose values tell how common a value is:
    ``policy.POPULATIONS``."""
    sides = {"left": left.select(*columns), "right": right.select(*columns)}
    return sides[name] if name in sides else sides["left"].unionByName(sides["right"])


def with_frequencies(
    records: DataFrame, every: DataFrame, columns: Sequence[str], frequencies: Sequence[str]
) -> DataFrame:
    """A few records with tf_<column>, the share of their values among all of a population.

    Columns: ``columns``, then those; a home, where it is not among them, is not known.
    Cost: one small shuffle of (value, count) per column whose frequencies count.
    """
    found = records.select(*columns, *_no_home(columns))
    for column in frequencies:
        # how=left: every record stays, and meets one share at most
        found = found.join(_shares(every, column), on=column, how="left")
    return found


def _no_home(columns: Sequence[str]) -> list[Column]:
    return [] if HOME in columns else [F.lit(None).cast("string").alias(HOME)]


def _shares(records: DataFrame, column: str) -> DataFrame:
    """Each value of a column and its share of all that are not null."""
    values = records.where(F.col(column).isNotNull())
    total = values.agg(F.count("*").alias("total"))
    counts = values.groupBy(column).agg(F.count("*").alias("count")).crossJoin(total)
    return counts.select(column, (F.col("count") / F.col("total")).alias(f"tf_{column}"))
