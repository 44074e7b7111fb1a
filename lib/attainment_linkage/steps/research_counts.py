"""Research counts: what came in and went out of the research table, and what it lacks."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def counts_in(attainment: DataFrame, spine: DataFrame) -> DataFrame:
    """One row: pupils and attainment records of ``pupil_attainment``, links of the spine."""
    records = attainment.agg(
        F.count_distinct("attainment_id").alias("pupils"),
        F.coalesce(F.sum("record_count"), F.lit(0)).alias("records"),
    )
    return records.crossJoin(spine.agg(F.count("census_id").alias("links")))  # one row each


def shares_missing(research: DataFrame) -> DataFrame:
    """One row: the share of rows without a value, for each column."""
    return research.agg(
        *(F.coalesce(F.avg(F.col(name).isNull().cast("int")), F.lit(0.0)).alias(name)
          for name in research.columns)
    )  # fmt: skip


def counts(pupils: DataFrame) -> DataFrame:
    """One row: pupils, linked ones, households without adults, attainment records."""
    return pupils.agg(
        F.count("*").alias("pupils"),
        F.count_if("is_linked").alias("linked"),
        F.count_if(F.col("household_type") == "no_adults").alias("without_adults"),
        F.coalesce(F.sum(F.col("ks4_record_count") + F.col("ks5_record_count")), F.lit(0)).alias(
            "records"
        ),
    )
