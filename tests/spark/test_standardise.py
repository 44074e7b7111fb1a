"""Standardise: who a pupil is, what is known of it, and what is set aside, drawn case by case."""

import pytest
from chispa import assert_df_equality

from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import standardise

SCHOOL, KS4, KS5 = tables.SCHOOL_CENSUS_SOURCE, tables.KS4_SOURCE, tables.KS5_SOURCE
CENSUS = tables.CENSUS_SOURCE
GOOD_UPN, OTHER_UPN = "B801200005001", "R201100018042"


@pytest.fixture
def known(rows):
    """Known pupils from drawn identity rows, by attainment_id."""

    def put_together(school="attainment_id", ks4="attainment_id", ks5="attainment_id"):
        frame = standardise.known_pupils(
            rows(SCHOOL.identity_table, school, is_partial=True),
            rows(KS4.identity_table, ks4, is_partial=True),
            rows(KS5.identity_table, ks5, is_partial=True),
        )
        return {row.attainment_id: row for row in frame.collect()}

    return put_together


# ------------------------------------------------------------------- identifiers door


def test_each_column_of_a_pupil_is_its_last_known_one(known):
    pupils = known(
        """
        attainment_id | academic_year | gender | forename | surname | former_surname | upn
        P1            | 2008/09       | F      | ANN      | OLD     | -              | B801200005001
        P1            | 2010/11       | -      | ANNE     | NEW     | OLD            | A801200005001
        P1            | 2009/10       | M      | -        | MID     | -              | -
        """,
        """
        attainment_id | academic_year | gender | forenames  | surname | date_of_birth
        P1            | 2011/12       | M      | LATER MARY | LATEST  | 04/03/1995
        """,
    )

    assert pupils["P1"].asDict() == {
        "attainment_id": "P1",
        "forename": "ANNE",
        "middle_names": "MARY",
        "surname": "NEW",
        "former_surname": "OLD",
        "date_of_birth": "04/03/1995",
        "sex": "M",
        "upn": GOOD_UPN,
        "postcode": None,
        "postcodes": [],
        "has_attainment": True,
    }


def test_a_tie_is_settled_by_the_text_not_by_the_order_of_rows(known):
    lines = ["P1 | 2010/11 | SMITH", "P1 | 2010/11 | SMYTH"]
    for order in (lines, lines[::-1]):
        drawing = "\n".join(["attainment_id | academic_year | surname", *order])
        assert known(ks4=drawing)["P1"].surname == "SMYTH"


def test_all_dated_postcodes_are_kept_once_latest_first(known):
    pupils = known(
        """
        attainment_id | academic_year | postcode
        P1            | 2007/08       | AB1 1AA
        P1            | 2008/09       | CD2 2BB
        P1            | 2009/10       | -
        P1            | 2010/11       | AB1 1AA
        P2            | 2010/11       | -
        """
    )

    assert (pupils["P1"].postcode, pupils["P1"].postcodes) == ("AB1 1AA", ["AB1 1AA", "CD2 2BB"])
    assert (pupils["P2"].postcode, pupils["P2"].postcodes) == (None, [])


def test_forenames_of_attainment_rows_part_into_first_and_middle(known):
    pupils = known(
        ks5="""
        attainment_id | academic_year | forenames
        P1            | 2010/11       | MARY JANE ANN
        P2            | 2010/11       | MARY
        P3            | 2010/11       | -
        """
    )

    names = {key: (row.forename, row.middle_names) for key, row in pupils.items()}
    assert names == {"P1": ("MARY", "JANE ANN"), "P2": ("MARY", None), "P3": (None, None)}


def test_only_pupils_with_an_attainment_record_are_linked_and_the_others_counted(rows):
    frame = standardise.known_pupils(
        rows(SCHOOL.identity_table, "attainment_id\nP1\nP2\nP3", is_partial=True),
        rows(KS4.identity_table, "attainment_id\nP2", is_partial=True),
        rows(KS5.identity_table, "attainment_id\nP3\nP4", is_partial=True),
    )
    linked = standardise.pupils(frame)

    assert sorted(row.attainment_id for row in linked.collect()) == ["P2", "P3", "P4"]
    assert "has_attainment" not in linked.columns
    assert standardise.pupil_counts(frame).collect()[0].asDict() == {
        "pupils": 3,
        "pupils_without_attainment": 1,
    }


def test_no_rows_give_no_pupils(known):
    assert known() == {}


def test_students_away_at_term_time_are_set_aside(rows):
    census = rows(
        CENSUS.identity_table,
        """
        census_id | is_away_student
        C1        | 0
        C2        | 1
        C3        | -
        C4        | true
        """,
        is_partial=True,
    )
    people = standardise.census_persons(census)

    assert sorted(row.census_id for row in people.collect()) == ["C1", "C3"]
    assert people.columns == CENSUS.identity_table.names
    assert standardise.away_counts(census).collect()[0]["away_students"] == 2


# -------------------------------------------------------------------- attributes door


