"""Detach: from links among names to a spine that says who is linked, without a name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.domain import tables
from attainment_linkage.domain.attribute_tables import REVIEWED
from attainment_linkage.steps.contract import require

BAND_BITS = 2
"""Width of a weight band: a weight to the last bit would tell how rare a name is."""

_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("forename", "surname"),
    "birth_date": ("birth_date",),
    "sex": ("sex",),
    "postcode": ("postcode",),
}
"""Linkage fields, each with its columns: it is missing where any of them is null."""


Decided = Sequence[tuple[str, bool, bool, float]]
"""Decided pairs: the pupil, whether it is a link, whether a match, pairs it stands for."""


def link_spine(pupils: DataFrame, links: DataFrame, decided: Decided = ()) -> DataFrame:
    """Every pupil with its link, the band of its weight, and flags that quality is split by.

    Grain:  in, one row per pupil and one per link; out, one row per pupil.
    Units:  weight_band in bits, a multiple of two at or below the match weight.
    Nulls:  census_id and weight_band together, where the pupil is not linked; what is
            reviewed, where no pair of the pupil is decided.
    Cost:   one shuffle of the pupils to find twins, one join by id (how=left: a pupil has
            at most one link, by the gate ``links``).
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(pupils, tables.ATTAINMENT_PEOPLE, step="detach")
    require(links, tables.LINKS, step="detach")
    flagged = pupils.select(
        F.col("record_id").alias("attainment_id"),
        _missing_field().alias("missing_field"),
        (F.size(F.coalesce("postcodes", F.array())) > 1).alias("is_mover"),
        _is_twin().alias("is_twin"),
    )
    linked = links.select(
        F.col("left_id").alias("attainment_id"),
        F.col("right_id").alias("census_id"),
        (F.floor(F.col("match_weight") / BAND_BITS) * BAND_BITS).cast("int").alias("weight_band"),
        "matchkey_number",
    )
    spine = flagged.join(linked, on="attainment_id", how="left")
    if decided:
        reviewed = F.broadcast(_reviewed(pupils, decided))
        spine = spine.join(reviewed, on="attainment_id", how="left")
    else:
        nothing = F.lit(None).cast("double")
        spine = spine.withColumns({f"reviewed_{name}": nothing for name in REVIEWED})
    return spine.select(*tables.LINK_SPINE.names)


def linked_counts(spine: DataFrame) -> DataFrame:
    """One row: ``linked``, the pupils of the spine that have a link."""
    return spine.agg(F.count("census_id").alias("linked"))


def _reviewed(pupils: DataFrame, decided: Decided) -> DataFrame:
    """Pairs that each pupil's decided ones stand for: right and wrong links, missed matches."""
    schema = "attainment_id string, is_link boolean, is_match boolean, weight double"
    pairs = pupils.sparkSession.createDataFrame(list(decided), schema)
    is_link, is_match = F.col("is_link"), F.col("is_match")
    kinds = {
        "right": is_link & is_match,
        "wrong": is_link & ~is_match,
        "missed": ~is_link & is_match,
    }
    return pairs.groupBy("attainment_id").agg(
        *(F.sum(F.when(kind, F.col("weight"))).alias(f"reviewed_{n}") for n, kind in kinds.items())
    )


def _missing_field() -> Column:
    """The name of the one field the pupil lacks; ``several``, or ``none``."""
    lacks = {
        field: reduce(lambda a, b: a | b, [F.col(column).isNull() for column in columns])
        for field, columns in _FIELDS.items()
    }
    lacking = F.filter(
        F.array(*(F.when(is_null, F.lit(field)) for field, is_null in lacks.items())),
        lambda field: field.isNotNull(),
    )
    return (
        F.when(F.size(lacking) == 0, F.lit("none"))
        .when(F.size(lacking) == 1, F.element_at(lacking, 1))
        .otherwise(F.lit("several"))
    )


def _is_twin() -> Column:
    """Whether another pupil shares surname, date of birth and postcode, all known."""
    shared = ("surname", "birth_date", "postcode")
    is_known = reduce(lambda a, b: a & b, [F.col(column).isNotNull() for column in shared])
    alike = F.count("*").over(Window.partitionBy(*shared))
    return is_known & (alike > 1)
