"""Pseudonymise: pupils with what the Census says of their home, under ids that say nothing.

In come attributes and the spine of links: no name, date of birth or postcode. Out comes one
row per pupil, linked or not, whose ids are keyed hashes.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core import derivations as d
from attainment_linkage.core.pseudonym import OpenKey, Purpose
from attainment_linkage.domain import tables
from attainment_linkage.domain.tables import Table
from attainment_linkage.domain.variable import HOUSEHOLD, PERSON, SCHOOL
from attainment_linkage.steps.contract import require
from attainment_linkage.steps.households import household_facts
from attainment_linkage.steps.pseudonyms import pseudonym_column
from attainment_linkage.steps.vulnerability import with_flags

_INTERNAL_IDS = {
    "person_id": (PERSON, "attainment_id"),
    "household_id": (HOUSEHOLD, "home"),
    "school_id": (SCHOOL, "school_urn"),
}
_MEASURES = {
    4: (
        "academic_year",
        "school_type",
        "level_1",
        "level_2",
        "level_2_em",
        "ebacc",
        "gcse_ac_count",
        "points_total",
        "points_capped",
    ),
    5: (
        "academic_year",
        "school_type",
        "level_3",
        "three_a",
        "aab",
        "a_level_entries",
        "points_total",
    ),
}
"""What is measured at each key stage, beside the records' number."""


def linked_pupils(
    links: DataFrame,
    attainment: DataFrame,
    characteristics: DataFrame,
    census: DataFrame,
    weights: DataFrame,
) -> DataFrame:
    """Every pupil with an attainment record, with all variables but the pseudonymous ids.

    Args:
        links: links that can be used (``usable_links``): a pupil and a person, each once.
        attainment: ``pupil_attainment``.
        characteristics: ``pupil_characteristics``.
        census: ``census_characteristics``.
        weights: ``linkage_weights``.

    Grain:  one row per attainment_id of ``attainment``; the internal ids are its columns
            attainment_id, home and school_urn, for ``with_pseudonyms``.
    Nulls:  each variable outside its universe (``domain/research_tables.py``).
    Cost:   joins by attainment_id, census_id and household_id, each how=left on one row per
            key, so that no pupil is lost or doubled; only households of linked pupils are
            aggregated.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    known = _without_census(attainment, characteristics, census, weights)
    return _as_linked(known.join(_with_census(links, census), on="attainment_id", how="left"))


def drawn_pupils(
    draws: DataFrame,
    attainment: DataFrame,
    characteristics: DataFrame,
    census: DataFrame,
    weights: DataFrame,
) -> DataFrame:
    """Pupils as draws of links have them: the same variables, where a draw links otherwise.

    A pupil that only a draw links has the mean linkage weight: none was modelled for it.

    Args:
        draws: ``link_draws``: a pupil and a person, or nobody, each once a draw.
        attainment, characteristics, census, weights: as ``linked_pupils``.

    Grain:  one row per draw and pupil of ``draws`` that has an attainment record.
    Nulls:  as ``linked_pupils``; a person who is not in the file, or away, is nobody.
    Cost:   as ``linked_pupils``; only the pairs drawn are given homes.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(draws, tables.LINK_DRAWS, step="pseudonymise")
    pair = ["attainment_id", "census_id"]
    pairs = draws.where(F.col("census_id").isNotNull()).drop("draw").distinct()
    is_away = F.coalesce("is_away_student", F.lit(False))
    found = _with_census(pairs.join(census.where(is_away).select("census_id"), on="census_id",
                                    how="left_anti"), census)  # fmt: skip
    mean = weights.agg(F.avg("linkage_weight").alias("mean_weight"))
    known = (
        draws.select(*pair, "draw")
        .join(_without_census(attainment, characteristics, census, weights), on="attainment_id",
              how="inner")
        .crossJoin(F.broadcast(mean))  # one row
        .withColumn("linkage_weight", F.coalesce("linkage_weight", "mean_weight"))
    )  # fmt: skip
    return _as_linked(known.join(found, on=pair, how="left"))


def _without_census(
    attainment: DataFrame, characteristics: DataFrame, census: DataFrame, weights: DataFrame
) -> DataFrame:
    """What is known of each pupil whoever it is linked to."""
    require(attainment, tables.PUPIL_ATTAINMENT, step="pseudonymise")
    require(characteristics, tables.PUPIL_CHARACTERISTICS, step="pseudonymise")
    require(census, tables.CENSUS_CHARACTERISTICS, step="pseudonymise")
    return (
        _measures(attainment)
        .join(_school_side(characteristics, census), on="attainment_id", how="left")
        .join(weights.select("attainment_id", "linkage_weight"), on="attainment_id", how="left")
    )


