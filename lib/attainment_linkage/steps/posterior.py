"""Posterior: from weights at the starting prior to those at the prior the pairs speak for.

What speaks for the pairs and for their rivals is gathered in bins of a sixteenth of a bit, a
small table, on which the driver finds the number of true pairs (``core.prior``).
"""

from __future__ import annotations

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.prior import Evidence, Files, log_odds
from attainment_linkage.domain import tables
from attainment_linkage.steps.kernel import WEIGHT_DECIMALS
from attainment_linkage.steps.rivals import rival_bins

_BINS_PER_BIT = 16.0
_MOST_BITS = 60.0


def evidence(scored_pairs: DataFrame, files: Files, start: float, parts: int = 1) -> Evidence:
    """What speaks for the pairs, and for their rivals where a record is linked once.

    Grain: in, one row per pair, weighed at the prior ``start``; out, bins of pairs.
    Cost: per side of which a record is linked once, a shuffle of numbers in ``parts`` parts; a
    small one for the bins.
    """
    bits = F.greatest(
        F.least(F.col("match_weight") - F.lit(log_odds(start)), F.lit(_MOST_BITS)),
        F.lit(-_MOST_BITS),
    )
    sides = list(files.records_once)
    found = rival_bins(scored_pairs.withColumn("bits", bits), sides, _BINS_PER_BIT, parts)
    bins = (
        found.groupBy("bits", "rival_bits")
        .agg(F.sum("pairs").alias("pairs"))
        .orderBy("bits", "rival_bits")
        .toArrow()
    )
    by_name = {name: bins[name].to_numpy().astype(np.float64) for name in bins.column_names}
    rival = by_name["rival_bits"] / _BINS_PER_BIT
    rival = np.where(np.isnan(rival), -np.inf, rival)
    return Evidence(by_name["bits"] / _BINS_PER_BIT, rival, by_name["pairs"])


def shifted(scored_pairs: DataFrame, bits: float, review_bits: float) -> DataFrame:
    """The pairs with so many bits added, as far as they then reach review or have a matchkey.

    Grain: one row per pair; weights are rounded again, so that sums stay decimal. Narrow.
    """
    weight = F.round(F.col("match_weight") + F.lit(bits), WEIGHT_DECIMALS)
    moved = scored_pairs.withColumn("match_weight", weight)
    is_kept = (F.col("match_weight") >= review_bits) | F.col("matchkey_number").isNotNull()
    return moved.where(is_kept).select(*tables.SCORED_PAIRS.names)
