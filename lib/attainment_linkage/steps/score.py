"""Score: every candidate pair by the model, in the partitions of each key group.

Both files are laid out by a group's key; each task hands its partition to Splink on an
embedded DuckDB (``steps.kernel``). A pair is formed in one partition of one group only,
so the groups' answers are put together without a shuffle.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce

import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core.blocking_plan import Bucketing
from attainment_linkage.core.levels import HOME, Home
from attainment_linkage.domain import tables
from attainment_linkage.steps.block import keyed
from attainment_linkage.steps.kernel import (
    SCORED_SCHEMA,
    WEIGHT_DECIMALS,
    Kernel,
    score_partition,
)


def with_term_frequencies(
    records: DataFrame, columns: Sequence[str], home: Home | None = None
) -> DataFrame:
    """Add ``tf_<column>``: the share of a value among all non-null values of both files.

    And ``home``, where the model has one: the value of the home's column, null where more
    records of a file have it than one home holds.

    Grain: unchanged; null where the value is null.
    Cost: per column one shuffle of (value, count), combined before it, and one join back
    on the value (at most one match: values are distinct after the grouping).
    Source: term-frequency adjustment, Winkler 1989; both files together, as Splink.
    """
    weighed = records
    for column in columns:
        shares = _shares(records, column)
        weighed = weighed.join(shares, on=column, how="left")
    if home is not None:
        # how=left: every record stays, and meets at most one home, as values are distinct
        weighed = weighed.join(_homes(records, home), on=home.column, how="left")
    return weighed


def _shares(records: DataFrame, column: str) -> DataFrame:
    """Each value of a column and its share of all non-null values of both files."""
    counts = (
        records.where(F.col(column).isNotNull()).groupBy(column).agg(F.count("*").alias("count"))
    )
    total = F.sum("count").over(Window.partitionBy(F.lit(True)))
    return counts.select(column, (F.col("count").cast("double") / total).alias(f"tf_{column}"))


def _homes(records: DataFrame, home: Home) -> DataFrame:
    """Each value that names a home of a usual size, twice: as itself and as the home."""
    is_left = F.col("is_left")
    sizes = records.where(F.col(home.column).isNotNull()).groupBy(home.column)
    counted = sizes.agg(F.greatest(F.count_if(is_left), F.count_if(~is_left)).alias("most"))
    is_home = F.col("most") <= home.most_records
    return counted.where(is_home).select(home.column, F.col(home.column).alias(HOME))


def match_weights(records: DataFrame, kernel: Kernel, plan: Sequence[Bucketing]) -> DataFrame:
    """Score every candidate pair; keep those over the review threshold or of a matchkey.

    Grain: in, one row per record of either file (is_left, record_id, the model's columns,
    tf_<column>); out, one row per pair. ``kernel.group`` is set here, group by group.
    Units: match_weight in bits, log2 posterior odds, as Splink gives it.
    Cost: one shuffle of both files per key group.
    """
    schema = tables.SCORED_PAIRS.ddl
    scored = [
        keyed(records, bucketing.group, bucketing.bucket_count).mapInArrow(
            _task(replace(kernel, group=bucketing.group)), schema
        )
        for bucketing in plan
    ]
    return reduce(DataFrame.unionByName, scored)


def rounded(scored_pairs: DataFrame) -> DataFrame:
    """Weights to 1e-6 bits: before any threshold, margin, ranking or hash."""
    weight = F.round("match_weight", WEIGHT_DECIMALS)
    return scored_pairs.withColumn("match_weight", weight).select(*tables.SCORED_PAIRS.names)


def weight_counts(scored_pairs: DataFrame, bin_bits: int) -> DataFrame:
    """Pairs by match weight: one row per bin, named by its lower end in bits.

    Cost: one small shuffle of the bins.
    """
    bits = (F.floor(F.col("match_weight") / bin_bits) * bin_bits).cast("int").alias("bits")
    return scored_pairs.groupBy(bits).agg(F.count("*").alias("pairs"))


def _task(kernel: Kernel) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """The function of one task: its whole partition to Splink, the pairs back."""

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        delivered = list(batches)
        if not delivered:
            return
        parent = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0] or None
        with tempfile.TemporaryDirectory(prefix="kernel-", dir=parent) as spill:
            scored = score_partition(pa.Table.from_batches(delivered), kernel, spill)
        yield from scored.cast(SCORED_SCHEMA).to_batches()

    return task
