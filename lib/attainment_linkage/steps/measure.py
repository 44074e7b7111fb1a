"""Measure: who is linked, by characteristic; and a weight for each linked pupil. No names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.linkage_weights import ChanceModel
from attainment_linkage.domain import tables
from attainment_linkage.domain.attribute_tables import REVIEWED
from attainment_linkage.domain.measure_tables import CHARACTERISTICS
from attainment_linkage.steps.contract import require

NOT_KNOWN = "not known"
WEIGHT_DECIMALS = 6
_FIFTHS = [0.2, 0.4, 0.6, 0.8]


def measured_pupils(
    spine: DataFrame, attainment: DataFrame, characteristics: DataFrame, census: DataFrame
) -> DataFrame:
    """Every pupil of the spine with its link and the categories quality is split by.

    Grain:  one row per attainment_id of the spine: attainment_id, census_id (null where not
            linked), one text per characteristic, ``not known`` where attributes are silent, and
            what reviewers decided of the pupil.
    Source: region is that of the home LSOA, as Census people of that LSOA have it; IDACI
            fifths are cut at the scores of the pupils given, 5 the most deprived.
    Cost:   joins by attainment_id and lsoa, each how=left on one row per key, so that no
            pupil is lost or doubled.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(spine, tables.LINK_SPINE, step="measure")
    require(attainment, tables.PUPIL_ATTAINMENT, step="measure")
    require(characteristics, tables.PUPIL_CHARACTERISTICS, step="measure")
    require(census, tables.CENSUS_CHARACTERISTICS, step="measure")
    recorded = attainment.groupBy("attainment_id").agg(F.max("sex").alias("recorded_sex"))
    regions = census.groupBy("lsoa").agg(F.min("region").alias("region"))
    cuts = characteristics.agg(F.percentile("idaci_score", _FIFTHS).alias("cuts"))
    described = (
        characteristics.crossJoin(F.broadcast(cuts))  # one row
        .join(F.broadcast(regions), on="lsoa", how="left")
        .select("attainment_id", "sex", "region", *_school_categories())
    )
    pupils = spine.join(described, on="attainment_id", how="left").join(
        recorded, on="attainment_id", how="left"
    )
    known = {
        "sex": F.coalesce("sex", "recorded_sex"),
        "mover": _said("is_mover", "yes", "no"),
        "twin": _said("is_twin", "yes", "no"),
    }
    categories = [
        F.coalesce(known.get(name, F.col(name)), F.lit(NOT_KNOWN)).alias(name)
        for name in CHARACTERISTICS
    ]
    reviewed = [f"reviewed_{name}" for name in REVIEWED]
    return pupils.select("attainment_id", "census_id", *categories, *reviewed)


def pupils_of_groups(pupils: DataFrame, by: Sequence[str]) -> DataFrame:
    """The ids of the pupils of each group by some characteristics, in order.

    Grain: one row per group: its categories, and ``pupils``. Cost: one shuffle.
    """
    ids = F.sort_array(F.collect_list("attainment_id"))
    return pupils.groupBy(*by).agg(ids.alias("pupils"))


def with_planted_truth(pupils: DataFrame, truth: DataFrame, doubles: DataFrame) -> DataFrame:
    """Pupils with what the generator knows of each: is it linkable, is its link right.

    ``is_linkable`` is null for a pupil the truth does not know. A link is right to any Census
    row of the person; ``doubles`` gives, per further row of a person, the row it doubles.
    Cost: three joins by id, each how=left on one row per key.
    """
    first = doubles.select("census_id", "double_of")

    def person(ids: DataFrame, name: str) -> DataFrame:
        """Each id as the id of the person: the first row of whoever stands twice."""
        found = ids.join(first, on="census_id", how="left")
        return found.withColumn(name, F.coalesce("double_of", "census_id")).drop(
            "census_id", "double_of"
        )

    planted = person(truth.select("attainment_id", "census_id"), "true_person")
    judged = person(pupils, "linked_person").join(
        planted.withColumn("is_linkable", F.col("true_person").isNotNull()),
        on="attainment_id",
        how="left",
    )
    is_right = F.coalesce(F.col("linked_person") == F.col("true_person"), F.lit(False))
    return judged.withColumn("is_right", is_right).withColumnRenamed("linked_person", "census_id")


def pattern_counts(pupils: DataFrame) -> DataFrame:
    """Counts of pupils by pattern of all characteristics; groups of any of them follow.

    Grain: one row per pattern, in order of the patterns. Units: pupils.
    ``judged``, ``right`` and ``linkable`` are nought where no truth was joined. What was
    decided of its pupils comes as pairs it stands for, their squares, and decided pupils.
    Cost:  one shuffle of patterns, combined before it.
    """
    is_judged = "is_linkable" in pupils.columns
    linkable = F.col("is_linkable") if is_judged else F.lit(None).cast("boolean")
    right = F.col("is_right") if is_judged else F.lit(False)
    counts = {
        "pupils": F.count("*"),
        "linked": F.count("census_id"),
        "judged": F.count(linkable),
        "right": F.count_if(right),
        "linkable": F.count_if(linkable),
    }
    for name in REVIEWED:
        stands_for = F.coalesce(f"reviewed_{name}", F.lit(0.0))
        counts[f"reviewed_{name}"] = F.sum(stands_for)
        counts[f"squares_{name}"] = F.sum(stands_for * stands_for)
        counts[f"decided_{name}"] = F.count(f"reviewed_{name}")
    return (
        pupils.groupBy(*CHARACTERISTICS)
        .agg(*(count.alias(name) for name, count in counts.items()))
        .orderBy(*CHARACTERISTICS)
    )


def linkage_weights(pupils: DataFrame, model: ChanceModel) -> DataFrame:
    """The weight of every linked pupil. Grain: one row per linked pupil; narrow."""
    chance = 1 / (1 + F.exp(-_log_odds(model)))
    weight = F.least(1 / F.col("link_chance"), F.lit(model.largest)) * model.scale
    return (
        pupils.where(F.col("census_id").isNotNull())
        .withColumn("link_chance", F.round(chance, WEIGHT_DECIMALS))
        .withColumn("linkage_weight", F.round(weight, WEIGHT_DECIMALS))
        .withColumn("is_trimmed", 1 / F.col("link_chance") > model.largest)
        .select(*tables.LINKAGE_WEIGHTS.names)
    )


def _school_categories() -> list[Column]:
    above = F.size(F.filter("cuts", lambda cut: cut < F.col("idaci_score")))
    return [
        F.col("ethnicity").alias("ethnic_group"),
        _said("is_fsm", "eligible", "not eligible").alias("fsm"),
        F.col("sen"),
        F.when(F.col("idaci_score").isNotNull(), (above + 1).cast("string")).alias("idaci_fifth"),
        F.col("year_of_birth").cast("string").alias("birth_year"),
    ]


def _said(flag: str, yes: str, no: str) -> Column:
    return F.when(F.col(flag), F.lit(yes)).when(~F.col(flag), F.lit(no))


def _log_odds(model: ChanceModel) -> Column:
    """The level and the effect of each of the pupil's categories, added up."""
    effects = []
    for name, known in model.effects.items():
        pairs = [F.lit(part) for category in sorted(known) for part in (category, known[category])]
        effects.append(F.create_map(*pairs)[F.col(name)])
    return reduce(add, effects, F.lit(model.level))
