"""Error rates: what the estimates of false and missed links are made from, in counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core import blocking_loss
from attainment_linkage.core.calibration import WeighedPairs
from attainment_linkage.core.rules import Equality, Rule
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require

_BINS_PER_BIT = 16.0
_MOST_BITS, _NO_ODDS = 60.0, 1e-9
_LIKELY = 0.01
"""Chance from which a pair's agreement counts: the others together are next to nothing."""
_PAIR = ["left_id", "right_id"]


def chanced_pairs(scored_pairs: DataFrame, links: DataFrame) -> DataFrame:
    """Scored pairs with the odds of their rivals, their own chance to be true, and whether linked.

    Grain: one row per scored pair. Cost: two shuffles to add up rivals (by left, by right),
    one join by pair (how=left, a pair is there once).
    """
    require(scored_pairs, tables.SCORED_PAIRS, step="error rates")
    odds = F.pow(F.lit(2.0), F.least(F.col("match_weight"), F.lit(_MOST_BITS)))
    pairs = scored_pairs.select(*_PAIR, "match_weight", odds.alias("odds"))
    rivals: Column = F.lit(0.0)
    for side in _PAIR:
        every = F.sum("odds").over(Window.partitionBy(side))
        rivals = rivals + F.greatest(every - F.col("odds"), F.lit(0.0))
    linked = links.select(*_PAIR, F.lit(True).alias("is_link"))
    marked = pairs.withColumn("rivals", rivals).join(linked, on=_PAIR, how="left")
    return marked.select(
        *_PAIR,
        _bin(F.col("match_weight")).alias("bits"),
        F.when(F.col("rivals") > _NO_ODDS, _bin(F.log2("rivals"))).alias("rival_bits"),
        (F.col("odds") / (1 + F.col("rivals") + F.col("odds"))).alias("chance"),
        F.coalesce("is_link", F.lit(False)).alias("is_link"),
    )


def weighed_pairs(chanced: DataFrame) -> WeighedPairs:
    """The pairs, counted by weight, by their rivals' weight, and by being a link.

    Cost: one small shuffle of the bins.
    """
    keys = ["bits", "rival_bits", "is_link"]
    bins = chanced.groupBy(*keys).agg(F.count("*").alias("pairs")).orderBy(*keys).toArrow()
    rival = bins["rival_bits"].to_numpy().astype(np.float64)
    return WeighedPairs(
        bins["bits"].to_numpy().astype(np.float64) / _BINS_PER_BIT,
        np.where(np.isnan(rival), -np.inf, rival / _BINS_PER_BIT),
        bins["pairs"].to_numpy().astype(np.float64),
        bins["is_link"].to_numpy(zero_copy_only=False).astype(bool),
    )


def lost_pairs(chanced: DataFrame, records: DataFrame, rules: Sequence[Rule]) -> float:
    """True pairs that no blocking rule formed, from how the likely ones agree.

    ``records`` are those of both files, as ``block.linkage_records`` gives them.
    Cost: two joins of the pairs by id (a record is there once), a small shuffle of patterns.
    """
    equalities = blocking_loss.equalities_of(rules)
    pairs = chanced.where(F.col("chance") >= _LIKELY).select(*_PAIR, "chance")
    for is_left, name in ((True, "left"), (False, "right")):
        columns = sorted({getattr(equality, name) for equality in equalities})
        fields = [F.col(column).alias(f"{name}_{column}") for column in columns]
        side = records.where(F.col("is_left") == is_left)
        side = side.select(F.col("record_id").alias(f"{name}_id"), *fields)
        pairs = pairs.join(side, on=f"{name}_id", how="inner")
    names = [f"held_{number}" for number in range(len(equalities))]
    held = [
        F.coalesce(_holds(one), F.lit(False)).alias(name)
        for one, name in zip(equalities, names, strict=True)
    ]
    counted = pairs.select("chance", *held).groupBy(*names).agg(F.sum("chance").alias("pairs"))
    patterns = counted.orderBy(*names).toArrow()
    columns_held = [patterns[name].to_numpy(zero_copy_only=False).astype(bool) for name in names]
    pairs_held = np.round(patterns["pairs"].to_numpy().astype(np.float64), 6)
    return blocking_loss.lost_pairs(rules, np.stack(columns_held, axis=1), pairs_held)


def _holds(equality: Equality) -> Column:
    left, right = F.col(f"left_{equality.left}"), F.col(f"right_{equality.right}")
    if equality.is_left_array and equality.is_right_array:
        return F.arrays_overlap(F.array_compact(left), F.array_compact(right))
    if equality.is_left_array:
        return F.array_contains(left, right)
    if equality.is_right_array:
        return F.array_contains(right, left)
    return left == right


def _bin(bits: Column) -> Column:
    return F.round(bits * _BINS_PER_BIT).cast("int")
