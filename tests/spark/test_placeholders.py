"""Placeholders: listed default values become null and are counted; others stay."""

from chispa import assert_df_equality

from attainment_linkage.domain.tables import KS4_SOURCE as KS4
from attainment_linkage.domain.tables import SCHOOL_CENSUS_SOURCE as SCHOOL
from attainment_linkage.steps import standardise
from attainment_linkage.steps.placeholders import Placeholders, without_placeholders

LISTED = Placeholders(["UNKNOWN", "Baby"], ["1900-01-01"], ["ZZ99"])


def test_listed_placeholders_become_null_and_are_counted(rows):
    drawn = rows(
        SCHOOL.identity_table,
        """
        attainment_id | forename | surname  | date_of_birth | postcode
        P1            | baby     | Unknown  | 1900-01-01    | zz99 3VZ
        P2            | -        | UNKNOWNS | 01/01/1900    | ZZ993CZ
        P3            | ANN      | SMITH    | 1900-01-02    | Z99 3AA
        """,
        is_partial=True,
    )
    cleared = """
        attainment_id | forename | surname  | date_of_birth | postcode
        P1            | -        | -        | -             | -
        P2            | -        | UNKNOWNS | -             | -
        P3            | ANN      | SMITH    | 1900-01-02    | Z99 3AA
    """
    expected = rows(SCHOOL.identity_table, cleared, is_partial=True)
    assert_df_equality(
        without_placeholders(drawn, LISTED), expected, ignore_row_order=True, ignore_nullable=True
    )

    counts = standardise.identity_counts(drawn, LISTED).collect()[0].asDict()
    assert counts == {
        "forename_placeholders": 1,
        "middle_names_placeholders": 0,
        "surname_placeholders": 1,
        "former_surname_placeholders": 0,
        "date_of_birth_placeholders": 2,
        "postcode_placeholders": 2,
        "failed_upns": 0,
    }


def test_empty_lists_of_placeholders_clear_nothing(rows):
    drawn = rows(
        KS4.identity_table, "surname | date_of_birth\nUNKNOWN | 1900-01-01", is_partial=True
    )

    assert_df_equality(without_placeholders(drawn, Placeholders([], [], [])), drawn)
