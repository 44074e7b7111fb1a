"""Review: from scored pairs to the pairs that reviewers see, beside their linkage records."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.domain import review, tables
from attainment_linkage.steps.contract import require

CELL = ("outcome", "band", "key", "code")
"""The columns that name a cell of the sampling frame."""

PRIOR_DECISIONS = 4
"""How many decisions the model's probability counts as, beside those on its stratum."""


def frame(
    scored_pairs: DataFrame,
    links: DataFrame,
    review_pairs: DataFrame,
    edges_bits: Sequence[float],
    codes: DataFrame | None = None,
) -> DataFrame:
    """The sampling frame: every scored pair with its cell and match probability.

    ``codes`` holds left_id and an opaque stratum_code, one row per pupil at most.

    Grain:  in and out, one row per scored pair.
    Units:  match_weight and edges in bits; probability is 2^w / (1 + 2^w).
    Cost:   two joins by pair, one by left id; how=left on keys that are unique, so rows
            cannot multiply.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    for given, table in (
        (scored_pairs, tables.SCORED_PAIRS),
        (links, tables.LINKS),
        (review_pairs, tables.REVIEW_PAIRS),
    ):
        require(given, table, step="review")
    pair = ["left_id", "right_id"]
    weight = F.col("match_weight")
    outcomes = scored_pairs.join(
        links.select(*pair, F.lit(review.LINKED).alias("linked")), on=pair, how="left"
    ).join(review_pairs.select(*pair, "reason"), on=pair, how="left")
    coded = (
        outcomes.join(codes.select("left_id", "stratum_code"), on="left_id", how="left")
        if codes is not None
        else outcomes.withColumn("stratum_code", F.lit(None).cast("string"))
    )
    return coded.select(
        *pair,
        "match_weight",
        F.coalesce("linked", "reason", F.lit(review.LOST)).alias("outcome"),
        _band(weight, edges_bits).alias("band"),
        F.coalesce(F.col("matchkey_number").cast("string"), F.lit(review.NO_KEY)).alias("key"),
        F.coalesce("stratum_code", F.lit(review.NO_CODE)).alias("code"),
        (1 / (1 + F.pow(F.lit(2.0), -weight))).alias("probability"),
    )


def _band(weight: Column, edges_bits: Sequence[float]) -> Column:
    return reduce(lambda total, edge: total + (weight >= edge).cast("int"), edges_bits, F.lit(0))


def cells(pairs: DataFrame) -> DataFrame:
    """The cells of the frame: pairs, and the mean of their match probabilities."""
    return pairs.groupBy(*CELL).agg(
        F.count("*").alias("pairs"), F.round(F.avg("probability"), 9).alias("probability")
    )


def drawn(pairs: DataFrame, strata: DataFrame, seed: int) -> DataFrame:
    """The pairs drawn of each stratum: its first ``drawn`` in the order of a seeded hash.

    ``strata`` has a row per cell: its four names, stratum, drawn.

    Grain: one row per pair drawn; the join is on the cell (how=inner, each cell once).
    """
    place = F.row_number().over(
        Window.partitionBy("stratum").orderBy(_lot(seed), "left_id", "right_id")
    )
    return (
        pairs.join(F.broadcast(strata), on=list(CELL), how="inner")
        .withColumn("place", place)
        .where(F.col("place") <= F.col("drawn"))
        .select("left_id", "right_id", "match_weight", "stratum")
    )


def most_open(
    pairs: DataFrame, strata: DataFrame, seen: DataFrame, most: int, seed: int
) -> DataFrame:
    """The pairs whose decision is most open, in that order, at most one per left record.

    ``strata`` has a row per cell: its four names, stratum, decided, matches; ``seen`` has
    left_id, right_id of pairs drawn before, which keep their place and are flagged. A pair's
    chance to be a match is the model's, moved by what was decided of its stratum; the pairs
    nearest to even chances come first (uncertainty sampling, Lewis & Gale 1994).

    Grain: one row per pair; how=left on ``seen``, which holds a pair once.
    Cost:  one shuffle by left id; ``most`` rows are kept of each partition, then sorted.
    """
    chance = (PRIOR_DECISIONS * F.col("probability") + F.col("matches")) / (
        PRIOR_DECISIONS + F.col("decided")
    )
    openness = [F.abs(chance - 0.5), F.abs(F.col("probability") - 0.5)]
    order = [*openness, _lot(seed), F.col("left_id"), F.col("right_id")]
    best = F.row_number().over(Window.partitionBy("left_id").orderBy(*order))
    marked = seen.select("left_id", "right_id", F.lit(True).alias("was_seen"))
    return (
        pairs.join(F.broadcast(marked), on=["left_id", "right_id"], how="left")
        .join(F.broadcast(strata), on=list(CELL), how="inner")
        .withColumn("best", best)
        .where(F.col("best") == 1)
        .orderBy(*order)
        .limit(most)
        .select(
            "left_id",
            "right_id",
            "match_weight",
            "stratum",
            F.coalesce("was_seen", F.lit(False)).alias("is_seen"),
        )
    )


def side_by_side(pairs: DataFrame, pupils: DataFrame, people: DataFrame) -> DataFrame:
    """The drawn pairs with both linkage records, each a struct: ``left``, ``right``.

    Grain: one row per pair; how=inner on record ids, which are unique and there.
    """
    names = [column.name for column in tables.LINKAGE_FIELDS]
    few = F.broadcast(pairs)
    left = pupils.select(F.col("record_id").alias("left_id"), F.struct(*names).alias("left"))
    right = people.select(F.col("record_id").alias("right_id"), F.struct(*names).alias("right"))
    return left.join(few, on="left_id", how="inner").join(right, on="right_id", how="inner")


def _lot(seed: int) -> Column:
    """A number that orders pairs by nothing but the seed."""
    return F.xxhash64(F.lit(seed), "left_id", "right_id")