@pytest.fixture
def first_record(rows):
    """The one attainment row of P1 from drawn KS4 records."""

    def keep(drawing):
        ks4 = rows(KS4.attribute_table, drawing, is_partial=True)
        ks5 = rows(KS5.attribute_table, "attainment_id", is_partial=True)
        found = standardise.pupil_attainment(ks4, ks5).collect()
        assert len(found) == 1
        return found[0]

    return keep


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param("1 | 0 | 100", "0 | 1 | 500", id="national result before level 2"),
        pytest.param("1 | 0 | 100", "- | 1 | 500", id="a null counts for less"),
        pytest.param("1 | 1 | 100", "1 | 0 | 500", id="level 2 before points"),
        pytest.param("1 | 1 | 500", "1 | 1 | 100", id="points"),
        pytest.param("1 | 1 | 500", "1 | 1 | n/a", id="unread points count for less"),
    ],
)
def test_the_first_attainment_record_is_kept_in_any_order(first_record, better, worse):
    header = "attainment_id | national_result | level_2_em | points_total | school_type"
    lines = [f"P1 | {better} | state", f"P1 | {worse} | special"]
    for order in (lines, lines[::-1]):
        row = first_record("\n".join([header, *order]))
        assert (row.school_type, row.record_count) == ("state", 2)


def test_equal_records_are_settled_by_their_other_columns(first_record):
    header = "attainment_id | academic_year | level_1 | school_type"
    lines = ["P1 | 2009/10 | 1 | state", "P1 | 2010/11 | 1 | special"]
    picked = [first_record("\n".join([header, *order])) for order in (lines, lines[::-1])]

    assert [(row.school_type, row.academic_year) for row in picked] == [("special", "2010/11")] * 2


def test_key_stages_stand_apart_under_one_name(rows):
    ks4 = rows(
        KS4.attribute_table,
        """
        attainment_id | academic_year | gender | level_2_em | gcse_ac_count | points_total
        P1            | 2008/09       | M      | 1          | 8             | 420.5
        """,
        is_partial=True,
    )
    ks5 = rows(
        KS5.attribute_table,
        """
        attainment_id | academic_year | gender | level_3 | a_level_entries | points_total
        P1            | 2010/11       | B      | 1       | 3               | 300
        """,
        is_partial=True,
    )
    expected = """
        attainment_id | key_stage | academic_year | sex | level_2_em | level_3 | gcse_ac_count | a_level_entries | points_total | record_count
        P1            | 4         | 2008/09       | M   | true       | -       | 8             | -               | 420.5        | 1
        P1            | 5         | 2010/11       | M   | -          | true    | -             | 3               | 300          | 1
    """  # noqa: E501
    attained = standardise.pupil_attainment(ks4, ks5)
    doubled = standardise.pupil_attainment(ks4.union(ks4), ks5)
    assert standardise.record_counts(doubled).collect()[0]["records"] == 3
    assert_df_equality(
        attained,
        rows(tables.PUPIL_ATTAINMENT, expected, is_partial=True),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_characteristics_are_of_the_latest_main_registration(rows):
    drawn = rows(
        SCHOOL.attribute_table,
        """
        attainment_id | academic_year | enrol_status | sen_provision
        main          | 2009/10       | C            | N
        main          | 2010/11       | M            | A
        guest         | 2009/10       | C            | N
        guest         | 2010/11       | S            | E
        only_guest    | 2009/10       | -            | N
        only_guest    | 2010/11       | S            | K
        """,
        is_partial=True,
    )
    found = standardise.pupil_characteristics(drawn)

    assert found.columns == tables.PUPIL_CHARACTERISTICS.names
    assert {row.attainment_id: (row.academic_year, row.sen) for row in found.collect()} == {
        "main": ("2010/11", "support"),
        "guest": ("2009/10", "none"),
        "only_guest": ("2010/11", "support"),
    }


def test_census_characteristics_keep_every_person(rows):
    drawn = rows(
        CENSUS.attribute_table,
        """
        census_id | household_id | sex | is_away_student | age | ethnic_group | occupancy_rating
        C1        | H1           | 1   | 0               | 15  | 12           | -1
        C2        | H1           | 2   | 1               | -   | 19           | +1
        """,
        is_partial=True,
    )
    expected = """
        census_id | household_id | sex | is_away_student | age | ethnic_group | ethnic_group_5 | occupancy_rating
        C1        | H1           | M   | false           | 15  | 12           | asian          | -1
        C2        | H1           | F   | true            | -   | -            | -              | 1
    """  # noqa: E501
    assert_df_equality(
        standardise.census_characteristics(drawn),
        rows(tables.CENSUS_CHARACTERISTICS, expected, is_partial=True),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_no_attributes_give_no_rows_of_the_declared_types(rows):
    nothing = [rows(one.attribute_table, "gender", is_partial=True) for one in (KS4, KS5)]
    found = standardise.pupil_attainment(*nothing)

    assert_df_equality(
        found, rows(tables.PUPIL_ATTAINMENT, "sex", is_partial=True), ignore_nullable=True
    )


@pytest.mark.parametrize(
    ("step", "source"),
    [
        (standardise.pupil_characteristics, SCHOOL),
        (standardise.census_characteristics, CENSUS),
    ],
)
def test_names_the_missing_column_before_any_spark_job(rows, step, source):
    drawn = rows(source.attribute_table, "lsoa", is_partial=True).drop("lsoa")

    with pytest.raises(MissingColumnsError, match=f"{source.name}_attributes lacks lsoa"):
        step(drawn)
