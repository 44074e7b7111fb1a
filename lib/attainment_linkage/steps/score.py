"""Score: every candidate pair by the model, slice by slice.

Records come in slices by the keys of the rules (``steps.block``); each task hands its slices
to Splink on an embedded DuckDB (``steps.kernel``). A pair is formed in one task only, so the
tasks' answers are put together without a shuffle.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core.layout import Task
from attainment_linkage.core.levels import HOME, Home
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.domain import tables
from attainment_linkage.steps import pair_blocks
from attainment_linkage.steps.block import ArrowTask, Records
from attainment_linkage.steps.kernel import Kernel, score_task
from attainment_linkage.steps.record_files import counted_values
from attainment_linkage.steps.slices import by_task

_MOST_BROADCAST = 2_000_000
"""Distinct values of a column up to which their frequencies go to every task whole."""


def with_home(records: DataFrame, home: Home | None) -> DataFrame:
    """Add ``home``, where the model has one: the value of the home's column, null where more
    records of a file have it than one home holds.

    Grain: unchanged. Cost: one shuffle of (value, counts), combined before it, and one join
    back on the value.
    """
    if home is None:
        return records
    # how=left: every record stays, and meets at most one home, as values are distinct
    return records.join(_homes(records, home), on=home.column, how="left")


def term_frequencies(records: DataFrame, columns: Sequence[str]) -> DataFrame:
    """The share of each value among all non-null values of these records, of each column.

    Grain: one row per column (its place) and value: place, value, share.
    Cost: one pass; one shuffle of (place, value, count), combined before it.
    Source: term-frequency adjustment, Winkler 1989; both files together, as Splink.
    """
    values = [
        F.struct(F.lit(place).alias("place"), F.col(column).alias("value"))
        for place, column in enumerate(columns)
    ]
    counts = (
        records.select(F.inline(F.array(*values)))
        .where(F.col("value").isNotNull())
        .groupBy("place", "value")
        .agg(F.count("*").alias("count"))
    )
    return _shares(counts)


def frequencies_of(records: Records, columns: Sequence[str], policy: LinkagePolicy) -> DataFrame:
    """The same of those records of a linkage whose values tell how common a value is.

    Cost: the files are read by the tasks, these columns alone; one shuffle of (place, value,
    count), combined before it.
    """
    parts = records.parts(policy.task_size)
    found = records.in_tasks(
        lambda number: counted_values(
            parts[number], columns, policy.term_frequency_population, policy.task_memory_mib
        ),
        len(parts),
        "place int, value string, count bigint",
    )
    return _shares(found.groupBy("place", "value").agg(F.sum("count").alias("count")))


def _shares(counts: DataFrame) -> DataFrame:
    total = F.sum("count").over(Window.partitionBy("place"))
    return counts.select("place", "value", (F.col("count").cast("double") / total).alias("share"))


def with_term_frequencies(records: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Add ``tf_<column>``: the share of a value among these records, null where it is null.

    Grain: unchanged. For records that are kept afterwards.
    Cost: as ``term_frequencies``, and one join per column on the value (at most one match);
    without a shuffle of the records as long as the values are few enough to go to every task.
    """
    shares = term_frequencies(records, columns)
    is_small = bool(columns) and shares.count() <= _MOST_BROADCAST
    weighed = records
    for place, column in enumerate(columns):
        own = shares.where(F.col("place") == place).select(
            F.col("value").alias(column), F.col("share").alias(f"tf_{column}")
        )
        # how=left: every record stays; values are distinct after the grouping
        weighed = weighed.join(F.broadcast(own) if is_small else own, on=column, how="left")
    return weighed


def _homes(records: DataFrame, home: Home) -> DataFrame:
    """Each value that names a home of a usual size, twice: as itself and as the home."""
    is_left = F.col("is_left")
    sizes = records.where(F.col(home.column).isNotNull()).groupBy(home.column)
    counted = sizes.agg(F.greatest(F.count_if(is_left), F.count_if(~is_left)).alias("most"))
    is_home = F.col("most") <= home.most_records
    return counted.where(is_home).select(home.column, F.col(home.column).alias(HOME))


def match_weights(dealt: DataFrame, kernel: Kernel, tasks: Sequence[Task]) -> DataFrame:
    """Score every candidate pair; keep those over the review threshold or of a matchkey.

    Grain: in, one row per block of a task (``block.dealt``), whose records have the model's
    columns and tf_<column>; out, one row per pair.
    Units: match_weight in bits, log2 posterior odds, as Splink gives it.
    """
    return dealt.mapInArrow(_scorer(kernel, tasks), tables.SCORED_PAIRS.ddl)


def weighed_blocks(dealt: DataFrame, kernel: Kernel, tasks: Sequence[Task]) -> DataFrame:
    """The same pairs in blocks, as ``steps.pair_blocks`` has them, their weights rounded.

    Grain: out, one row per block of pairs.
    """
    return dealt.mapInArrow(_packer(kernel, tasks), pair_blocks.BLOCKS_DDL)


def _scorer(kernel: Kernel, tasks: Sequence[Task]) -> ArrowTask:
    """The function of a partition: its pairs, as rows."""

    def scorer(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for scored in _scored(batches, kernel, tasks):
            yield from scored.to_batches()

    return scorer


def _packer(kernel: Kernel, tasks: Sequence[Task]) -> ArrowTask:
    """The function of a partition: its pairs, in blocks."""

    def packer(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for scored in _scored(batches, kernel, tasks):
            yield from pair_blocks.packed(scored)

    return packer


def _scored(
    batches: Iterable[pa.RecordBatch], kernel: Kernel, tasks: Sequence[Task]
) -> Iterator[pa.Table]:
    """The blocks of each task to Splink, the pairs back."""
    for task, records, _ in by_task(batches):
        parent = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0] or None
        with tempfile.TemporaryDirectory(prefix="kernel-", dir=parent) as spill:
            yield score_task(records, kernel, tasks[task], spill)
