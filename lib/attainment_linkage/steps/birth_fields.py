"""Birth fields: year, month, day and age, and the date as far as it is known."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.column_facts import ColumnFacts
from attainment_linkage.steps import dates


def birth_numbers(facts: ColumnFacts) -> list[Column]:
    """The numbers of the birth date as delivered; a whole date comes before its parts."""
    tokens = dates.date_tokens(F.col("date_of_birth_text"))
    month, day = dates.month_and_day(
        tokens.first, tokens.second, tokens.is_month_leading, facts.is_day_first
    )
    return [
        F.coalesce(tokens.year, "birth_year_text").alias("year_number"),
        F.coalesce(month, "birth_month_text").alias("month_number"),
        F.coalesce(day, "birth_day_text").alias("day_number"),
    ]


def birth_parts() -> list[Column]:
    """Year, month and day as far as they can be, and the age in years."""
    age = F.col("age_text")
    return [
        dates.year_part(F.col("year_number")).alias("birth_year"),
        dates.month_part(F.col("month_number")).alias("month_known"),
        dates.day_part(F.col("day_number")).alias("day_known"),
        F.when(age.between(0, 120), age.cast("string")).alias("age"),
    ]


def with_birth_date(records: DataFrame, facts: ColumnFacts) -> DataFrame:
    """Put the date together; 1 January counts as unknown day and month where facts say so."""
    is_new_year = (F.col("month_known") == "01") & (F.col("day_known") == "01")
    is_default = is_new_year & (
        F.lit(facts.is_new_year_partial) | F.col("birth_year").isin("1900", "1800")
    )
    is_kept = ~F.coalesce(is_default, F.lit(False))
    parted = records.select(
        "*",
        F.when(is_kept, F.col("month_known")).alias("birth_month"),
        F.when(is_kept, F.col("day_known")).alias("birth_day"),
    )
    whole = dates.whole_date(F.col("birth_year"), F.col("birth_month"), F.col("birth_day"))
    return parted.withColumn("birth_date", whole)
