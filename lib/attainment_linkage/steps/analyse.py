"""Analyse: from pupils to the sums that every table and model is answered from.

One pass over the pupils: each task counts its share into the cells of every table and the
patterns of every model (``core.analysis.counting``). A draw of links is only what it changes:
pupils that come (+) and the same pupils as they were (-), under the draw's number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.analysis.counting import COLUMNS, Counter, columns_of
from attainment_linkage.core.analysis.definitions import Analysis
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require

_STEP = "analyse"


def found_codes(pupils: DataFrame, columns: Sequence[str]) -> DataFrame:
    """The codes there are of columns whose codes are not listed: one row, one array each.

    Cost: one pass.
    """
    count = F.count("*").alias("pupils")
    return pupils.agg(count, *(F.sort_array(F.collect_set(name)).alias(name) for name in columns))


def last_draw(drawn: DataFrame) -> DataFrame:
    """The highest number of a draw that links anybody otherwise: one row; 0 where none does."""
    return drawn.agg(F.coalesce(F.max("draw"), F.lit(0)).alias("draws"))


def pupils_and_changes(pupils: DataFrame, drawn: DataFrame, analysis: Analysis) -> DataFrame:
    """Pupils as linked (draw 0, sign 1), and what each draw of links changes.

    Grain:  in, one row per pupil; and per draw and pupil that it links otherwise. Out, one
            row per pupil, and two per change: as drawn (sign 1), as linked (sign -1); of the
            columns those that the analysis reads.
    Cost:   one join by person_id, unique among the pupils (how=inner: each change has one);
            the changes are broadcast: their ids are a few in a hundred of the pupils'.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(pupils, tables.LINKED_PUPILS, step=_STEP)
    require(drawn, tables.DRAWN_PUPILS, step=_STEP)
    names = columns_of(analysis)
    changed = F.broadcast(drawn.select("person_id", "draw"))
    gone = pupils.join(changed, on="person_id", how="inner")
    parts = (
        pupils.select(*names, F.lit(0).alias("draw"), F.lit(1.0).alias("sign")),
        drawn.select(*names, "draw", F.lit(1.0).alias("sign")),
        gone.select(*names, "draw", F.lit(-1.0).alias("sign")),
    )
    return reduce(DataFrame.unionByName, parts)


def counted(changes: DataFrame, analysis: Analysis, draws: int) -> DataFrame:
    """The sums of all tables and models: the rows of ``core.analysis.counting.COLUMNS``.

    Grain:  in, ``pupils_and_changes``; out, one row per task and (part, draw, cell) that it
            has anybody of. Rows of one cell add up.
    Cost:   one pass, no shuffle.
    """
    return changes.mapInArrow(_counter(analysis, draws), COLUMNS)


def _counter(
    analysis: Analysis, draws: int
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        counter = Counter(analysis, draws)
        for batch in batches:
            counter.add(batch)
        yield from counter.rows().to_batches()

    return task
