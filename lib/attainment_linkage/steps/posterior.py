"""Posterior: from weights at the starting prior to those at the prior the pairs speak for.

What speaks for the pairs and for their rivals is gathered in bins of a sixteenth of a bit, a
small table, on which the driver finds the number of true pairs (``core.prior``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.prior import Evidence, Files, log_odds
from attainment_linkage.domain import tables
from attainment_linkage.steps import pair_blocks
from attainment_linkage.steps.rivals import rival_bins

_BINS_PER_BIT = 16.0


def pair_count(weighed: DataFrame) -> int:
    """Pairs in all blocks; no block is opened."""
    return int(weighed.agg(F.sum("pairs").alias("pairs")).collect()[0]["pairs"] or 0)


def evidence(weighed: DataFrame, files: Files, start: float, parts: int = 1) -> Evidence:
    """What speaks for the pairs, and for their rivals where a record is linked once.

    Grain: in, one row per block of pairs, weighed at the prior ``start``; out, bins of pairs.
    Cost: per side of which a record is linked once, a shuffle of numbers in ``parts`` parts; a
    small one for the bins.
    """
    sides = list(files.records_once)
    found = rival_bins(weighed, log_odds(start), sides, _BINS_PER_BIT, parts)
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


def shifted(weighed: DataFrame, bits: float, review_bits: float) -> DataFrame:
    """The pairs with so many bits added, as far as they then reach review or have a matchkey.

    Grain: in, one row per block of pairs; out, one row per pair; weights are rounded again, so
    that sums stay decimal. Narrow.
    """

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for pairs in pair_blocks.opened(batches):
            weight = pair_blocks.rounded(pairs["match_weight"].to_numpy() + bits)
            is_by_key = pairs["matchkey_number"].is_valid().to_numpy()
            place = pairs.schema.get_field_index("match_weight")
            moved = pairs.set_column(place, "match_weight", pa.array(weight))
            kept = moved.filter(pa.array((weight >= review_bits) | is_by_key))
            yield from kept.select(tables.SCORED_PAIRS.names).to_batches()

    return weighed.mapInArrow(task, tables.SCORED_PAIRS.ddl)
