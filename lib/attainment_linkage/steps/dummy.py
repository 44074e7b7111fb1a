"""Dummy: the linked research table of a generated population, without a road or a lake."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.core.population import Population
from attainment_linkage.core.pseudonym import OpenKey
from attainment_linkage.domain import tables
from attainment_linkage.domain.attribute_tables import REVIEWED
from attainment_linkage.steps import pseudonymise, standardise, synthesise, usable_links

_PROJECT = "dummy"
_WEIGHT_BAND = 20
_PARTITIONS = 2


def dummy_pupils(spark: SparkSession, population: Population, open_key: OpenKey) -> DataFrame:
    """Generated pupils in generated homes, through the derivations that the data go through.

    The links are the generator's own: about one pupil in sixteen is missing from its Census.

    Grain:  one row per generated pupil; the columns of ``linked_pupils``.
    Cost:   some seconds for the 2,000 records of a dummy.
    """

    def delivered(source: tables.Source) -> DataFrame:
        """A source as the generator delivers it."""
        return synthesise.delivered(spark, source, population, _PARTITIONS)

    attainment = standardise.pupil_attainment(
        delivered(tables.KS4_SOURCE), delivered(tables.KS5_SOURCE)
    )
    characteristics = standardise.pupil_characteristics(delivered(tables.SCHOOL_CENSUS_SOURCE))
    census = standardise.census_characteristics(delivered(tables.CENSUS_SOURCE))
    spine = _spine(attainment, synthesise.truth(spark, population, _PARTITIONS))
    links = usable_links.usable(usable_links.judged_links(spine, attainment, census))
    weights = links.select("attainment_id", F.lit(1.0).alias("linkage_weight"))
    pupils = pseudonymise.linked_pupils(links, attainment, characteristics, census, weights)
    return pseudonymise.with_pseudonyms(pupils, _PROJECT, 1, open_key)


def _spine(attainment: DataFrame, truth: DataFrame) -> DataFrame:
    """Every pupil with its own Census line, where it has one; each once on either side."""
    pupils = attainment.select("attainment_id").distinct()
    known = truth.select("attainment_id", "census_id")
    nothing = F.lit(None)
    return pupils.join(known, on="attainment_id", how="left").select(
        "attainment_id",
        "census_id",
        F.when(F.col("census_id").isNotNull(), _WEIGHT_BAND).alias("weight_band"),
        nothing.cast("int").alias("matchkey_number"),
        F.lit("none").alias("missing_field"),
        F.lit(False).alias("is_mover"),
        F.lit(False).alias("is_twin"),
        *(nothing.cast("double").alias(f"reviewed_{kind}") for kind in REVIEWED),
    )
