"""Ladder: the fields that matchkeys need of all records at once, and what each key gave.

Companions and names that nobody shares are made before the records are partitioned, as both
are facts of the whole file.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
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
    person = F.concat_ws(" ", "forename", "birth_date")
    is_whole = F.col("forename").isNotNull() & F.col("birth_date").isNotNull()
    family = Window.partitionBy("is_left", "postcode", "surname")
    is_family = F.col("postcode").isNotNull() & F.col("surname").isNotNull()
    people = F.array_sort(F.collect_set(F.when(is_whole, person)).over(family))
    others = F.array_except(people, F.array(F.when(is_whole, person)))
    is_known = is_family & is_whole & F.size(others).between(1, _MOST_COMPANIONS)
    return records.withColumn(COMPANIONS, F.when(is_known, others))


def _with_sole_names(records: DataFrame) -> DataFrame:
    """``sole_name``: name, birth date and sex, null where two right records have the same."""
    parts = DERIVED[SOLE_NAME]
    is_whole = F.lit(True)
    for part in parts:
        is_whole = is_whole & F.col(part).isNotNull()
    named = records.withColumn("whole_name", F.when(is_whole, F.concat_ws(" ", *parts)))
    rights = F.count_if(~F.col("is_left")).over(Window.partitionBy("whole_name"))
    return named.withColumn(SOLE_NAME, F.when(rights <= 1, F.col("whole_name"))).drop("whole_name")


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
