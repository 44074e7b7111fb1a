"""Draw links: from scored pairs to sets of links as likely as those made, without names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core.link_draws import NOBODY, link_changes
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require
from attainment_linkage.steps.detach import BAND_BITS

_STEP = "draw links"


def link_draws(
    scored_pairs: DataFrame, links: DataFrame, draws: int, seed: int, parts: int
) -> DataFrame:
    """What each draw links otherwise than the links do.

    Grain:  in, one row per scored pair, and per link; out, one row per draw and pupil that
            is linked otherwise in it: to another person, or to nobody.
    Nulls:  census_id, weight_band and matchkey_number, where a pupil is linked to nobody.
    Cost:   two shuffles to count rivals, one to lay out the parts. Pairs without a rival
            are drawn in place; the rest, few, in one task: a component must not be cut.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(scored_pairs, tables.SCORED_PAIRS, step=_STEP)
    require(links, tables.LINKS, step=_STEP)
    made = links.select("left_id", "right_id", F.lit(True).alias("is_link"))
    rivals = (F.count("*").over(Window.partitionBy(side)) for side in ("left_id", "right_id"))
    is_lone = (next(rivals) == 1) & (next(rivals) == 1)
    pairs = scored_pairs.join(made, on=["left_id", "right_id"], how="left").select(
        "left_id",
        "right_id",
        "match_weight",
        "matchkey_number",
        F.coalesce("is_link", F.lit(False)).alias("is_link"),
        F.xxhash64(F.lit(seed), "left_id", "right_id").alias("noise"),
        F.when(is_lone, F.col("left_id")).alias("part"),
    )
    laid = pairs.repartition(parts, "part").drop("part")
    return laid.mapInArrow(_drawer(draws), tables.LINK_DRAWS.ddl)


def _drawer(draws: int) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        delivered = list(batches)
        if delivered:
            yield from _drawn(pa.Table.from_batches(delivered), draws).to_batches()

    return task


def _drawn(pairs: pa.Table, draws: int) -> pa.Table:
    left = pairs["left_id"].combine_chunks().dictionary_encode()
    right = pairs["right_id"].combine_chunks().dictionary_encode()
    found = link_changes(
        left.indices.to_numpy().astype(np.int64),
        right.indices.to_numpy().astype(np.int64),
        pairs["match_weight"].to_numpy(),
        pairs["is_link"].to_numpy(zero_copy_only=False),
        pairs["noise"].to_numpy(),
        draws,
    )
    pair = pa.array(found.pair, mask=found.pair == NOBODY)
    bits = np.floor(pairs["match_weight"].to_numpy() / BAND_BITS) * BAND_BITS
    columns = {
        "attainment_id": left.dictionary.take(pa.array(found.left)),
        "draw": pa.array(found.draw, pa.int32()),
        "census_id": pairs["right_id"].combine_chunks().take(pair),
        "weight_band": pc.cast(pa.array(bits), pa.int32()).take(pair),
        "matchkey_number": pairs["matchkey_number"].combine_chunks().take(pair),
    }
    return pa.table({name: columns[name] for name in tables.LINK_DRAWS.names})
