"""Census forms: who else is on a line's form, and whether they are its relatives."""

import pytest
from chispa import assert_df_equality

from attainment_linkage.core.doubles_model import FORM_COLUMNS
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import census_forms

PEOPLE = """
    record_id | forename_root | surname | birth_date | surname_parts
    mother    | ANN           | LEE     | 1962-01-02 | LEE
    son       | BOB           | LEEMOSS | 1994-05-06 | LEE;MOSS
    lodger    | TOM           | HART    | 1980-07-08 | HART
    baby      | -             | MOSS    | 2010-09-10 | MOSS
    nameless  | EVE           | -       | 1994-01-01 | -
    undated   | SUE           | LEE     | -          | LEE
    alone     | JOE           | LEE     | 1950-11-12 | LEE
    crowded_1 | MAX           | BELL    | 1991-01-01 | BELL
    crowded_2 | MIA           | BELL    | 1992-02-02 | BELL
    formless  | KIM           | LEE     | 1993-03-03 | LEE
"""
IDENTITIES = """
    census_id | household_id
    mother    | F
    son       | F
    lodger    | F
    baby      | F
    nameless  | F
    undated   | F
    away      | F
    alone     | G
    crowded_1 | H
    crowded_2 | H
    crowded_3 | H
"""
ANN, BOB, TOM = "ANN LEE 1962-01-02", "BOB LEEMOSS 1994-05-06", "TOM HART 1980-07-08"
TOLD = {
    "mother": ("F", [BOB, TOM], False),
    "son": ("F", [ANN, TOM], False),
    "lodger": ("F", [ANN, BOB], True),
    "baby": ("F", [ANN, BOB, TOM], False),  # a part of the surname is enough
    "nameless": ("F", [ANN, BOB, TOM], None),
    "undated": ("F", [ANN, BOB, TOM], False),
    "alone": ("G", [], None),
    "crowded_1": (None, None, None),
    "crowded_2": (None, None, None),
    "formless": (None, None, None),
}


def test_a_line_is_told_who_else_is_on_its_form(spark, rows, monkeypatch):
    monkeypatch.setattr(census_forms, "MOST_ON_FORM", 6)
    crowd = "\n".join(f"crowded_{n} | MAX | BELL | 1991-01-01 | BELL" for n in range(3, 8))
    places = "\n".join(f"crowded_{n} | H" for n in range(4, 8))
    people = rows(tables.CENSUS_PEOPLE, PEOPLE + crowd, is_partial=True)
    identities = rows(tables.CENSUS_SOURCE.identity_table, IDENTITIES + places, is_partial=True)
    found = census_forms.with_forms(people, identities)

    assert found.columns == [*people.columns, *FORM_COLUMNS]
    assert_df_equality(found.select(*people.columns), people, ignore_row_order=True)
    told = {row[0]: (row[1], row[2], row[3]) for row in
            found.select("record_id", *FORM_COLUMNS).collect()}  # fmt: skip
    assert told == TOLD | {f"crowded_{n}": (None, None, None) for n in range(1, 8)}


def test_names_the_missing_column_before_any_spark_job(rows):
    people = rows(tables.CENSUS_PEOPLE, PEOPLE, is_partial=True)
    identities = rows(tables.CENSUS_SOURCE.identity_table, IDENTITIES, is_partial=True)

    with pytest.raises(MissingColumnsError, match="census_people lacks postcodes"):
        census_forms.with_forms(people.drop("postcodes"), identities)
    with pytest.raises(MissingColumnsError, match="census_identity lacks household_id"):
        census_forms.with_forms(people, identities.select("census_id"))
