"""Block: which records meet, counted before any pair is formed.

``linkage_records`` puts the two files in one frame; ``counted_keys`` counts each rule's blocks
in slices by the keys of the rules; ``dealt`` then moves the records that meet to the tasks
of their slices, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.layout import KeyCount, Task, TaskSize
from attainment_linkage.steps.contract import require_columns
from attainment_linkage.steps.key_counts import CODES_DDL, COUNTS_DDL, coded, counted
from attainment_linkage.steps.record_files import (
    Part,
    Query,
    RecordFiles,
    codes_of,
    met_in,
    parts_of,
    record_count,
    records_of,
)
from attainment_linkage.steps.slices import BLOCKS_DDL, PACKED_RECORDS, Deal, Lots, packed

COUNTED_CODES = 8_000_000
"""Codes that one task counts: eight bytes each, held a few times over."""
MadeInTask = Callable[[int], Iterator[pa.RecordBatch]]
ArrowTask = Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]


@dataclass(frozen=True)
class Records:
    """Linkage records of both files: a frame, and the Parquet files that it reads.

    Grain: one row per record of either file. Columns of the frame: ``is_left``, ``record_id`` and
    what the model reads; the files have them too, ``is_left`` where they hold both sides.
    """

    frame: DataFrame
    files: tuple[RecordFiles, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the frame, but for the side."""
        return tuple(name for name in self.frame.columns if name != "is_left")

    def parts(self, size: TaskSize) -> list[tuple[Part, ...]]:
        """What each task reads of the files."""
        even = math.ceil(record_count(self.files) / (2 * size.parallel))
        return parts_of(self.files, min(PACKED_RECORDS, even))

    def in_tasks(self, made: MadeInTask, tasks: int, ddl: str) -> DataFrame:
        """What each of so many tasks makes of its number, as a frame."""

        def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for number in batch["id"].to_pylist():
                    yield from made(number)

        numbers = self.frame.sparkSession.range(0, tasks, 1, max(tasks, 1))
        return numbers.mapInArrow(task, ddl)


def linkage_records(left: DataFrame, right: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Both files as one frame: is_left, record_id and the columns the model reads.

    Grain: one row per record of either file. Narrow: no shuffle.
    Raises: MissingColumnsError before any Spark job starts.
    """
    require_columns(left, ["record_id", *columns], "block", "the left file")
    require_columns(right, ["record_id", *columns], "block", "the right file")
    return left.select(F.lit(True).alias("is_left"), "record_id", *columns).unionByName(
        right.select(F.lit(False).alias("is_left"), "record_id", *columns)
    )


def counted_keys(records: Records, query: Query, size: TaskSize) -> DataFrame:
    """How many records of each side have each counted key, and which keys both sides have.

    Grain: out, one row per key and slice (``key_counts.COUNTS_DDL``). Exact up to collisions of a
    hash; an upper bound for rules with a further condition or an array. No pair is formed.
    Cost: one pass over the columns of the keys; one shuffle of eight bytes per record and key.
    """
    parts, numbers = records.parts(size), len(query.keys) + len(query.cut.groups)
    codes = record_count(records.files) * numbers
    ways = 1 if query.cut.is_whole else max(math.ceil(codes / COUNTED_CODES), size.parallel)
    sizes = len(query.cut.groups), len(query.keys), query.cut.slices, ways
    return (
        records.in_tasks(
            lambda number: coded(codes_of(parts[number], query), *sizes), len(parts), CODES_DDL
        )
        .repartitionById(ways, "part")
        .mapInArrow(lambda batches: counted(batches, ways), COUNTS_DDL)
    )


def key_counts(counted: DataFrame) -> list[KeyCount]:
    """What was counted, on the driver, in the order of keys and slices; without what is met."""
    rows = counted.drop("met").collect()
    return sorted((KeyCount(**row.asDict()) for row in rows), key=lambda one: (one.key, one.slice))


def dealt(
    records: Records, query: Query, met: Path, tasks: Sequence[Task], size: TaskSize
) -> DataFrame:
    """The records of the slices of each task in blocks, one partition per task: task, block.

    ``met``: the folder of ``counted_keys``. Records with a null in a key meet nobody there, and
    like those whose key the other side has not, they are left out.
    Grain: out, one row per block of records of a task; what is in one is in ``slices.packed``.
    Cost: the files are read once; one shuffle of blocks; a slice that several tasks share goes
    to each.
    """
    parts, groups = records.parts(size), range(len(query.cut.groups))
    lots = tuple(Lots.of_group(number, tasks, query.cut.slices) for number in groups)
    named = {number: own.slices for number, own in zip(groups, lots, strict=True)}

    def packer(number: int) -> Iterator[pa.RecordBatch]:
        deal = Deal(query.cut, query.keys, met_in(met), lots)
        return packed(records_of(parts[number], query, named), deal)

    return records.in_tasks(packer, len(parts), BLOCKS_DDL).repartitionById(len(tasks), "task")
