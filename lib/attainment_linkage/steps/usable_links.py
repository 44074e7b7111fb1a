"""Usable links: which links of the spine can carry Census answers to a pupil, and why not.

The road before gives at most one person to each pupil, from the Census file. Whatever breaks
that is set aside with its reason and counted; the pupil stays, unlinked.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require

TWO_PEOPLE = "two_people"
TWO_PUPILS = "two_pupils"
NO_ATTAINMENT = "no_attainment"
NO_CENSUS_PERSON = "no_census_person"
TWO_HOUSEHOLDS = "two_households"
AWAY_STUDENT = "away_student"


def judged_links(spine: DataFrame, attainment: DataFrame, census: DataFrame) -> DataFrame:
    """Each link with the first reason that stands against its use; null: it can be used.

    Reasons, in their order: ``two_people`` (the pupil is linked to several), ``two_pupils``
    (the person is), ``no_attainment`` (no attainment record has the pupil's id),
    ``no_census_person`` (the person is not in the extract), ``two_households`` (the person
    is on several lines), ``away_student`` (the line is of the parents' form).

    Grain:  in, one row per pupil (spine), per pupil and key stage, per person; out, one row
            per link of the spine: columns of ``link_spine`` and ``reason``.
    Cost:   a window by each id, one shuffle of the Census by census_id; no row is lost or
            multiplied: each side joined has one row per id, how=left.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(spine, tables.LINK_SPINE, step="pseudonymise")
    require(attainment, tables.PUPIL_ATTAINMENT, step="pseudonymise")
    require(census, tables.CENSUS_CHARACTERISTICS, step="pseudonymise")
    pupils = attainment.select("attainment_id").distinct().withColumn("has_record", F.lit(True))
    people = census.groupBy("census_id").agg(
        F.count("*").alias("lines"),
        F.bool_or(F.coalesce("is_away_student", F.lit(False))).alias("is_away"),
    )
    links = spine.where(F.col("census_id").isNotNull()).withColumns(
        {
            "people_of_pupil": F.count("*").over(Window.partitionBy("attainment_id")),
            "pupils_of_person": F.count("*").over(Window.partitionBy("census_id")),
        }
    )
    met = links.join(pupils, on="attainment_id", how="left").join(
        people, on="census_id", how="left"
    )
    reason = (
        F.when(F.col("people_of_pupil") > 1, TWO_PEOPLE)
        .when(F.col("pupils_of_person") > 1, TWO_PUPILS)
        .when(F.col("has_record").isNull(), NO_ATTAINMENT)
        .when(F.col("lines").isNull(), NO_CENSUS_PERSON)
        .when(F.col("lines") > 1, TWO_HOUSEHOLDS)
        .when(F.col("is_away"), AWAY_STUDENT)
    )
    return met.select(*tables.LINK_SPINE.names, reason.alias("reason"))


def usable(judged: DataFrame) -> DataFrame:
    """The links that nothing stands against: one row per pupil, one per person."""
    return judged.where(F.col("reason").isNull()).drop("reason")


def set_aside(judged: DataFrame) -> DataFrame:
    """The links that cannot be used, each with its reason: the rows of ``quarantine_links``."""
    return judged.where(F.col("reason").isNotNull()).select(*tables.QUARANTINE_LINKS.names)


def reasons(quarantined: DataFrame) -> DataFrame:
    """How many links each reason set aside: ``reason``, ``links``."""
    return quarantined.groupBy("reason").agg(F.count("*").alias("links"))
