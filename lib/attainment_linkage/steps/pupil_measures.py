"""Pupil measures: what a pupil attained, a row per pupil, each key stage under its own names."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core import derivations as d

_MEASURES = {
    4: (
        "academic_year",
        "school_type",
        "level_1",
        "level_2",
        "level_2_em",
        "ebacc",
        "gcse_ac_count",
        "points_total",
        "points_capped",
    ),
    5: (
        "academic_year",
        "school_type",
        "level_3",
        "three_a",
        "aab",
        "a_level_entries",
        "points_total",
    ),
}
"""What is measured at each key stage, beside the records' number."""


def measures(attainment: DataFrame) -> DataFrame:
    """One row per pupil: the measures of each key stage under their stage's name."""
    wide = attainment.groupBy("attainment_id").agg(
        F.max("sex").alias("record_sex"),
        F.max("ks2_points").alias("ks2_points"),
        *(_at(stage, name) for stage, names in _MEASURES.items() for name in names),
        *(_records(stage) for stage in _MEASURES),
    )
    delivered = attainment.where(F.col("key_stage") == 5).agg(
        F.collect_set(_end_year("academic_year")).alias("ks5_years")
    )
    due = _end_year("ks4_academic_year") + d.LEVEL_3_YEARS
    is_in_time = _end_year("ks5_academic_year") <= due
    by_18 = F.coalesce(F.col("ks5_level_3") & is_in_time, F.lit(False))
    return (
        wide.crossJoin(F.broadcast(delivered))  # one row: the years of Key Stage 5
        .withColumn("has_level_3_by_18", F.when(F.array_contains("ks5_years", due), by_18))
        .drop("ks5_years")
    )


def _at(stage: int, name: str) -> Column:
    """A measure at a key stage; each pupil has one row there."""
    return F.max(F.when(F.col("key_stage") == stage, F.col(name))).alias(f"ks{stage}_{name}")


def _records(stage: int) -> Column:
    count = F.max(F.when(F.col("key_stage") == stage, F.col("record_count")))
    return F.coalesce(count, F.lit(0)).alias(f"ks{stage}_record_count")


def _end_year(name: str) -> Column:
    """The year in which an academic year such as 2010/11 ends."""
    return F.substring(name, 1, 4).try_cast("int") + 1
