"""Analyse: from pupils to the sums that every table and model is answered from.

Tables with the same measures are summed in one pass: each pupil is put under the number of
every cell it is in, then one aggregation by cell. A draw of links is only what it changes:
pupils that come (+) and the same pupils as they were (-), under the draw's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import product
from math import prod

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.analysis.definitions import (
    LINKAGE,
    MEAN,
    PROFILE,
    Block,
    Classification,
    Condition,
    Measure,
    ModelDefinition,
    Universe,
)
from attainment_linkage.core.analysis.sums import Pass, needed
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require

_STEP, _PLACE = "analyse", "place_"


def found_codes(pupils: DataFrame, columns: Sequence[str]) -> DataFrame:
    """The codes there are of columns whose codes are not listed: one row, one array each.

    Cost: one pass.
    """
    count = F.count("*").alias("pupils")
    return pupils.agg(count, *(F.sort_array(F.collect_set(name)).alias(name) for name in columns))


def last_draw(drawn: DataFrame) -> DataFrame:
    """The highest number of a draw that links anybody otherwise: one row; 0 where none does."""
    return drawn.agg(F.coalesce(F.max("draw"), F.lit(0)).alias("draws"))


def pupils_and_changes(pupils: DataFrame, drawn: DataFrame) -> DataFrame:
    """Pupils as linked (draw 0, sign 1), and what each draw of links changes.

    Grain:  in, one row per pupil; and per draw and pupil that it links otherwise. Out, one
            row per pupil, and two per change: as drawn (sign 1), as linked (sign -1).
    Cost:   one join by person_id, unique among the pupils (how=inner: each change has one).
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(pupils, tables.LINKED_PUPILS, step=_STEP)
    require(drawn, tables.DRAWN_PUPILS, step=_STEP)
    names = tables.LINKED_PUPILS.names
    gone = drawn.select("person_id", "draw").join(pupils, on="person_id", how="inner")
    parts = (
        pupils.select(*names, F.lit(0).alias("draw"), F.lit(1.0).alias("sign")),
        drawn.select(*names, "draw", F.lit(1.0).alias("sign")),
        gone.select(*names, "draw", F.lit(-1.0).alias("sign")),
    )
    return reduce(DataFrame.unionByName, parts)


def cell_sums(changes: DataFrame, this: Pass) -> DataFrame:
    """The sums of a pass: one row per draw and cell number that holds anybody.

    Grain:  in, ``pupils_and_changes``; out, one row per (draw, cell), with a column
            ``<measure>_<moment>`` for each of ``core.analysis.sums.needed``.
    Cost:   one pass; one shuffle, of sums.
    """
    by = {one.name: one for block in this.blocks for one in block.by}
    universes = {block.universe.name: block.universe for block in this.blocks}
    terms = [column for measure in this.measures for column in _terms(measure)]
    # places first, each once: a classification stands in many cells
    placed = changes.select(
        "draw",
        *terms,
        *(_meets(one.where).alias(_inside(one)) for one in universes.values()),
        *(column for one in by.values() for column in _all_places(one)),
    )
    cells = [cell for one in this.blocks for cell in _cells(one, this.first_cell(one))]
    kept = [name for name in placed.columns if not name.startswith(_PLACE)]
    valued = placed.select(*kept, F.explode(F.array(*cells)).alias("cell"))
    inside = valued.where(F.col("cell").isNotNull())
    sums = [
        F.sum(f"{measure.name}_{name}").alias(f"{measure.name}_{name}")
        for measure in this.measures
        for name in needed(measure)
    ]
    return inside.groupBy("draw", "cell").agg(*sums)


