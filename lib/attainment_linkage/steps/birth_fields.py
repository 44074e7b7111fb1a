"""Birth fields: year, month, day and age, and the date as far as it is known."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.column_facts import ColumnFacts
from attainment_linkage.steps import dates


def with_birth_numbers(texts: DataFrame, facts: ColumnFacts) -> DataFrame:
    """The numbers of the birth date as delivered; a whole date comes before its parts.

    Each step is kept in columns of its own: Spark works an expression out at each mention.
    """
    text, tokens, notation = map(F.col, ("date_of_birth_text", "date_tokens", "date_notation"))
    first, second, is_leading = map(F.col, ("date_first", "date_second", "is_month_leading"))
    split = texts.select("*", F.split(text, "-").alias("date_tokens"))
    read = split.select("*", dates.date_notation(text, tokens).alias("date_notation"))
    numbers = zip(
        dates.date_numbers(text, tokens, notation),
        ("date_year", "date_first", "date_second"),
        strict=True,
    )
    parted = read.select("*", *(number.alias(name) for number, name in numbers))
    placed = parted.select(
        "*",
        dates.part_number(first).alias("first_number"),
        dates.part_number(second).alias("second_number"),
        dates.is_month_leading(first, second, notation, facts.is_day_first).alias(
            "is_month_leading"
        ),
    )
    one, two = F.col("first_number"), F.col("second_number")
    month, day = F.when(is_leading, one).otherwise(two), F.when(is_leading, two).otherwise(one)
    month, day = dates.month_and_day(first, second, month, day)
    return placed.select(
        "*",
        F.coalesce("date_year", "birth_year_text").alias("year_text"),
        F.coalesce(month, "birth_month_text").alias("month_text"),
        F.coalesce(day, "birth_day_text").alias("day_text"),
    ).select(
        "*",
        dates.number_text(F.col("year_text")).alias("year_number"),
        dates.month_number(F.col("month_text")).alias("month_number"),
        dates.number_text(F.col("day_text")).alias("day_number"),
    )


def birth_parts() -> list[Column]:
    """Year, month and day as far as they can be, and the age in years."""
    age = F.col("age_text")
    return [
        dates.year_part(F.col("year_text"), F.col("year_number")).alias("birth_year"),
        dates.two_digits(F.col("month_number"), 12).alias("month_known"),
        dates.two_digits(F.col("day_number"), 31).alias("day_known"),
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
