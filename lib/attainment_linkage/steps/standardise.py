"""Standardise: one row per pupil and per person, through two doors joined by source id only.

The identifiers door gives who a pupil or person is, for ``linkage_record``; the attributes
door gives what is known of them, without names.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core import codes
from attainment_linkage.core.codes import Reading
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require
from attainment_linkage.steps.names import forename_parts
from attainment_linkage.steps.readings import read_value, valid_upn

_RECENCY = ("is_school_census", "academic_year")
_LATEST = ("forename", "middle_names", "surname", "former_surname", "date_of_birth", "sex", "upn")

# ------------------------------------------------------------------- identifiers door


def known_pupils(school_census: DataFrame, ks4: DataFrame, ks5: DataFrame) -> DataFrame:
    """Who each pupil is, from all its rows.

    Each column is the last known one: from the school census before attainment rows, and
    there from the latest year; were two equally late, the greater text. UPNs that fail
    their check are not known ones. All dated postcodes are kept, latest first.

    Grain:  in, identity rows of the three sources; out, one row per attainment_id.
    Shape:  attainment_id, the pupil's columns of ``core.road_sides``, ``postcodes``
            array<string>, ``has_attainment`` boolean.
    Nulls:  a column is null where no row has it; ``postcodes`` is empty, never null.
    Cost:   one pass over each source, one shuffle, by attainment_id.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(school_census, tables.SCHOOL_CENSUS_SOURCE.identity_table, "standardise")
    require(ks4, tables.KS4_SOURCE.identity_table, "standardise")
    require(ks5, tables.KS5_SOURCE.identity_table, "standardise")
    rows = reduce(
        DataFrame.unionByName,
        [_attainment_rows(ks4, F.col("upn")), _attainment_rows(ks5, F.lit(None).cast("string"))],
        _school_rows(school_census),
    )
    dated = F.struct("academic_year", "postcode")
    pupils = rows.groupBy("attainment_id").agg(
        *(_last_known(name) for name in _LATEST),
        F.collect_set(F.when(F.col("postcode").isNotNull(), dated)).alias("dated_postcodes"),
        F.bool_or(~F.col("is_school_census")).alias("has_attainment"),
    )
    latest_first = F.sort_array("dated_postcodes", asc=False)
    postcodes = F.array_distinct(F.transform(latest_first, lambda one: one["postcode"]))
    return pupils.select(
        "attainment_id",
        *_LATEST,
        F.get(postcodes, 0).alias("postcode"),
        postcodes.alias("postcodes"),
        "has_attainment",
    )


def _school_rows(school_census: DataFrame) -> DataFrame:
    return school_census.select(
        "attainment_id",
        "academic_year",
        F.lit(True).alias("is_school_census"),
        "forename",
        "middle_names",
        "surname",
        "former_surname",
        "date_of_birth",
        F.col("gender").alias("sex"),
        valid_upn(F.col("upn")).alias("upn"),
        "postcode",
    )


def _attainment_rows(attainment: DataFrame, upn: Column) -> DataFrame:
    forename, middle_names = forename_parts(F.col("forenames"))
    nothing = F.lit(None).cast("string")
    return attainment.select(
        "attainment_id",
        "academic_year",
        F.lit(False).alias("is_school_census"),
        forename.alias("forename"),
        middle_names.alias("middle_names"),
        "surname",
        nothing.alias("former_surname"),
        "date_of_birth",
        F.col("gender").alias("sex"),
        valid_upn(upn).alias("upn"),
        nothing.alias("postcode"),
    )


def _last_known(name: str) -> Column:
    known = F.when(F.col(name).isNotNull(), F.struct(*_RECENCY, name))
    return F.max(known)[name].alias(name)


def pupils(known: DataFrame) -> DataFrame:
    """The pupils to be linked: those with an attainment record.

    A pupil with school-census rows alone is outside the attainment population that the
    linkage is about: linking it would only take Census people from others.

    Grain:  one row per attainment_id with a KS4 or KS5 row.
    """
    return known.where("has_attainment").drop("has_attainment")


def pupil_counts(known: DataFrame) -> DataFrame:
    """One row: ``pupils`` with an attainment record, and ``pupils_without_attainment``."""
    return known.agg(
        F.count_if("has_attainment").alias("pupils"),
        F.count_if(~F.col("has_attainment")).alias("pupils_without_attainment"),
    )


