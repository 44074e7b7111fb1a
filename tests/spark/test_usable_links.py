"""Usable links: each link that cannot carry answers is named, counted and set aside."""

import pytest
from chispa import assert_df_equality

from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import usable_links

SPINE = """
    attainment_id | census_id
    fine          | C1
    unlinked      | -
    two_people    | C2
    two_people    | C3
    one_of_two    | C4
    other_of_two  | C4
    unknown       | C5
    no_person     | C6
    two_homes     | C7
    away          | C8
"""
PUPILS = """
    attainment_id | key_stage
    fine          | 4
    fine          | 5
    unlinked      | 4
    two_people    | 4
    one_of_two    | 4
    other_of_two  | 4
    no_person     | 4
    two_homes     | 4
    away          | 5
"""
PEOPLE = """
    census_id | household_id | is_away_student
    C1        | H1           | false
    C2        | H2           | false
    C3        | H3           | false
    C4        | H4           | -
    C5        | H5           | false
    C7        | H7           | false
    C7        | H8           | false
    C8        | H9           | true
"""


def judged(rows, spine=SPINE):
    return usable_links.judged_links(
        rows(tables.LINK_SPINE, spine, is_partial=True),
        rows(tables.PUPIL_ATTAINMENT, PUPILS, is_partial=True),
        rows(tables.CENSUS_CHARACTERISTICS, PEOPLE, is_partial=True),
    )


def test_every_link_is_used_or_set_aside_with_its_reason(rows):
    found = judged(rows)
    expected = """
        attainment_id | census_id | reason
        two_people    | C2        | two_people
        two_people    | C3        | two_people
        one_of_two    | C4        | two_pupils
        other_of_two  | C4        | two_pupils
        unknown       | C5        | no_attainment
        no_person     | C6        | no_census_person
        two_homes     | C7        | two_households
        away          | C8        | away_student
    """

    used = usable_links.usable(found)
    assert_df_equality(
        usable_links.set_aside(found),
        rows(tables.QUARANTINE_LINKS, expected),
        ignore_row_order=True,
    )
    assert [(row.attainment_id, row.census_id) for row in used.collect()] == [("fine", "C1")]
    assert used.columns == tables.LINK_SPINE.names


def test_a_spine_without_links_sets_nothing_aside(rows):
    assert judged(rows, "attainment_id | census_id\nfine | -").count() == 0


def test_names_the_missing_column_before_any_spark_job(rows):
    spine = rows(tables.LINK_SPINE, "attainment_id", is_partial=True).drop("weight_band")

    with pytest.raises(MissingColumnsError, match="link_spine lacks weight_band"):
        usable_links.judged_links(spine, spine, spine)
