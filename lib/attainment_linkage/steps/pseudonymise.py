"""Pseudonymise: pupils with what the Census says of their home, under ids that say nothing.

In come attributes and the spine of links: no name, date of birth or postcode. Out comes one
row per pupil, linked or not, whose ids are keyed hashes.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.pseudonym import OpenKey, Purpose
from attainment_linkage.domain import tables
from attainment_linkage.domain.tables import Table
from attainment_linkage.domain.variable import HOUSEHOLD, PERSON, SCHOOL
from attainment_linkage.steps.contract import require
from attainment_linkage.steps.pseudonyms import pseudonym_column
from attainment_linkage.steps.pupil_homes import school_side, with_census
from attainment_linkage.steps.pupil_measures import measures
from attainment_linkage.steps.vulnerability import with_flags

_INTERNAL_IDS = {
    "person_id": (PERSON, "attainment_id"),
    "household_id": (HOUSEHOLD, "home"),
    "school_id": (SCHOOL, "school_urn"),
}


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
    return _as_linked(known.join(with_census(links, census), on="attainment_id", how="left"))


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
    found = with_census(pairs.join(census.where(is_away).select("census_id"), on="census_id",
                                    how="left_anti"), census)  # fmt: skip
    # rounded: sums of doubles hang on the order of their parts
    mean = weights.agg(F.round(F.avg("linkage_weight"), 9).alias("mean_weight"))
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
        measures(attainment)
        .join(school_side(characteristics, census), on="attainment_id", how="left")
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


# ---------------------------------------------------------------------------- attainment


# ------------------------------------------------------------------------ school and home
