"""Households: what a Census form says of the home that a pupil was found in."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core import derivations as d
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require


def household_facts(census: DataFrame) -> DataFrame:
    """What each household is, from its residents; students away at term time are none.

    Definitions of adult, dependent child and parent: ``domain/research_household.py``.

    Grain:  in, one row per person; out, one row per household_id with a resident.
    Nulls:  what no resident, adult, parent or reference person tells. A household without
            adults is of type ``no_adults`` and has no qualification, employment or language
            of adults. A person without an age is neither adult nor dependent child.
    Cost:   one shuffle, by household, of partly reduced rows.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(census, tables.CENSUS_CHARACTERISTICS, step="pseudonymise")
    counted = (
        _residents(census)
        .groupBy("household_id")
        .agg(
            F.count("*").cast("int").alias("household_size"),
            _number("dependent_children", "is_dependent"),
            _number("adults", "is_adult"),
            _number("children_of_reference", "is_child"),
            F.bool_or("is_reference").alias("has_reference"),
            F.bool_or("is_partner").alias("has_partner"),
            F.bool_or(F.col("is_parent") & F.col("is_married")).alias("has_married"),
            _highest("adults_highest_qualification", "is_adult"),
            _highest("highest_of_parents", "is_parent"),
            _share("adults_in_work", F.col("economic_activity"), d.IN_WORK),
            _share("adults_english", F.col("main_language"), d.ENGLISH),
            _number("residents_in_bad_health", "is_in_bad_health"),
            _number("residents_limited", "is_limited"),
            _number("unpaid_carers", "is_carer"),
            F.bool_or(F.when(F.col("is_parent"), _has_poor_health())).alias(
                "has_poor_parent_health"
            ),
            *_of_reference("ns_sec", "religion", "ethnic_group_5"),
            *_of_reference("country_of_birth", "year_of_arrival"),
        )
    )
    return counted.withColumn("household_type", _type()).drop(
        "has_reference", "has_partner", "has_married"
    )


def _residents(census: DataFrame) -> DataFrame:
    """People on the form who live there, with what each of them is in the household."""
    is_away = F.coalesce("is_away_student", F.lit(False))
    is_child = _is("relationship", "child")
    is_student = F.coalesce("is_student", F.lit(False))
    is_young_student = (F.col("age") <= d.OLDEST_DEPENDENT_STUDENT) & is_student & is_child
    is_dependent = (F.col("age") < d.YOUNGEST_ADULT) | is_young_student
    is_grown = F.col("age") >= d.YOUNGEST_ADULT
    return (
        census.where(~is_away)
        .withColumns(
            {
                "is_child": is_child,
                "is_reference": _is("relationship", "reference"),
                "is_partner": _is("relationship", "partner"),
                "is_dependent": F.coalesce(is_dependent, F.lit(False)),
                "is_married": F.coalesce(F.col("marital_status").isin(*d.COUPLES), F.lit(False)),
                "is_in_bad_health": F.col("general_health") >= d.BAD_HEALTH,
                "is_limited": F.col("limiting_condition") <= d.LIMITED,
                "is_carer": F.col("unpaid_care") >= d.CARES,
            }
        )
        .withColumns(
            {
                "is_adult": F.coalesce(is_grown, F.lit(False)) & ~F.col("is_dependent"),
                "is_parent": F.col("is_reference") | F.col("is_partner"),
            }
        )
    )


def _has_poor_health() -> Column:
    """True where either answer says so; null where neither says so and one is not given."""
    return F.col("is_in_bad_health") | F.col("is_limited")


def _is(name: str, code: str) -> Column:
    return F.coalesce(F.col(name) == code, F.lit(False))


def _number(name: str, flag: str) -> Column:
    return F.count_if(flag).cast("int").alias(name)


def _highest(name: str, flag: str) -> Column:
    """The highest qualification of the flagged; null where none of them gives one."""
    ranked = F.array(*(F.lit(code) for code in d.QUALIFICATIONS))
    rank = F.array_position(ranked, F.col("highest_qualification"))
    best = F.max(F.when(F.col(flag) & (rank > 0), rank))
    return F.get(ranked, (best - 1).cast("int")).alias(name)


def _share(name: str, answer: Column, code: str) -> Column:
    """Whether all, some or no adult answers so, of those that answer."""
    known = F.count(F.when(F.col("is_adult"), answer))
    such = F.count_if(F.col("is_adult") & (answer == code))
    return (
        F.when(known == 0, None)
        .when(such == known, "all")
        .when(such > 0, "some")
        .otherwise("none")
        .alias(name)
    )


def _of_reference(*names: str) -> list[Column]:
    """Answers of the reference person; a form has one, were there two the greater counts."""
    return [
        F.max(F.when(F.col("is_reference"), F.col(name))).alias(f"reference_{name}")
        for name in names
    ]


def _type() -> Column:
    has_children = F.col("children_of_reference") > 0
    return (
        F.when(F.col("adults") == 0, "no_adults")
        .when(F.col("has_partner") & F.col("has_married"), "married")
        .when(F.col("has_partner"), "cohabiting")
        .when(F.col("has_reference") & has_children, "lone_parent")
        .when(F.col("household_size") == 1, "one_person")
        .otherwise("other")
    )
