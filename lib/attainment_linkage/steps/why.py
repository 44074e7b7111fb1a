"""Why: the rows that explain one pair, found by its two ids."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def both_records(pupils: DataFrame, people: DataFrame, left_id: str, right_id: str) -> DataFrame:
    """The records of two ids, one of each file: two rows, told apart by ``is_left``."""
    left = pupils.where(F.col("record_id") == left_id).withColumn("is_left", F.lit(True))
    right = people.where(F.col("record_id") == right_id).withColumn("is_left", F.lit(False))
    return left.unionByName(right)


def pairs_of(scored_pairs: DataFrame, left_id: str, right_id: str) -> DataFrame:
    """The pairs of either record, the best first: whether of the left, of the right, weight,
    rule and matchkey. No id is given back.
    """
    is_left, is_right = F.col("left_id") == left_id, F.col("right_id") == right_id
    return (
        scored_pairs.where(is_left | is_right)
        .select(
            is_left.alias("is_left"),
            is_right.alias("is_right"),
            "match_weight",
            "rule_number",
            "matchkey_number",
        )
        .orderBy(F.desc("match_weight"), "is_left", "is_right")
    )


def of_pair(pairs: DataFrame, left_id: str, right_id: str, column: str) -> DataFrame:
    """One column, as ``said``, of the row of a pair in the links or in the pairs for review."""
    is_pair = (F.col("left_id") == left_id) & (F.col("right_id") == right_id)
    return pairs.where(is_pair).select(F.col(column).alias("said"))
