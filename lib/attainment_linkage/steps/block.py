"""Block: which records meet, counted before any pair is formed.

``linkage_records`` puts the two files in one frame; ``candidate_counts`` counts each
rule's pairs from the sizes of its blocks; ``laid_out`` cuts records in slices by the keys of
the rules, counting as it goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.blocking_plan import RuleCount
from attainment_linkage.core.layout import Slice, Task, TaskSize, counted_in
from attainment_linkage.core.rules import Equality, Rule
from attainment_linkage.steps.contract import require_columns
from attainment_linkage.steps.record_files import (
    Part,
    Query,
    RecordFiles,
    parts_of,
    placed,
    record_count,
)
from attainment_linkage.steps.slices import (
    BLOCKS_DDL,
    COUNTED_DDL,
    PACKED_RECORDS,
    Counting,
    merged,
    packed,
)

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


def candidate_counts(records: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """Count, for each rule, the pairs its equalities form: the sum over blocks of left x right.

    Grain: one row per rule that has a whole key. Exact up to collisions of a 64-bit hash;
    an upper bound for rules with a further condition or an array. No pair is formed.
    Cost: one pass; one shuffle of (rule, key hash, two counts), combined before it.
    """
    keys = F.concat(*(_block_keys(rule, number) for number, rule in enumerate(rules)))
    blocks = (
        records.select("is_left", F.explode(keys).alias("key"))
        .groupBy("key.rule_number", "key.block")
        .agg(
            F.count_if("is_left").alias("left_records"),
            F.count_if(~F.col("is_left")).alias("right_records"),
        )
    )
    pairs = F.col("left_records") * F.col("right_records")
    return blocks.groupBy("rule_number").agg(
        F.sum("left_records").alias("left_records"),
        F.sum("right_records").alias("right_records"),
        F.sum(pairs).alias("candidate_pairs"),
        F.max(pairs).alias("largest_block_pairs"),
    )


def rule_counts(counts: DataFrame) -> dict[int, RuleCount]:
    """The counts on the driver: one small row per rule."""
    return {row["rule_number"]: RuleCount(**row.asDict()) for row in counts.collect()}


def laid_out(records: Records, query: Query, rules: Sequence[Rule], sizes: TaskSize) -> DataFrame:
    """Cut the records in slices by the keys of the query's groups, and count these rules in them.

    Grain: out, one row per block of records, a slice's together; the first has the records of
    both sides in the slice and the counts of each rule that ``layout.counted_in`` places there.
    Records with a null in a key meet nobody there and are left out; where the key is over
    array elements, a record comes once per element, with the element beside it.
    Cost: the files are read once, and once more per group keyed on an array; one shuffle
    of blocks, a few rows each of many records.
    """
    laid = record_count(records.files) * len(query.cut.groups)
    partitions, parts = sizes.partitions(laid, query.cut), records.parts(sizes)
    passes = [(own, numbers) for numbers in query.passes() for own in parts]
    homes = counted_in(query.cut, rules)
    countings = [
        Counting(group, {place: rules[place] for place in own})
        for group, own in zip(query.cut.groups, homes, strict=True)
    ]
    place = F.col("group_number") * F.lit(query.cut.slices) + F.col("slice")
    return (
        records.in_tasks(_packer(passes, query), len(passes), BLOCKS_DDL)
        .repartitionById(partitions, place.cast("int"))
        .mapInArrow(_merger(countings), COUNTED_DDL)
    )


def slice_counts(laid_out: DataFrame) -> list[Slice]:
    """What was counted in each slice, on the driver: no block is read."""
    rows = laid_out.where(F.col("counts").isNotNull()).select(
        "group_number", "slice", "left_records", "right_records", "counts", "bytes"
    )
    return [
        Slice(
            row["group_number"],
            row["slice"],
            row["left_records"],
            row["right_records"],
            {one["rule"]: RuleCount(*one) for one in row["counts"]},
            row["bytes"],
        )
        for row in sorted(rows.collect(), key=lambda row: (row["group_number"], row["slice"]))
    ]


def dealt(laid_out: DataFrame, tasks: Sequence[Task]) -> DataFrame:
    """The blocks of the slices of each task, one partition per task: task, block.

    Cost: one shuffle of blocks; a slice that several tasks share goes to each.
    """
    places = [
        (task.group_number, slice_number, place)
        for place, task in enumerate(tasks)
        for slice_number in task.slices
    ]
    names = ["group_number", "slice", "task"]
    columns = [pa.array(list(column), pa.int32()) for column in zip(*places, strict=True)]
    wanted = laid_out.sparkSession.createDataFrame(pa.table(columns, names=names))
    # inner: a slice that no task was given forms no pair
    slices = laid_out.join(F.broadcast(wanted), on=names[:2], how="inner")
    return slices.select("task", "block").repartitionById(len(tasks), "task")


def _packer(passes: Sequence[tuple[Sequence[Part], Sequence[int]]], query: Query) -> MadeInTask:
    """What a task makes of its share of the files: blocks of the slices of some groups."""

    def packer(number: int) -> Iterator[pa.RecordBatch]:
        parts, numbers = passes[number]
        return packed(placed(parts, query, numbers), numbers)

    return packer


def _merger(countings: Sequence[Counting]) -> ArrowTask:
    """The function of one task that puts blocks of its slices together and counts."""
    return lambda batches: merged(batches, countings)


def _side_value(equality: Equality) -> Column:
    """The key value of a record: the left column in a left record, else the right one."""
    if equality.left == equality.right:
        return F.col(equality.left)
    return F.when(F.col("is_left"), F.col(equality.left)).otherwise(F.col(equality.right))


def _elements(equality: Equality) -> Column:
    """The distinct non-null key elements of a record."""

    def of(column: str, is_array: bool) -> Column:
        values = F.col(column) if is_array else F.array(F.col(column))
        return F.array_distinct(F.filter(values, lambda value: value.isNotNull()))

    return F.when(F.col("is_left"), of(equality.left, equality.is_left_array)).otherwise(
        of(equality.right, equality.is_right_array)
    )


def _block_keys(rule: Rule, number: int) -> Column:
    """The blocks of a rule that a record falls in: none where a part of its key is null."""
    scalars = [_side_value(equality) for equality in rule.equalities if not equality.has_array]
    array = next((equality for equality in rule.equalities if equality.has_array), None)

    def block(*values: Column) -> Column:
        return F.struct(F.lit(number).alias("rule_number"), F.xxhash64(*values).alias("block"))

    if array is None:
        blocks = F.array(block(*scalars))
    else:
        blocks = F.transform(_elements(array), lambda element: block(element, *scalars))
    is_whole = reduce(and_, [v.isNotNull() for v in scalars], F.lit(True))
    nothing = F.array().cast("array<struct<rule_number:int,block:bigint>>")
    return F.coalesce(F.when(is_whole, blocks), nothing)
