"""Posterior: from weights at the starting prior to those at the prior the pairs speak for.

What speaks for the pairs and for their rivals is gathered in bins of a sixteenth of a bit, a
small table, on which the driver finds the number of true pairs (``core.prior``).
"""

from __future__ import annotations

import numpy as np
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core.prior import Evidence, Files, log_odds
from attainment_linkage.domain import tables
from attainment_linkage.steps.kernel import WEIGHT_DECIMALS

_BINS_PER_BIT = 16.0
_MOST_BITS = 60.0


def evidence(scored_pairs: DataFrame, files: Files, start: float) -> Evidence:
    """What speaks for the pairs, and for their rivals where a record is linked once.

    Grain: in, one row per pair, weighed at the prior ``start``; out, bins of pairs.
    Cost: one shuffle per side of which a record is linked once, to sum up its pairs, and a
    small one for the bins.
    """
    bits = F.greatest(
        F.least(F.col("match_weight") - F.lit(log_odds(start)), F.lit(_MOST_BITS)),
        F.lit(-_MOST_BITS),
    )
    pairs = scored_pairs.withColumn("bits", bits).withColumn("factor", F.pow(F.lit(2.0), bits))
    sides = ["left_id"] * files.is_left_once + ["right_id"] * files.is_right_once
    rivals: Column = F.lit(0.0)
    for side in sides:
        pairs = pairs.withColumn(f"of_{side}", F.sum("factor").over(Window.partitionBy(side)))
        rivals = rivals + F.greatest(F.col(f"of_{side}") - F.col("factor"), F.lit(0.0))
    rival_bits = F.when(rivals > 0, F.log2(rivals))
    bins = (
        pairs.select(_bin(F.col("bits")).alias("bits"), _bin(rival_bits).alias("rival_bits"))
        .groupBy("bits", "rival_bits")
        .agg(F.count("*").alias("pairs"))
        .orderBy("bits", "rival_bits")
        .toArrow()
    )
    found = {name: bins[name].to_numpy().astype(np.float64) for name in bins.column_names}
    rival = np.where(np.isnan(found["rival_bits"]), -np.inf, found["rival_bits"] / _BINS_PER_BIT)
    return Evidence(found["bits"] / _BINS_PER_BIT, rival, found["pairs"])


def shifted(scored_pairs: DataFrame, bits: float, review_bits: float) -> DataFrame:
    """The pairs with so many bits added, as far as they then reach review or have a matchkey.

    Grain: one row per pair; weights are rounded again, so that sums stay decimal. Narrow.
    """
    weight = F.round(F.col("match_weight") + F.lit(bits), WEIGHT_DECIMALS)
    moved = scored_pairs.withColumn("match_weight", weight)
    is_kept = (F.col("match_weight") >= review_bits) | F.col("matchkey_number").isNotNull()
    return moved.where(is_kept).select(*tables.SCORED_PAIRS.names)


def _bin(bits: Column) -> Column:
    return F.round(bits * _BINS_PER_BIT).cast("int")