def pattern_sums(changes: DataFrame, model: ModelDefinition) -> DataFrame:
    """The sums of a model: one row per draw and pattern of its factors' categories.

    Grain:  in, ``pupils_and_changes``; out, one row per (draw, factor_0, factor_1, ...).
    Cost:   one pass; one shuffle, of patterns.
    """
    measure = model.measure
    places = [_place(one).alias(f"factor_{at}") for at, one in enumerate(model.factors)]
    names = ("n", "y", "w", "wy", "ww", "wwy")
    inside = changes.where(_meets(model.universe.where) & _base(measure))
    valued = inside.select("draw", *places, *_terms(measure, names))
    sums = [F.sum(f"{measure.name}_{name}").alias(name) for name in names]
    return valued.groupBy("draw", *(f"factor_{at}" for at in range(len(places)))).agg(*sums)


# ------------------------------------------------------------------------------ measures


def _base(measure: Measure) -> Column:
    """Whether a pupil is measured at all."""
    met = _meets(measure.where)
    if measure.kind != PROFILE:
        met = met & F.col(measure.column).isNotNull()
    if measure.weight == LINKAGE:
        met = met & F.col("is_linked") & F.col("linkage_weight").isNotNull()
    return met


def _terms(measure: Measure, names: Iterable[str] | None = None) -> list[Column]:
    """What a pupil adds to each sum: sign, times powers of weight and value, 0 outside."""
    y = F.lit(1.0)
    if measure.kind == MEAN:
        y = F.col(measure.column).cast("double")
    elif measure.kind != PROFILE:
        y = F.col(measure.column).cast("string").isin(*measure.values).cast("double")
    w = F.col("linkage_weight") if measure.weight == LINKAGE else F.lit(1.0)
    is_in = _base(measure)
    found = []
    for name in names or needed(measure):
        factors = [w] * name.count("w") + [y] * name.count("y")
        term = reduce(Column.__mul__, factors, F.col("sign"))
        found.append(F.when(is_in, term).otherwise(0.0).alias(f"{measure.name}_{name}"))
    return found


def _meets(condition: Condition) -> Column:
    met = F.lit(True)
    for column, values in condition.items():
        met = met & F.coalesce(F.col(column).cast("string").isin(*values), F.lit(False))
    return met


# --------------------------------------------------------------------------------- cells


def _cells(block: Block, first: int) -> list[Column]:
    """The numbers of the cells that a pupil may be in; null where it is not."""
    numbers = []
    for names in product(*(_place_names(one) for one in block.by)):
        number = F.lit(first)
        for axis, name in enumerate(names):
            number = number + F.col(name) * prod(block.shape[axis + 1 :])
        numbers.append(F.when(F.col(_inside(block.universe)), number))
    return numbers


def _inside(universe: Universe) -> str:
    return f"{_PLACE}in_{universe.name}"


def _place_names(one: Classification) -> list[str]:
    """The columns of a pupil's places: one, or of flags one each and one for everyone."""
    count = len(one.categories) if one.is_overlapping else 1
    return [f"{_PLACE}{one.name}_{at}" for at in range(count)]


def _all_places(one: Classification) -> list[Column]:
    """The places of a pupil; of flags null where it is false, and the last for everyone."""
    places = [F.when(F.col(flag), F.lit(at)) for at, flag in enumerate(one.flags)]
    places.append(F.lit(len(places)) if one.is_overlapping else _place(one))
    return [place.alias(name) for place, name in zip(places, _place_names(one), strict=True)]


def _place(one: Classification) -> Column:
    """The place of a pupil's category; the last, not known, where none fits."""
    unknown = len(one.categories) - 1
    if one.bands:
        value = F.col(one.column)
        above = sum((F.when(value >= low, 1).otherwise(0) for low in one.bands), F.lit(-1))
        return F.when(value >= min(one.bands), above).otherwise(unknown)
    codes = F.array(*(F.lit(code) for code in one.codes))
    places = F.array(*(F.lit(one.place(label)) for label in one.codes.values()))
    at = F.array_position(codes, F.col(one.column).cast("string")).cast("int") - 1
    return F.coalesce(F.get(places, at), F.lit(unknown)) if one.codes else F.lit(unknown)
