"""New pairs: what the rules form in sampled slices that no rule before them forms; not weighed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame

from attainment_linkage.core.layout import Task
from attainment_linkage.core.rule_sql import none_holds_sql, pairs_sql
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps.block import dealt
from attainment_linkage.steps.kernel import load, open_database
from attainment_linkage.steps.slices import by_task

_FOUND = pa.schema([("task", pa.int32()), ("rule", pa.int32()), ("new_pairs", pa.int64())])


def new_pairs(
    laid_out: DataFrame, rules: Sequence[Rule], tasks: Sequence[Task], memory_mib: int
) -> dict[tuple[int, int], int]:
    """Pairs of each rule that no rule before it forms, in each of the sampled tasks.

    Returns counts by the place of the task and of the rule.
    Cost: one shuffle of the sampled slices; their pairs are formed and counted, not kept.
    """
    found = dealt(laid_out, tasks).mapInArrow(
        _counter(rules, tasks, memory_mib), "task int, rule int, new_pairs bigint"
    )
    return {(row["task"], row["rule"]): row["new_pairs"] for row in found.collect()}


def _counter(
    rules: Sequence[Rule], tasks: Sequence[Task], memory_mib: int
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """The function of a partition: the new pairs of each task in it."""

    def counter(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for place, records in by_task(batches):
            with tempfile.TemporaryDirectory(prefix="plan-") as spill:
                counts = _counts(records, rules, tasks[place], memory_mib, spill)
            rows = [pa.array([place] * len(counts)), pa.array(counts), pa.array(counts.values())]
            yield pa.record_batch(
                [row.cast(f.type) for row, f in zip(rows, _FOUND, strict=True)], schema=_FOUND
            )

    return counter


def _counts(
    records: pa.Table, rules: Sequence[Rule], task: Task, memory_mib: int, spill: str
) -> dict[int, int]:
    database = open_database(memory_mib, spill)
    try:
        load(database, records, task)
        counts = {}
        for number in task.group.rule_numbers:
            pairs = pairs_sql(rules[number], task.group.array_equality)
            lower = none_holds_sql(rules[:number], rules[number])
            sql = f"select count(*) {pairs} and {lower}"
            counts[number] = int(database.sql(sql).fetchall()[0][0])
        return counts
    finally:
        database.close()