def _as_linked(pupils: DataFrame) -> DataFrame:
    """Pupils with the flags of whom they are linked to, if anybody."""
    known = pupils.withColumns(
        {
            "sex": F.coalesce("school_sex", "record_sex"),
            "is_linked": F.coalesce("is_linked", F.lit(False)),
            "link_band": F.coalesce("link_band", F.lit("unlinked")),
            "linkage_weight": F.when(F.col("is_linked"), F.col("linkage_weight")),
        }
    )
    return with_flags(known)


def with_pseudonyms(
    pupils: DataFrame,
    project: str,
    version: int,
    open_key: OpenKey,
    table: Table = tables.LINKED_PUPILS,
) -> DataFrame:
    """The research table: internal ids replaced by keyed hashes, rows in the order of these.

    Grain:  as given: one row per pupil, or per draw and pupil; the columns of ``table``.
    Cost:   one shuffle by the new person_id, so that the order of rows tells nothing.
    Raises: in the task, the named errors of the key file.
    """
    ids = {
        name: pseudonym_column(F.col(internal), Purpose(project, version, kind), open_key)
        for name, (kind, internal) in _INTERNAL_IDS.items()
    }
    named = pupils.withColumns(ids).select(*table.names)
    return named.repartition("person_id").sortWithinPartitions("person_id")


def counts_in(attainment: DataFrame, spine: DataFrame) -> DataFrame:
    """One row: pupils and attainment records of ``pupil_attainment``, links of the spine."""
    records = attainment.agg(
        F.count_distinct("attainment_id").alias("pupils"),
        F.coalesce(F.sum("record_count"), F.lit(0)).alias("records"),
    )
    return records.crossJoin(spine.agg(F.count("census_id").alias("links")))  # one row each


def shares_missing(research: DataFrame) -> DataFrame:
    """One row: the share of rows without a value, for each column."""
    return research.agg(
        *(F.coalesce(F.avg(F.col(name).isNull().cast("int")), F.lit(0.0)).alias(name)
          for name in research.columns)
    )  # fmt: skip


def counts(pupils: DataFrame) -> DataFrame:
    """One row: pupils, linked ones, households without adults, attainment records."""
    return pupils.agg(
        F.count("*").alias("pupils"),
        F.count_if("is_linked").alias("linked"),
        F.count_if(F.col("household_type") == "no_adults").alias("without_adults"),
        F.coalesce(F.sum(F.col("ks4_record_count") + F.col("ks5_record_count")), F.lit(0)).alias(
            "records"
        ),
    )


# ---------------------------------------------------------------------------- attainment


def _measures(attainment: DataFrame) -> DataFrame:
    """One row per pupil: the measures of each key stage under their stage's name."""
    wide = attainment.groupBy("attainment_id").agg(
        F.max("sex").alias("record_sex"),
        F.max("ks2_points").alias("ks2_points"),
        *(_at(stage, name) for stage, names in _MEASURES.items() for name in names),
        *(_records(stage) for stage in _MEASURES),
    )
    delivered = attainment.where(F.col("key_stage") == 5).agg(
        F.collect_set(_end_year("academic_year")).alias("ks5_years")
    )
    due = _end_year("ks4_academic_year") + d.LEVEL_3_YEARS
    is_in_time = _end_year("ks5_academic_year") <= due
    by_18 = F.coalesce(F.col("ks5_level_3") & is_in_time, F.lit(False))
    return (
        wide.crossJoin(F.broadcast(delivered))  # one row: the years of Key Stage 5
        .withColumn("has_level_3_by_18", F.when(F.array_contains("ks5_years", due), by_18))
        .drop("ks5_years")
    )


def _at(stage: int, name: str) -> Column:
    """A measure at a key stage; each pupil has one row there."""
    return F.max(F.when(F.col("key_stage") == stage, F.col(name))).alias(f"ks{stage}_{name}")


def _records(stage: int) -> Column:
    count = F.max(F.when(F.col("key_stage") == stage, F.col("record_count")))
    return F.coalesce(count, F.lit(0)).alias(f"ks{stage}_record_count")


def _end_year(name: str) -> Column:
    """The year in which an academic year such as 2010/11 ends."""
    return F.substring(name, 1, 4).try_cast("int") + 1


# ------------------------------------------------------------------------ school and home


def _school_side(characteristics: DataFrame, census: DataFrame) -> DataFrame:
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


def _with_census(links: DataFrame, census: DataFrame) -> DataFrame:
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
