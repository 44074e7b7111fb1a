"""Report: the counts a run's report is made of. Aggregates only; no row leaves these frames."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

LINKED, REVIEW, NEITHER = "linked", "review", "neither"


def pair_counts(
    scored_pairs: DataFrame, links: DataFrame, review_pairs: DataFrame, bin_bits: int
) -> DataFrame:
    """Scored pairs by weight, by the rule that found them and by what became of them.

    Grain: in, one row per pair each; out, one row per (bits, rule_number, fate), ``bits``
    being the lower end of a bin.
    Cost: two joins on the pair, unique on their right sides, so that rows cannot multiply.
    """
    pair = ["left_id", "right_id"]
    linked = links.select(*pair, F.lit(LINKED).alias("link"))
    for_review = review_pairs.select(*pair, F.lit(REVIEW).alias("review"))
    fated = scored_pairs.join(linked, on=pair, how="left").join(for_review, on=pair, how="left")
    bits = (F.floor(F.col("match_weight") / bin_bits) * bin_bits).cast("int").alias("bits")
    fate = F.coalesce("link", "review", F.lit(NEITHER)).alias("fate")
    return fated.groupBy(bits, "rule_number", fate).agg(F.count("*").alias("pairs"))


def records_for_review(review_pairs: DataFrame, links: DataFrame) -> DataFrame:
    """How many left records have no link but a pair for review: one row, ``records``."""
    without = review_pairs.select("left_id").distinct().join(links, on="left_id", how="left_anti")
    return without.agg(F.count("*").alias("records"))


def filled_counts(records: DataFrame, columns: Sequence[str]) -> DataFrame:
    """How many records have each column: one row, a column each, and ``records`` of all.

    An empty array counts as not filled.
    """
    types = dict(records.dtypes)
    counts = []
    for name in columns:
        is_filled = F.col(name).isNotNull()
        if types[name].startswith("array"):
            is_filled = is_filled & (F.size(name) > 0)
        counts.append(F.count_if(is_filled).alias(name))
    return records.agg(F.count("*").alias("records"), *counts)
