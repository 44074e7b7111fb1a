"""Ingest on Spark: rows as read, their numbers, the rules each breaks, and where they go."""

import json

import pytest
from chispa import assert_df_equality

from attainment_linkage.core import row_rules
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.domain.tables import (
    SCHOOL_CENSUS_SOURCE,
    Column,
    Source,
    Table,
)
from attainment_linkage.steps import ingest

PUPIL = Column("attainment_id", "pupil", is_required=True)
YEAR = Column("academic_year", "year", is_required=True)
SURNAME = Column("surname", "surname", is_personal=True)
POINTS = Column("points", "points")
KEYED = Source("keyed", "one row per pupil and year", ("attainment_id", "academic_year"),
               (PUPIL, YEAR), (SURNAME,), (POINTS,))  # fmt: skip
KEYLESS = Source("keyless", "one row per record", (), (PUPIL, YEAR), (SURNAME,), (POINTS,))


def as_delivered(source: Source) -> Table:
    return Table("delivered", source.grain, "landing", (*row_rules.LINE_COLUMNS, *source.columns))


@pytest.fixture
def refused(rows):
    """The refused rows of a drawn delivery: file and number -> reasons."""

    def judge(source, drawing):
        delivered = rows(as_delivered(source), drawing, is_partial=True)
        found = ingest.refused_rows(delivered, ingest.repeated_keys(delivered, source), source)
        assert found.columns == source.quarantine_table.names
        return {f"{row.source_file}{row.source_row}": row.reasons for row in found.collect()}

    return judge


def test_each_rule_names_the_rows_that_break_it(refused):
    drawing = """
        source_file | source_row | source_fault | source_line | attainment_id |academic_year|surname
        a           | 1          | -            | -           | P1            | 2010/11       | -
        a           | 2          | -            | -           | -             | 2010/11       | A
        a           | 3          | -            | -           | P 3           | 2010/11       | A
        a           | 4          | -            | -           | P4            | -             | A
        a           | 5          | -            | -           | P5            | 10/11         | A
        a           | 6          | field_count  | P6,2010/11  | -             | -             | -
        a           | 7          | -            | -           | P7            | 2010/11       | \x07
        a           | 8          | -            | -           | P8            | 2010/11      |\ufffd
        a           | 9          | -            | -           | -             | 2010          | A
    """

    assert refused(KEYED, drawing) == {
        "a2": ["missing_attainment_id"],
        "a3": ["malformed_attainment_id"],
        "a4": ["missing_academic_year"],
        "a5": ["malformed_academic_year"],
        "a6": ["field_count"],
        "a7": ["unreadable_characters"],
        "a8": ["unreadable_characters"],
        "a9": ["missing_attainment_id", "malformed_academic_year"],
    }


def test_the_header_in_the_midst_of_the_rows_is_no_row(refused):
    drawing = """
        source_file | source_row | attainment_id       | academic_year | surname | points
        a           | 1          | P1                  | 2010/11       | A       | 5
        a           | 2          | attainment_id       | academic_year | surname | points
        a           | 3          | \ufeffattainment_id | academic_year | surname | points
    """

    codes = {"malformed_academic_year", "header_row"}
    assert {row: codes <= set(reasons) for row, reasons in refused(KEYLESS, drawing).items()} == {
        "a2": True, "a3": True,
    }  # fmt: skip


def test_a_header_with_its_columns_in_another_order_is_told_from_one_in_this_order(refused):
    drawing = """
        source_file | source_row | attainment_id | academic_year | surname       | points
        a           | 1          | P1            | 2010/11       | points        | 5
        a           | 2          | academic_year | points        | \ufeffsurname | attainment_id
    """

    found = refused(KEYLESS, drawing)
    assert found.keys() == {"a2"}
    assert "header_row_of_another_order" in found["a2"]


def test_of_a_repeated_key_the_fullest_row_stays_wherever_it_stands(refused):
    drawing = """
        source_file | source_row | attainment_id | academic_year | surname | points
        a           | 1          | P1            | 2010/11       | -       | -
        b           | 1          | P1            | 2010/2011     | A       | 5
        b           | 2          | P1            | 2010-11       | B       | -
        b           | 3          | P1            | 2009/10       | A       | 5
        b           | 4          | P2            | 2010/11       | A       | 5
    """

    assert refused(KEYED, drawing) == {"a1": ["repeated_key"], "b2": ["repeated_key"]}


@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("B", "A")])
def test_between_equally_full_rows_their_text_decides_not_their_place(refused, first, second):
    drawing = f"""
        source_file | source_row | attainment_id | academic_year | surname
        a           | 1          | P1            | 2010/11       | {first}
        a           | 2          | P1            | 2010/11       | {second}
    """

    assert refused(KEYED, drawing) == {"a2" if second == "B" else "a1": ["repeated_key"]}