def census_persons(census: DataFrame) -> DataFrame:
    """The people to be linked, students away at term time set aside.

    Such a student is enumerated at the term-time address, on another form; the line on
    the parents' form is the same person again, with few answers. It stays in
    ``census_identity`` under its flag.

    Grain:  one row per census_id; the columns of ``census_identity``.
    Nulls:  a person without the flag is not away.
    """
    require(census, tables.CENSUS_SOURCE.identity_table, "standardise")
    return census.where(~_is_away())


def away_counts(census: DataFrame) -> DataFrame:
    """One row: ``away_students``, the lines that ``census_persons`` sets aside."""
    return census.agg(F.count_if(_is_away()).alias("away_students"))


def _is_away() -> Column:
    return F.coalesce(read_value(codes.flag("is_away", "is_away_student")), F.lit(False))


# -------------------------------------------------------------------- attributes door


def pupil_attainment(ks4: DataFrame, ks5: DataFrame) -> DataFrame:
    """The first attainment record of each pupil at each key stage.

    First is the one that counts in national results, then the one with level 2 in English
    and mathematics, then the one with most points; equals are settled by all their other
    columns, so that no row order picks one.

    Grain:  in, one row per attainment record; out, one per attainment_id and key_stage.
    Nulls:  a measure of the other key stage, or a value not declared; a null ranks last.
    Cost:   one pass over each source, one shuffle, by pupil, of partly reduced rows.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(ks4, tables.KS4_SOURCE.attribute_table, "standardise")
    require(ks5, tables.KS5_SOURCE.attribute_table, "standardise")
    records = _measures(ks4, 4, codes.KS4_READINGS).unionByName(
        _measures(ks5, 5, codes.KS5_READINGS), allowMissingColumns=True
    )
    ranked = ["national_result", "level_2_em", "points_total"]
    keys = ["attainment_id", "key_stage"]
    others = [name for name in records.columns if name not in [*keys, *ranked]]
    first = records.groupBy(*keys).agg(
        F.max(F.struct(*ranked, *others)).alias("first"),
        F.count(F.lit(1)).cast("int").alias("record_count"),
    )
    return first.select(*keys, "record_count", "first.*").select(*tables.PUPIL_ATTAINMENT.names)


def record_counts(attainment: DataFrame) -> DataFrame:
    """One row: ``records``, the attainment records that the first ones stand for."""
    return attainment.agg(F.coalesce(F.sum("record_count"), F.lit(0)).alias("records"))


def _measures(attributes: DataFrame, stage: int, readings: tuple[Reading, ...]) -> DataFrame:
    return attributes.select(
        "attainment_id",
        F.lit(stage).alias("key_stage"),
        "academic_year",
        *(read_value(reading) for reading in readings),
    )


def pupil_characteristics(school_census: DataFrame) -> DataFrame:
    """What the latest school census says of each pupil.

    A main registration comes before a subsidiary one of any year: a guest school's record
    says less. Then the latest year; equals are settled by all their other columns.

    Grain:  in, one row per pupil and census; out, one row per attainment_id.
    Nulls:  a value that was not given or not declared.
    Cost:   one pass, one shuffle, by pupil, of partly reduced rows.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(school_census, tables.SCHOOL_CENSUS_SOURCE.attribute_table, "standardise")
    is_main = F.coalesce(F.col("enrol_status").isin(*codes.MAIN_ENROLMENTS), F.lit(False))
    read = school_census.select(
        "attainment_id",
        is_main.alias("is_main"),
        "academic_year",
        *(read_value(reading) for reading in codes.SCHOOL_CENSUS_READINGS),
    )
    others = [name for name in read.columns if name != "attainment_id"]
    latest = read.groupBy("attainment_id").agg(F.max(F.struct(*others)).alias("latest"))
    return latest.select("attainment_id", "latest.*").select(*tables.PUPIL_CHARACTERISTICS.names)


def census_characteristics(census: DataFrame) -> DataFrame:
    """What the Census says of each person, students away at term time included.

    Grain:  one row per census_id.
    Nulls:  a value that was not given or not declared.
    Cost:   one pass; no shuffle.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(census, tables.CENSUS_SOURCE.attribute_table, "standardise")
    read = census.select(
        "census_id", "household_id", *(read_value(one) for one in codes.CENSUS_READINGS)
    )
    return read.select(*tables.CENSUS_CHARACTERISTICS.names)
