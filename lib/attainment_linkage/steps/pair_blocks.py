"""Pair blocks: weighed pairs as columns of Arrow, very many to a row. No Spark here.

Most pairs that are weighed are looked at once more and dropped. As rows they would cost the
JVM more than their similarities cost DuckDB; so it holds them as blocks that it never opens.
Blocks hold record ids: they go where scratch frames go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from attainment_linkage.steps.kernel import WEIGHT_DECIMALS
from attainment_linkage.steps.slices import block_of, unpacked

Floats = npt.NDArray[np.float64]

BLOCKS_DDL = "pairs bigint, block binary"
_BLOCKS = pa.schema([("pairs", pa.int64()), ("block", pa.binary())])
_BLOCK_PAIRS = 250_000
_HASHED = (
    "select *, (hash(left_id) >> 1)::bigint as left_hash, "
    "(hash(right_id) >> 1)::bigint as right_hash from scored"
)


def packed(scored: pa.Table) -> Iterator[pa.RecordBatch]:
    """Pairs as the kernel gives them, in blocks: their weights rounded, with hashes of both ids.

    Grain: in, one row per pair; out, one row per block of pairs. No pairs, no block.
    """
    if not scored.num_rows:
        return
    weights = pa.array(rounded(scored["match_weight"].to_numpy()))
    place = scored.schema.get_field_index("match_weight")
    with duckdb.connect(config={"threads": 1}) as database:
        database.register("scored", scored.set_column(place, "match_weight", weights))
        hashed = database.sql(_HASHED).to_arrow_table()
    for start in range(0, hashed.num_rows, _BLOCK_PAIRS):
        part = hashed.slice(start, _BLOCK_PAIRS)
        columns = [pa.array([part.num_rows]), pa.array([block_of(part)])]
        yield pa.record_batch(columns, schema=_BLOCKS)


def opened(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The pairs of each block: SCORED_PAIRS, left_hash, right_hash."""
    for batch in batches:
        for block in batch["block"]:
            yield unpacked(block)


def rounded(weights: Floats) -> Floats:
    """Weights to 1e-6 bits: before any threshold, margin, ranking or hash."""
    return np.asarray(np.round(weights, WEIGHT_DECIMALS), np.float64)