def test_a_row_broken_otherwise_never_takes_the_place_of_a_sound_one(refused):
    drawing = """
        source_file | source_row | attainment_id | academic_year | surname | points
        a           | 1          | P1            | 2010/11       | \x07    | 5
        a           | 2          | P1            | 2010/11       | A       | -
    """

    assert refused(KEYED, drawing) == {"a1": ["unreadable_characters"]}


def test_without_a_key_only_copies_of_a_whole_row_are_refused(refused):
    drawing = """
        source_file | source_row | attainment_id | academic_year | surname | points
        a           | 1          | P1            | 2010/11       | A       | -
        a           | 2          | P1            | 2010/11       | A       | -
        b           | 1          | P1            | 2010/11       | A       | -
        b           | 2          | P1            | 2010/11       | A       | 5
        b           | 3          | P1            | 2010/11       | -       | A
        c           | 1          | P2            | 2010-11       | A       | -
        c           | 2          | P2            | 2010/2011     | A       | -
    """

    copies = ["a2", "b1", "c2"]  # a year in another form is the same year
    assert refused(KEYLESS, drawing) == {place: ["copied_row"] for place in copies}


def test_empty_in_empty_out(rows, refused):
    header = "source_file | source_row | attainment_id"
    nothing = rows(as_delivered(KEYED), header, is_partial=True)

    assert refused(KEYED, header) == {}
    assert ingest.excess_rows(ingest.repeated_keys(nothing, KEYED)).collect()[0]["excess"] == 0


def test_excess_rows_and_counts_per_reason(rows):
    drawing = """
        source_file | source_row | attainment_id | academic_year | surname
        a           | 1          | P1            | 2010/11       | A
        a           | 2          | P1            | 2010/11       | B
        a           | 3          | P1            | 2010/11       | C
        a           | 4          | -             | -             | C
        a           | 5          | -             | -             | D
    """
    delivered = rows(as_delivered(KEYED), drawing, is_partial=True)
    repeated = ingest.repeated_keys(delivered, KEYED)
    counts = ingest.refused_counts(ingest.refused_rows(delivered, repeated, KEYED))

    assert ingest.excess_rows(repeated).collect()[0]["excess"] == 2
    assert {row.reason: row.row_count for row in counts.collect()} == {
        "repeated_key": 2,
        "missing_attainment_id": 2,
        "missing_academic_year": 2,
    }


def test_what_is_not_refused_is_accepted_in_both_halves(rows):
    drawing = """
        source_file | source_row | attainment_id | academic_year | surname | points
        a           | 1          | P1            | 2010/2011     | A       | 5
        a           | 2          | P 2           | 2010/11       | A       | 5
        b           | 1          | P3            | 2010-11       | -       | -
    """
    delivered = rows(as_delivered(KEYED), drawing, is_partial=True)
    repeated = ingest.repeated_keys(delivered, KEYED)
    refused = ingest.refused_rows(delivered, repeated, KEYED)

    identity = """
        attainment_id | academic_year | surname
        P1            | 2010/11       | A
        P3            | 2010/11       | -
    """
    attributes = """
        attainment_id | academic_year | points
        P1            | 2010/11       | 5
        P3            | 2010/11       | -
    """
    for table, expected in (
        (KEYED.identity_table, identity),
        (KEYED.attribute_table, attributes),
    ):
        accepted = ingest.accepted_rows(delivered, refused, table)
        assert_df_equality(
            accepted, rows(table, expected), ignore_row_order=True, ignore_nullable=True
        )


def test_the_record_in_quarantine_is_the_row_as_delivered(rows):
    drawing = """
        source_file | source_row | source_fault | source_line | attainment_id |academic_year|points
        a           | 1          | -            | -           | -             | 2010/2011     | 5
        a           | 2          | field_count  | P6,2010/11  | -             | -             | -
    """
    delivered = rows(as_delivered(KEYED), drawing, is_partial=True)
    refused = ingest.refused_rows(delivered, ingest.repeated_keys(delivered, KEYED), KEYED)
    records = {row.source_row: json.loads(row.record) for row in refused.collect()}

    assert records == {
        1: {"academic_year": "2010/2011", "points": "5"},
        2: {"line": "P6,2010/11"},
    }


def test_names_the_missing_column_before_any_spark_job(rows):
    delivered = rows(as_delivered(KEYED), "source_file | source_row", is_partial=True)

    with pytest.raises(MissingColumnsError, match="keyed lacks surname"):
        ingest.refused_rows(delivered.drop("surname"), delivered, KEYED)


def test_the_school_census_is_keyed_by_pupil_and_year(rows):
    delivered = rows(
        as_delivered(SCHOOL_CENSUS_SOURCE), "source_file | source_row", is_partial=True
    )

    assert ingest.repeated_keys(delivered, SCHOOL_CENSUS_SOURCE).columns == [
        "key_hash",
        "row_count",
    ]
