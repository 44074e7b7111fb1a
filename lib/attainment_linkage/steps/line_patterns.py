"""Line patterns: how pairs of Census lines agree, counted on the driver. No Spark here.

A sample is an Arrow table of lines: ``is_left`` (a line is in one half only, so that none
meets itself), ``record_id``, the model's columns, and ``home`` where homes are asked for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa

from attainment_linkage.core.levels import HOME, Comparison
from attainment_linkage.core.patterns import Patterns, pattern_sql
from attainment_linkage.core.training import TrainingBudget
from attainment_linkage.steps.kernel import open_database

_MEMORY_MIB = 2048


def random_patterns(
    sample: pa.Table, comparisons: Sequence[Comparison], budget: TrainingBudget
) -> Patterns:
    """The patterns of random pairs: in an order drawn by hash, each left line meets those next.

    As many pairs as the budget has, or every pair where there are fewer.
    """
    turns = ", ".join(
        f"{side}_turns as (select *, row_number() over (order by "
        f"hash(record_id, {budget.seed}), record_id) - 1 as turn from {side}s)"
        for side in ("left", "right")
    )
    left = sum(sample["is_left"].to_pylist())
    right = len(sample) - left
    meet = min(right, max(1, budget.random_pairs // max(left, 1)))
    source = (
        f"left_turns l cross join range({meet}) as step(n) "
        f"join right_turns r on r.turn = (l.turn + step.n) % {max(right, 1)}"
    )
    return _counted(sample, comparisons, f"{turns}, ", source)


def home_patterns(sample: pa.Table, comparisons: Sequence[Comparison]) -> Patterns:
    """The patterns of all pairs of lines of one home; a line comes once per home it has."""
    return _counted(sample, comparisons, "", f"lefts l join rights r using ({HOME})")


def _counted(
    sample: pa.Table, comparisons: Sequence[Comparison], before: str, source: str
) -> Patterns:
    """Count the patterns of the pairs of lines l and r that ``source`` gives."""
    columns = [name for name in sample.column_names if name not in ("is_left", "record_id", HOME)]
    pairs = ", ".join(f'l."{name}" as "{name}_l", r."{name}" as "{name}_r"' for name in columns)
    names = [f"pattern_{number}" for number in range(len(comparisons))]
    listed = ", ".join(names)
    with tempfile.TemporaryDirectory(prefix="lines-") as spill:
        database = open_database(_MEMORY_MIB, spill)
        try:
            database.register("sample", sample)
            for side, condition in (("left", "is_left"), ("right", "not is_left")):
                database.execute(f"create view {side}s as select * from sample where {condition}")
            found = _rows(database, before, pairs, source, pattern_sql(comparisons), listed)
        finally:
            database.close()
    places = [found[name].to_numpy().astype(np.int64) for name in names]
    return Patterns(np.stack(places, axis=1), found["pairs"].to_numpy().astype(np.float64))


def _rows(
    database: duckdb.DuckDBPyConnection,
    before: str,
    pairs: str,
    source: str,
    patterns: str,
    listed: str,
) -> pa.Table:
    return database.sql(
        f"with {before}pairs as (select {pairs} from {source}), "
        f"patterns as (select {patterns} from pairs) "
        f"select {listed}, count(*) as pairs from patterns group by {listed} order by {listed}"
    ).to_arrow_table()
