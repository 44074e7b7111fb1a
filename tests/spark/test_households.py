"""Households: what a form says of the home, drawn household by household."""

import pytest

from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps.households import household_facts

CENSUS = tables.CENSUS_CHARACTERISTICS
WHO = "census_id | household_id | relationship | age | is_student | marital_status"
COUPLE = """
    11 | H1 | reference | 41 | false | married
    12 | H1 | partner   | 43 | false | married
    13 | H1 | child     | 16 | true  | single
    14 | H1 | child     | 18 | true  | single
    15 | H1 | child     | 18 | false | single
    16 | H1 | child     | 12 | true  | single
"""
OTHERS = """
    21 | H2 | reference | 30 | false | single
    22 | H2 | partner   | 31 | false | divorced
    31 | H3 | reference | 36 | false | separated
    32 | H3 | child     | 15 | true  | single
    41 | H4 | reference | 70 | false | widowed
    51 | H5 | reference | 20 | true  | single
    52 | H5 | other     | 20 | true  | single
    61 | H6 | child     | 14 | true  | single
    62 | H6 | child     | 10 | true  | single
    71 | H7 | reference | -  | false | single
"""


@pytest.fixture
def facts(rows):
    """Facts by household, from drawn people; columns that are not drawn are null."""

    def of(drawing):
        found = household_facts(rows(CENSUS, drawing, is_partial=True)).collect()
        return {row.household_id: row for row in found}

    return of


def test_a_household_is_counted_and_named_for_who_lives_there(facts):
    found = facts(f"{WHO}\n{COUPLE.strip()}\n{OTHERS.strip()}")

    counted = {
        key: (row.household_type, row.household_size, row.dependent_children, row.adults)
        for key, row in found.items()
    }
    assert counted == {
        "H1": ("married", 6, 3, 3),  # the 18-year-old out of education is an adult
        "H2": ("cohabiting", 2, 0, 2),
        "H3": ("lone_parent", 2, 1, 1),
        "H4": ("one_person", 1, 0, 1),
        "H5": ("other", 2, 0, 2),  # students of 20 are no dependent children
        "H6": ("no_adults", 2, 2, 0),
        "H7": ("no_adults", 1, 0, 0),  # without an age nobody is an adult
    }
    assert found["H1"].children_of_reference == 4


def test_adults_and_parents_answer_each_for_their_own(facts):
    found = facts(
        """
        household_id | relationship | age | highest_qualification | economic_activity
        H1           | reference    | 41  | level1                | unemployed
        H1           | partner      | 43  | level3                | employed
        H1           | other        | 60  | level4                | retired
        H1           | child        | 15  | level4                | -
        H2           | reference    | 35  | none                  | inactive
        H2           | child        | 9   | -                     | -
        H3           | reference    | 35  | other                 | employed
        H4           | reference    | 35  | -                     | -
        """
    )
    answers = {
        key: (row.adults_highest_qualification, row.highest_of_parents, row.adults_in_work)
        for key, row in found.items()
    }

    assert answers == {
        "H1": ("level4", "level3", "some"),
        "H2": ("none", "none", "none"),
        "H3": ("other", "other", "all"),
        "H4": (None, None, None),
    }


def test_the_reference_person_gives_the_household_its_class_faith_and_origin(facts):
    found = facts(
        """
        household_id | relationship | age | main_language | ns_sec | religion  | year_of_arrival
        H1           | reference    | 41  | other         | 8      | sikh      | 1999
        H1           | partner      | 43  | english       | 2      | christian | -
        H1           | child        | 15  | english       | -      | -         | 2001
        H2           | reference    | 35  | other         | 7      | -         | -
        H2           | child        | 9   | english       | -      | -         | -
        """
    )
    answers = {
        key: (
            row.adults_english,
            row.reference_ns_sec,
            row.reference_religion,
            row.reference_year_of_arrival,
        )
        for key, row in found.items()
    }

    assert answers == {"H1": ("some", "8", "sikh", 1999), "H2": ("none", "7", None, None)}


def test_health_and_care_are_counted_among_all_residents(facts):
    found = facts(
        """
        household_id | relationship | age | general_health | limiting_condition | unpaid_care
        H1           | reference    | 41  | 1              | 3                  | 0
        H1           | partner      | 43  | 4              | 2                  | 0
        H1           | child        | 15  | 5              | 1                  | 1
        H2           | reference    | 35  | 2              | 3                  | 3
        H2           | child        | 15  | 5              | 1                  | 0
        H3           | reference    | 35  | -              | 3                  | -
        """
    )
    counted = {
        key: (
            row.residents_in_bad_health,
            row.residents_limited,
            row.unpaid_carers,
            row.has_poor_parent_health,
        )
        for key, row in found.items()
    }

    assert counted == {
        "H1": (2, 2, 1, True),
        "H2": (1, 1, 1, False),
        "H3": (0, 0, 0, None),  # half an answer is not a no
    }


def test_a_student_away_at_term_time_is_no_resident(facts):
    found = facts(
        """
        census_id | household_id | relationship | age | is_away_student
        11        | H1           | reference    | 50  | false
        12        | H1           | child        | 19  | true
        21        | H2           | child        | 19  | true
        """
    )

    assert found.keys() == {"H1"}
    assert (found["H1"].household_size, found["H1"].household_type) == (1, "one_person")


def test_names_the_missing_column_before_any_spark_job(rows):
    census = rows(CENSUS, "census_id", is_partial=True).drop("tenure")

    with pytest.raises(MissingColumnsError, match="census_characteristics lacks tenure"):
        household_facts(census)
