"""Pupil homes: where a pupil was at school, and what the Census says of who they are linked to."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core import derivations as d
from attainment_linkage.steps.households import household_facts


def school_side(characteristics: DataFrame, census: DataFrame) -> DataFrame:
    """What the school census says, its place coarsened to authority, region and fifth."""
    regions = census.groupBy(F.col("local_authority").alias("school_local_authority")).agg(
        F.min("region").alias("school_region")
    )
    cuts = characteristics.agg(
        F.percentile("idaci_score", [0.2, 0.4, 0.6, 0.8]).alias("idaci_cuts")
    )
    below = F.size(F.filter("idaci_cuts", lambda cut: cut < F.col("idaci_score")))
    fifth = F.when(F.col("idaci_score").isNotNull(), F.lit(5) - below)
    return (
        characteristics.crossJoin(F.broadcast(cuts))  # one row: the four cuts
        .select(
            "attainment_id",
            F.col("sex").alias("school_sex"),
            "year_of_birth",
            "month_of_birth",
            F.col("ethnicity").alias("school_ethnicity"),
            F.col("ethnic_group_5").alias("school_ethnic_group_5"),
            "is_fsm",
            "is_ever_fsm",
            "first_language",
            "sen",
            "absence_rate",
            "is_excluded",
            "is_child_in_need",
            "is_looked_after",
            "school_urn",
            F.col("local_authority").alias("school_local_authority"),
            fifth.alias("idaci_fifth"),
        )
        .join(regions, on="school_local_authority", how="left")
    )


def with_census(links: DataFrame, census: DataFrame) -> DataFrame:
    """Each usable link with the person's own answers and those of the household."""
    own = links.join(census.drop("sex"), on="census_id", how="inner")
    homes = census.join(own.select("household_id").distinct(), on="household_id", how="left_semi")
    facts = household_facts(homes)
    is_child = F.coalesce(F.col("relationship") == "child", F.lit(False))
    return own.join(facts, on="household_id", how="left").select(
        "*",
        F.col("household_id").alias("home"),
        F.lit(True).alias("is_linked"),
        F.when(F.col("matchkey_number").isNotNull(), "matchkey")
        .when(F.col("weight_band") >= d.STRONG_BITS, "strong")
        .otherwise("clear")
        .alias("link_band"),
        _probability(F.col("weight_band")).alias("link_probability"),
        F.when(F.col("relationship").isNotNull(), is_child).alias("is_living_with_parent"),
        F.when(is_child, F.col("children_of_reference") - 1).alias("siblings"),
        F.when(is_child, F.col("highest_of_parents")).alias("parents_highest_qualification"),
    )


def _probability(bits: Column) -> Column:
    odds = F.pow(F.lit(2.0), F.least(bits.cast("double"), F.lit(64.0)))
    return F.round(odds / (odds + 1), 4)
