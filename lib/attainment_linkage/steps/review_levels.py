"""Review levels: which level of each comparison holds for reviewed pairs. No Spark here."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

import pyarrow as pa

from attainment_linkage.core.levels import Comparison
from attainment_linkage.core.patterns import pattern_sql
from attainment_linkage.core.review.sample import Fields, SamplePair
from attainment_linkage.domain.tables import LINKAGE_FIELDS
from attainment_linkage.steps.kernel import open_database

_MEMORY_MIB = 256


def level_places(pairs: Sequence[SamplePair], comparisons: Sequence[Comparison]) -> list[list[int]]:
    """Of each pair, per comparison, the place of the level that holds among the telling ones.

    Grain: one list per pair, in their order; -1 where nothing is known. The conditions are
    the model's own, run on an embedded DuckDB.
    """
    places = pa.array(range(len(pairs)), pa.int64())
    names, columns = ["place"], [places]
    for side in ("l", "r"):
        records = [pair.left if side == "l" else pair.right for pair in pairs]
        for column in LINKAGE_FIELDS:
            is_list = column.type.startswith("array")
            names.append(f"{column.name}_{side}")
            columns.append(_column(records, column.name, is_list=is_list))
    with tempfile.TemporaryDirectory(prefix="review-") as spill:
        database = open_database(_MEMORY_MIB, spill)
        try:
            database.register("pairs", pa.table(columns, names=names))
            found = database.sql(f"select {pattern_sql(comparisons)} from pairs order by place")
            return [list(row) for row in found.fetchall()]
        finally:
            database.close()


def _column(records: Sequence[Fields], name: str, *, is_list: bool) -> pa.Array:
    kind = pa.list_(pa.string()) if is_list else pa.string()
    return pa.array([record.get(name) for record in records], kind)
