"""Deduplicate: further lines, their representative, and no pupil lost to a tie of copies."""

import tomllib

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from attainment_linkage.core.column_facts import facts_from_counts
from attainment_linkage.core.doubles import Acceptance
from attainment_linkage.core.policy import ResolvePolicy
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.core.road_sides import CENSUS_SIDE
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.domain.road import BY_NAME
from attainment_linkage.stages import deduplicate as stage
from attainment_linkage.stages import linkage
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import deduplicate, resolve, standardise, synthesise
from attainment_linkage.steps.column_counts import column_counts
from attainment_linkage.steps.linkage_record import linkage_records
from tests.population_sample import CONF
from tests.small_road import whole_lake

PEOPLE = """
    record_id | forename | given_names | surname | surname_parts | postcode | postcodes
    mother    | ANN      | ANN         | LEE     | LEE           | AB11AA   | AB11AA
    father    | ANN      | ANN         | LEE     | LEE           | CD22BB   | CD22BB;AB11AA
    grandma   | ANNE     | ANNE        | -       | -             | EF33CC   | EF33CC
    other     | BOB      | BOB         | MOSS    | MOSS          | AB11AA   | AB11AA
"""
SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    father  | mother   | 12.304       | 0           | -
    father  | grandma  | 6.0          | 0           | -
    grandma | mother   | 5.004        | 0           | -
    mother  | other    | 4.99         | 0           | -
"""
FURTHER = """
    census_id | representative_id | match_weight
    mother    | father            | 14.304
    grandma   | father            | 8.0
"""
SCORED_BESIDE = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    other   | father   | -1.5         | 0           | -
    mother  | other    | 9.0          | 0           | -
    mother  | son      | 9.0          | 0           | -
    other   | son      | -2.0         | 0           | -
    daughter| son      | -2.001       | 0           | -
"""
POSSIBLE = """
    left_id | right_id | match_weight
    father  | other    | 0.5
    other   | son      | 0.0
"""
STANDING = """
    record_id | forename | given_names | surname | surname_parts | postcode | postcodes
    father    | ANN      | ANN;ANNE    | LEE     | LEE           | CD22BB   | AB11AA;CD22BB;EF33CC
    other     | BOB      | BOB         | MOSS    | MOSS          | AB11AA   | AB11AA
"""


def test_the_fullest_line_stands_for_the_person_and_the_others_stay_attached(rows):
    people = rows(tables.CENSUS_PEOPLE, PEOPLE, is_partial=True)
    accepted = Acceptance(shift_bits=2.0, least_bits=7.0, expected_doubles=2.0)

    assert_df_equality(
        deduplicate.census_doubles(rows(tables.SCORED_PAIRS, SCORED), people, accepted),
        rows(tables.CENSUS_DOUBLES, FURTHER),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_lines_that_stand_and_are_likelier_one_person_than_two_are_possible_doubles(rows):
    accepted = Acceptance(shift_bits=2.0, least_bits=7.0, expected_doubles=2.0)
    scored = rows(tables.SCORED_PAIRS, SCORED).where("right_id <> 'other'")
    scored = scored.unionByName(rows(tables.SCORED_PAIRS, SCORED_BESIDE))
    further = rows(tables.CENSUS_DOUBLES, FURTHER)

    assert_df_equality(
        deduplicate.possible_doubles(scored, further, accepted),
        rows(tables.POSSIBLE_DOUBLES, POSSIBLE),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_the_line_that_stands_has_every_line_s_names_and_postcodes(rows):
    people = rows(tables.CENSUS_PEOPLE, PEOPLE, is_partial=True)
    standing = deduplicate.standing_lines(people, rows(tables.CENSUS_DOUBLES, FURTHER))

    assert standing.columns == tables.CENSUS_PEOPLE.names
    assert_df_equality(
        standing,
        rows(tables.CENSUS_PEOPLE, STANDING, is_partial=True),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_no_true_link_is_lost_to_a_tie_between_copies(rows):
    pairs = rows(
        tables.SCORED_PAIRS,
        """
        left_id | right_id | match_weight | rule_number | matchkey_number
        pupil   | mother   | 20           | 0           | 0
        pupil   | father   | 20           | 0           | 0
        """,
    )
    policy = ResolvePolicy(accept_bits=8, margin_bits=3)
    people = rows(tables.CENSUS_PEOPLE, PEOPLE, is_partial=True)
    standing = deduplicate.standing_lines(people, rows(tables.CENSUS_DOUBLES, FURTHER))
    competing = pairs.join(standing.select(F.col("record_id").alias("right_id")), "right_id")

    assert resolve.links(resolve.decided_pairs(pairs, policy, parts=1)).count() == 0
    [link] = resolve.links(
        resolve.decided_pairs(competing.select(*pairs.columns), policy, parts=1)
    ).collect()
    assert link["right_id"] == "father"


def test_names_the_missing_column_before_any_spark_job(rows):
    people = rows(tables.CENSUS_PEOPLE, PEOPLE, is_partial=True).drop("postcodes")

    with pytest.raises(MissingColumnsError, match="census_people lacks postcodes"):
        deduplicate.weighed_lines(people)


@pytest.fixture
def generated(spark):
    """The Census lines of some 1,700 generated pupils, and the planted doubles among them."""
    rates = profile_named(tomllib.loads(CONF.read_text("utf-8")), "realistic")
    population = Population(seed=5, profile=rates, attainment_records=2_000, is_narrow=True)
    delivered = synthesise.delivered(spark, tables.CENSUS_SOURCE, population)
    people = standardise.census_persons(
        delivered.select(*tables.CENSUS_SOURCE.identity_table.names)
    )
    facts = facts_from_counts(column_counts(people, CENSUS_SIDE).collect()[0].asDict())
    lines = linkage_records(people, CENSUS_SIDE, facts).persist()
    yield lines, synthesise.census_doubles(spark, population)
    lines.unpersist()


def test_people_counted_twice_are_found_in_a_generated_census(spark, config, generated, tmp_path):
    lines, planted = generated
    run = StageRun(BY_NAME["deduplicate"], config, spark, whole_lake(config), "k", None)
    run.note = lambda name, value: None
    people = linkage.kept_records(deduplicate.weighed_lines(lines), tmp_path / "lines")
    scored, accepted = stage.weighed_pairs(run, people, tmp_path)
    found = deduplicate.census_doubles(scored, people.frame, accepted)

    person = F.coalesce("double_of", "record_id")
    who = lines.select("record_id").join(
        planted.withColumnRenamed("census_id", "record_id"), "record_id", "left"
    )
    person_of = {row[0]: row[1] for row in who.select("record_id", person).collect()}
    pairs = [(row["census_id"], row["representative_id"]) for row in found.collect()]

    surplus = len(person_of) - len(set(person_of.values()))
    right = sum(person_of[one] == person_of[other] for one, other in pairs)
    assert surplus > 30
    assert right >= 0.9 * surplus
    assert right == len(pairs)
