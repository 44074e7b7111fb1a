"""Scratch: frames kept for later steps, however much one row holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import functions as F

from attainment_linkage.adapters.scratch import Fetching, kept

BLOCK_MIB = 20


def _blocks(batches):
    drawn = np.random.default_rng(1)
    for batch in batches:
        for _ in range(batch.num_rows):
            block = pa.array([drawn.bytes(BLOCK_MIB * 2**20)], pa.binary())
            yield pa.record_batch([block], names=["b"])


def test_no_more_than_a_few_large_rows_are_held_at_once(spark, tmp_path):
    read = kept(spark.range(0, 3, 1, 1).mapInArrow(_blocks, "b binary"), tmp_path / "blocks")

    (part,) = (tmp_path / "blocks").glob("*.parquet")
    groups = pq.ParquetFile(part).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [1, 1, 1]
    assert read.agg(F.sum(F.length("b"))).collect()[0][0] == 3 * BLOCK_MIB * 2**20


def test_what_is_fetched_by_files_is_what_java_would_have_sent_and_leaves_nothing(spark, tmp_path):
    rows = spark.range(0, 100, 1, 4).selectExpr(
        "id % 2 = 0 as is_left", "cast(id as string) as record_id",
        "if(id % 3 = 0, null, array('LS1', cast(null as string))) as postcodes",
    )  # fmt: skip
    fetch = Fetching(tmp_path / "samples")

    with ThreadPoolExecutor(2) as both:
        tables = list(both.map(fetch, [rows, rows.where("false")]))

    for found, sent in zip(tables, [rows.toArrow(), rows.where("false").toArrow()], strict=True):
        order = [("record_id", "ascending")]
        assert found.cast(sent.schema).sort_by(order).equals(sent.sort_by(order))
    assert list((tmp_path / "samples").iterdir()) == []
