"""New pairs: what the rules form in sampled slices that no rule before them forms; not weighed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame

from attainment_linkage.core.layout import Task
from attainment_linkage.core.new_pairs import Looked
from attainment_linkage.core.rule_sql import none_holds_sql, pairs_sql
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps.block import ArrowTask
from attainment_linkage.steps.kernel import load, open_database
from attainment_linkage.steps.slices import by_task

_DDL = "task int, records bigint, bytes bigint, new_pairs map<int,bigint>"
_LOOKED = pa.schema(
    [
        ("task", pa.int32()),
        ("records", pa.int64()),
        ("bytes", pa.int64()),
        ("new_pairs", pa.map_(pa.int32(), pa.int64())),
    ]
)


def new_pairs(
    dealt: DataFrame, rules: Sequence[Rule], tasks: Sequence[Task], memory_mib: int
) -> list[Looked]:
    """Pairs of each rule that no rule before it forms, in each of the sampled tasks.

    ``dealt``: the blocks of these tasks. Their pairs are formed and counted, not kept.
    """
    found = dealt.mapInArrow(_counter(rules, tasks, memory_mib), _DDL).collect()
    return sorted((Looked(*row) for row in found), key=lambda one: one.task)


def _counter(rules: Sequence[Rule], tasks: Sequence[Task], memory_mib: int) -> ArrowTask:
    """The function of a partition: the new pairs of each task in it."""

    def counter(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for place, records, size in by_task(batches):
            with tempfile.TemporaryDirectory(prefix="plan-") as spill:
                counts = _counts(records, rules, tasks[place], memory_mib, spill)
            row = place, len(records), size, list(counts.items())
            columns = [pa.array([one], f.type) for one, f in zip(row, _LOOKED, strict=True)]
            yield pa.record_batch(columns, schema=_LOOKED)

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
