"""Ladder: the fields that matchkeys need of all records at once, and what each key gave.

Companions and names that nobody shares are made before the records are partitioned, as both
are facts of the whole file.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core.model import COMPANIONS, DERIVED, SOLE_NAME, LinkageModel
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain import tables

_MOST_COMPANIONS = 12
"""A surname more people of one postcode have is no family."""


def with_derived(records: DataFrame, model: LinkageModel) -> DataFrame:
    """Add the fields that the model's matchkeys need of all records at once.

    Grain: unchanged. Cost: one shuffle of both files for each of the two fields.
    """
    if COMPANIONS in model.derived:
        records = _with_companions(records)
    if SOLE_NAME in model.derived:
        records = _with_sole_names(records)
    return records


def _with_companions(records: DataFrame) -> DataFrame:
    """``companions``: forename and birth date of all others of a surname in a postcode.

    Null where a part is not known, where there is nobody else, or too many for a family.
    """
    family = ["is_left", "postcode", "surname"]
    named = records.withColumn("person", _joined("forename", "birth_date"))
    families = (
        named.where(F.col("person").isNotNull())
        .groupBy(*family)
        .agg(F.array_sort(F.collect_set("person")).alias("people"))
        .where(F.size("people").between(2, _MOST_COMPANIONS + 1))
    )
    # how=left: every record stays, and meets one family at most; a null meets none
    joined = named.join(families, on=family, how="left")
    others = F.array_except("people", F.array("person"))
    return joined.withColumn(
        COMPANIONS, F.when(F.col("person").isNotNull() & F.col("people").isNotNull(), others)
    ).drop("person", "people")


def _with_sole_names(records: DataFrame) -> DataFrame:
    """``sole_name``: name, birth date and sex, null where two right records have the same."""
    named = records.withColumn("whole_name", _joined(*DERIVED[SOLE_NAME]))
    shared = (
        named.where(~F.col("is_left") & F.col("whole_name").isNotNull())
        .groupBy("whole_name")
        .agg(F.count("*").alias("rights"))
        .where(F.col("rights") > 1)
    )
    # how=left: every record stays; a name stands once among the shared ones
    joined = named.join(shared, on="whole_name", how="left")
    sole = F.when(F.col("rights").isNull(), F.col("whole_name"))
    return joined.withColumn(SOLE_NAME, sole).drop("whole_name", "rights")


def _joined(*columns: str) -> Column:
    """The columns as one text; null where one of them is."""
    spaced = [part for name in columns for part in (F.lit(" "), F.col(name))]
    return F.concat(*spaced[1:])


def with_conflicts(scored_pairs: DataFrame) -> DataFrame:
    """The pairs of matchkeys, each with whether another one holds one of its two records.

    Grain: one row per pair that a matchkey found. Cost: two shuffles of these pairs.
    """
    keyed = scored_pairs.where(F.col("matchkey_number").isNotNull())
    of_left = F.count("*").over(Window.partitionBy("left_id"))
    of_right = F.count("*").over(Window.partitionBy("right_id"))
    return keyed.withColumn("is_conflict", (of_left > 1) | (of_right > 1))


def matchkey_counts(
    scored_pairs: DataFrame, links: DataFrame, matchkeys: Sequence[Rule], left_records: int
) -> DataFrame:
    """The ladder as a table: what each key found, linked, left in conflict and left over.

    Grain: one row per matchkey, those that found nothing too. ``residual_records``: left
    records without a link of this key or a stricter one.
    Cost: two small shuffles, by key.
    """
    spark = scored_pairs.sparkSession
    keys = spark.createDataFrame(
        [(number, key.name, key.text) for number, key in enumerate(matchkeys)],
        "matchkey_number int, matchkey string, rule string",
    )
    found = (
        with_conflicts(scored_pairs)
        .groupBy("matchkey_number")
        .agg(F.count("*").alias("pairs"), F.count_if("is_conflict").alias("conflicts"))
    )
    linked = links.groupBy("matchkey_number").agg(F.count("*").alias("links"))
    so_far = Window.orderBy("matchkey_number").rowsBetween(Window.unboundedPreceding, 0)
    # how=left twice: every key stays, and each side has one row per key
    counted = keys.join(found, on="matchkey_number", how="left").join(
        linked, on="matchkey_number", how="left"
    )
    whole = counted.fillna(0, ["pairs", "conflicts", "links"])
    residual = F.lit(left_records).cast("bigint") - F.sum("links").over(so_far)
    return whole.withColumn("residual_records", residual).select(*tables.MATCHKEY_COUNTS.names)
