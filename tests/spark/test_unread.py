"""Values that count for nothing: null, with their row, column and reason; all others stay."""

import json
import random

import pytest
from chispa import assert_df_equality
from rich.console import Console

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.project import expectations_folder
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core import codes, value_rules
from attainment_linkage.core.column_facts import ColumnFacts
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import STANDARDISE
from attainment_linkage.stages import readable
from attainment_linkage.steps import standardise, unread
from attainment_linkage.steps.linkage_record import linkage_records
from attainment_linkage.steps.placeholders import Placeholders
from tests.coverage.short_road import ShortRun

CENSUS, SCHOOL, KS4 = tables.CENSUS_SOURCE, tables.SCHOOL_CENSUS_SOURCE, tables.KS4_SOURCE
GOOD_UPN = "B801200005001"
LETTERS_OF_NAMES = ("", "NA", "nk", "XX", "Dr ", "JR", "SMITH ", "?", "é", "KC")
LISTED = Placeholders(["UNKNOWN", "Baby"], ["1900-01-01"], ["ZZ99"])
NO_LIST = Placeholders([], [], [])
SIDE = SideSpec("attainment_id", {name: name for name in ("surname", "date_of_birth", "postcode")})


def test_listed_placeholders_become_null_and_are_kept_with_their_place(rows):
    drawn = rows(
        SCHOOL.identity_table,
        """
        attainment_id | academic_year | forename | surname  | date_of_birth | postcode
        P1            | 2008/09       | baby     | Unknown  | 1900-01-01    | zz99 3VZ
        P2            | 2009/10       | -        | UNKNOWNS | 01/01/1900    | ZZ993CZ
        P3            | 2010/11       | ANN      | SMITH    | 1900-01-02    | Z99 3AA
        """,
        is_partial=True,
    )
    cleared = """
        attainment_id | academic_year | forename | surname  | date_of_birth | postcode
        P1            | 2008/09       | -        | -        | -             | -
        P2            | 2009/10       | -        | UNKNOWNS | -             | -
        P3            | 2010/11       | ANN      | SMITH    | 1900-01-02    | Z99 3AA
    """
    found = """
        source        | record_id | academic_year | column_name   | reason
        school_census | P1        | 2008/09       | forename      | placeholder
        school_census | P1        | 2008/09       | surname       | placeholder
        school_census | P1        | 2008/09       | date_of_birth | placeholder
        school_census | P1        | 2008/09       | postcode      | placeholder
        school_census | P2        | 2009/10       | date_of_birth | placeholder
        school_census | P2        | 2009/10       | postcode      | placeholder
    """
    reasoned = unread.with_reasons(drawn, LISTED)

    assert_df_equality(
        unread.read_identities(reasoned),
        rows(SCHOOL.identity_table, cleared, is_partial=True),
        ignore_row_order=True,
        ignore_nullable=True,
    )
    assert_df_equality(
        unread.unread_identities(reasoned, SCHOOL),
        rows(tables.UNREAD_IDENTITY, found),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_empty_lists_of_placeholders_clear_nothing(rows):
    drawn = rows(
        KS4.identity_table, "surname | date_of_birth\nBABYLON | 1900-01-01", is_partial=True
    )

    assert_df_equality(unread.read_identities(unread.with_reasons(drawn, NO_LIST)), drawn)


VALUES = (
    (KS4, "forenames", "-.-", "no_name"),
    (KS4, "forenames", "M4RY", None),
    (KS4, "forenames", "? MARY", None),
    (KS4, "surname", "Ó", None),
    (KS4, "surname", "Lord", None),
    (KS4, "surname", "NOT STATED", "no_name"),
    (KS4, "surname", "refused", "no_name"),
    (KS4, "surname", "Dr", "no_name"),
    (KS4, "date_of_birth", "31/02/1995", None),
    (KS4, "date_of_birth", "not known yet", "no_date"),
    (KS4, "date_of_birth", "0000-00-00", "no_date"),
    (KS4, "date_of_birth", "34762", "no_date"),
    (KS4, "gender", "F", None),
    (KS4, "gender", "U", "undeclared"),
    (KS4, "upn", GOOD_UPN, None),
    (KS4, "upn", f"A{GOOD_UPN[1:]}", "failed_check"),
    (CENSUS, "postcode", "LS1 4AP", None),
    (CENSUS, "postcode", "LS1", None),
    (CENSUS, "postcode", "LSI 4AP", "no_postcode"),
    (CENSUS, "postcode", "none", "no_postcode"),
    (CENSUS, "postcode", "XX9 9AA", "no_postcode"),
    (CENSUS, "postcode_one_year_ago", "XX99 1AA", "no_postcode"),
    (CENSUS, "postcode_one_year_ago", "LS1", "no_postcode"),
    (CENSUS, "is_away_student", "1", None),
    (CENSUS, "is_away_student", "perhaps", "undeclared"),
)


@pytest.mark.parametrize("source", [KS4, CENSUS], ids=lambda source: source.name)
def test_what_cannot_be_read_is_null_for_a_reason(rows, source):
    cases = [case[1:] for case in VALUES if case[0] is source]
    names = sorted({column for column, _, _ in cases})
    lines = [
        [f"R{number}", *(value if name == column else "-" for name in names)]
        for number, (column, value, _) in enumerate(cases)
    ]
    drawing = "\n".join(" | ".join(line) for line in [[source.names[0], *names], *lines])
    reasoned = unread.with_reasons(rows(source.identity_table, drawing, is_partial=True), LISTED)

    read = {row[source.names[0]]: row for row in unread.read_identities(reasoned).collect()}
    found = {tuple(row)[1:] for row in unread.unread_identities(reasoned, source).collect()}

    expected = [(f"R{number}", *case) for number, case in enumerate(cases)]
    assert found == {(key, None, column, why) for key, column, _, why in expected if why}
    assert [read[key][column] for key, column, _, _ in expected] == [
        None if why else value for _, _, value, why in expected
    ]


def test_a_value_is_unread_where_the_linkage_record_has_nothing_of_it(spark):
    drawn = random.Random(11)
    signs = "0123456789/-. ABZOlI19852010"

    def text(longest: int) -> str:
        return "".join(drawn.choices(signs, k=drawn.randrange(1, longest)))

    dates = [*(text(12) for _ in range(1500)), "1985-02-30", "4-Mar-85", "19850304.0", "XX/03/1985"]
    places = [*(text(9) for _ in range(1500)), "LS1 4AP", "ls14ap", "2000", "LS1 4"]
    surnames = [drawn.choice(LETTERS_OF_NAMES) + text(4) for _ in range(1494)]
    surnames += ["NK", "Mr", "aaa", "AA", "Smith", "MacDonald", "|", "KC", "O'Brien", "Miss Jones"]
    values = [(f"r{n}", *all) for n, all in enumerate(zip(surnames, dates, places, strict=True))]
    frame = spark.createDataFrame(
        values, "attainment_id string, surname string, date_of_birth string, postcode string"
    )
    reasoned = unread.with_reasons(frame, NO_LIST).drop("surname", "date_of_birth", "postcode")
    records = linkage_records(frame, SIDE, ColumnFacts())
    both = reasoned.join(records, reasoned.attainment_id == records.record_id).collect()

    def has_any(row, *names):
        return any(row[name] is not None for name in names)

    assert [row.unread_surname is None for row in both] == [has_any(row, "surname") for row in both]
    assert [row.unread_date_of_birth is None for row in both] == [
        has_any(row, "birth_year", "birth_month", "birth_day") for row in both
    ]
    assert [row.unread_postcode is None for row in both] == [
        has_any(row, "postcode", "postcode_sector", "postcode_district") for row in both
    ]


def test_values_that_no_reading_knows_are_kept_with_their_place(rows):
    drawn = rows(
        SCHOOL.attribute_table,
        """
        attainment_id | academic_year | ethnicity | nc_year | idaci_score
        P1            | 2008/09       | WBRI      | eleven  | 0.25
        P2            | 2009/10       | mixed     | 11      | 1.25
        P3            | 2010/11       | REFU      | -       | -
        """,
        is_partial=True,
    )
    readings = [
        one
        for one in codes.SCHOOL_CENSUS_READINGS
        if one.column in ("ethnicity", "ethnic_group_5", "nc_year", "idaci_score")
    ]
    expected = """
        source        | record_id | academic_year | column_name    | reason
        school_census | P1        | 2008/09       | nc_year        | undeclared
        school_census | P2        | 2009/10       | ethnicity      | undeclared
        school_census | P2        | 2009/10       | ethnic_group_5 | undeclared
        school_census | P2        | 2009/10       | idaci_score    | undeclared
    """
    found = unread.unread_attributes(drawn, SCHOOL, readings)

    assert_df_equality(
        found, rows(tables.UNREAD_ATTRIBUTES, expected), ignore_row_order=True, ignore_nullable=True
    )
    counts = {tuple(row)[1:] for row in unread.unread_counts(found).collect()}
    assert counts == {
        ("nc_year", "undeclared", 1),
        ("ethnicity", "undeclared", 1),
        ("ethnic_group_5", "undeclared", 1),
        ("idaci_score", "undeclared", 1),
    }


def test_what_is_read_stands_before_what_is_newer_and_cannot_be(spark, rows, config, tmp_path):
    school = """
        attainment_id | academic_year | surname    | date_of_birth | gender
        P1            | 2009/10       | SMITH      | 1995-03-05    | F
        P1            | 2010/11       | NOT STATED | not known yet | U
    """
    attributes = "attainment_id | academic_year | ethnicity\nP1 | 2010/11 | mixed"
    census = "census_id | surname | date_of_birth\nC1 | NOT STATED | 1900-01-01"
    drawn = {
        SCHOOL.identity_table: school,
        SCHOOL.attribute_table: attributes,
        CENSUS.identity_table: census,
    }
    for source in tables.SOURCES:
        for table in (source.identity_table, source.attribute_table):
            frame = rows(table, drawn.get(table, source.names[0]), is_partial=True)
            frame.write.parquet(str(tmp_path / table.name))
    lake = Lake.open(config.lake, STANDARDISE.roots)
    log = RunLog(Console(quiet=True))
    run = ShortRun(STANDARDISE, config, spark, lake, "short", log, folder=tmp_path)

    people, *others = readable.identities(run)
    person = people.collect()[0]
    known = standardise.known_pupils(*others).collect()[0]
    readable.attributes(run)

    assert (person.surname, person.date_of_birth) == ("NOT STATED", None)
    assert (known.surname, known.date_of_birth, known.sex) == ("SMITH", "1995-03-05", "F")
    assert run.notes == {
        "unread_identity: census surname no_name": 1,
        "unread_identity: census date_of_birth placeholder": 1,
        "unread_identity: school_census surname no_name": 1,
        "unread_identity: school_census date_of_birth no_date": 1,
        "unread_identity: school_census gender undeclared": 1,
        "unread_attributes: school_census ethnicity undeclared": 1,
        "unread_attributes: school_census ethnic_group_5 undeclared": 1,
    }


def test_the_gates_know_every_reason():
    gate = json.loads((expectations_folder() / "unread_identity.json").read_text("utf-8"))
    listed = [one["kwargs"].get("value_set") for one in gate["expectations"]]

    assert list(value_rules.REASONS) in listed
