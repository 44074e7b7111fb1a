"""Linkage records: one derivation per side of drawn rows, whatever the columns' roles."""

import re

import pytest

from attainment_linkage.core.column_facts import ColumnFacts, facts_from_counts
from attainment_linkage.core.roles import FIELDS
from attainment_linkage.core.spec import SideSpec
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps.column_counts import column_counts
from attainment_linkage.steps.linkage_record import linkage_records

LEFT = SideSpec(
    "key",
    {
        "first": "forename",
        "last": "surname",
        "born": "date_of_birth",
        "gender": "sex",
        "code": "postcode",
        "earlier": "postcode_history",
        "line": "address_line",
        "county": "region",
        "tenure": "attribute:tenure",
    },
)
RIGHT = SideSpec(
    "key",
    {
        "whole": "full_name",
        "day": "birth_day",
        "month": "birth_month",
        "year": "birth_year",
        "number": "house_number",
        "road": "street",
        "home": "attribute:tenure",
        "ref": "identifier",
    },
)
LEFT_ROWS = {
    "accented": {"first": "José", "last": "O'Neill-Peña", "born": "1985-03-04"},
    "two accents": {"first": "Nguyễn", "last": "Mu\u0308ller-Oʼbrien"},
    "titled": {"first": "Dr. Bob Lee", "last": "Smith Jr", "born": "4/3/85"},
    "swapped": {"first": "Kelly", "last": "Ann", "born": "04.03.1985"},
    "straight": {"first": "Ann", "last": "Kelly", "born": "04-Mar-1985"},
    "titles that are names": {"first": "MD", "last": "K.C."},
    "title": {"first": "Dr", "last": "Lord"},
    "placeholder": {"first": "baby boy", "last": "Unknown", "born": "March 4 1985"},
    "solid": {"born": "19850304"},
    "solid day first": {"born": "04031985"},
    "scanned": {"born": "l985-O3-04"},
    "timed": {"born": "1985-03-04T00:00:00"},
    "through floats": {"born": "19850304.0"},
    "without its nought": {"born": "4031985"},
    "solid named": {"born": "04MAR1985"},
    "solid named, timed": {"born": "4Mar1985:00:00:00"},
    "underlined": {"born": "04_March_1985"},
    "solid named in July": {"born": "25JUL1985"},
    "month first": {"born": "12/25/1985"},
    "two digits": {"born": "25/12/04"},
    "no day": {"born": "XX/03/1985"},
    "no day or month": {"born": "1985"},
    "not in calendar": {"born": "30/02/1985"},
    "male": {"gender": "1"},
    "female": {"gender": " female"},
    "neither": {"gender": "9"},
    "british": {"code": "sw1a 1aa", "earlier": ["M1 1AE", "zz99 3vz", "SW1A1AA"]},
    "pseudo": {"code": "ZZ99 3VZ"},
    "zip": {"code": "90210-1234"},
    "line": {"line": "12a, High Street"},
    "free": {"county": "Kent", "tenure": " Owned  outright"},
    "nothing": {},
    "blank": dict.fromkeys(["first", "last", "born", "gender", "code", "line", "tenure"], " "),
}
DATED = [key for key, row in LEFT_ROWS.items() if row.get("born")][:14]
RIGHT_ROWS = {
    "double surname": {"whole": "Jean-Luc  Smith-Jones", "month": "1"},
    "loose hyphens": {"whole": "-Ann - Lee-", "month": "1"},
    "full name": {"whole": "Mrs Anne Marie O’NEILL", "day": "4", "month": "3.0", "year": "1985"},
    "one word": {"whole": "Prince", "month": "March", "day": "32"},
    "parted": {"number": "12A", "road": "HIGH ST.", "home": "owned outright", "ref": "N/A"},
    "numbered": {"ref": " 123456789.0"},
    "nothing": {},
}


def drawn(spark, side, rows):
    kinds = {"earlier": "array<string>"}
    columns = [side.id, *side.roles]
    cells = [[key, *(row.get(name) for name in side.roles)] for key, row in rows.items()]
    return spark.createDataFrame(cells, ", ".join(f"{n} {kinds.get(n, 'string')}" for n in columns))


@pytest.fixture(scope="module")
def frames(spark):
    """The linkage records of both sides, not yet computed; the left side's region is idle."""
    facts = ColumnFacts(idle_roles=frozenset({"region"}))
    return (
        linkage_records(drawn(spark, LEFT, LEFT_ROWS), LEFT, facts),
        linkage_records(drawn(spark, RIGHT, RIGHT_ROWS), RIGHT, ColumnFacts()),
    )


@pytest.fixture(scope="module")
def records(frames):
    """Every derived record of both sides, put under each other: one Spark job."""
    left, right = frames
    both = left.unionByName(right).collect()
    cut = len(LEFT_ROWS)
    assert [row["record_id"] for row in both] == [*LEFT_ROWS, *RIGHT_ROWS]
    return (
        {row["record_id"]: row for row in both[:cut]},
        {row["record_id"]: row for row in both[cut:]},
    )


def test_both_sides_have_the_same_columns_and_types(frames):
    kinds = [{field.name: field.dataType.simpleString() for field in one.schema} for one in frames]

    assert kinds[0] == kinds[1]
    assert kinds[0] == {"record_id": "string", **FIELDS, "attribute_tenure": "string"}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            "accented",
            {"forename": "JOSE", "surname": "ONEILL PENA", "surname_start": "ONEI"}
            | {"surname_parts": ["ONEILLPENA", "ONEILL", "PENA"], "name_sorted": "JOSE ONEILL PENA"}
            | {"forename_initial": "J", "surname_initial": "O"},
        ),
        (
            "titled",
            {"forename": "BOB", "forename_root": "ROBERT", "middle_names": "LEE"}
            | {"middle_initial": "L", "given_names": ["BOB", "LEE"], "surname": "SMITH"}
            | {"surname_sound": "S530", "name_forward": "BOB SMITH"},
        ),
        ("two accents", {"forename": "NGUYEN", "surname": "MULLER OBRIEN"}),
        ("titles that are names", {"forename": "MD", "surname": "KC"}),
        ("title", {"forename": None, "surname": "LORD"}),
        ("placeholder", {"forename": None, "surname": None, "name_forward": None}),
    ],
)
def test_names_become_plain_words_and_keys(records, key, expected):
    row = records[0][key].asDict()

    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("column", ["first", "last", "code"])
def test_a_column_is_cleaned_once_however_many_fields_are_made_of_it(frames, capsys, column):
    """Spark works an expression out at each mention: a name was once cleaned four times over."""
    capsys.readouterr()
    frames[0].explain()

    cleaned = rf"upper\(trim\((?:regexp_replace\()?{column}#"
    assert len(re.findall(cleaned, capsys.readouterr().out)) == 1


def test_swapped_names_meet(records):
    left, _ = records

    assert left["swapped"]["name_forward"] == left["straight"]["name_backward"] == "KELLY ANN"
    assert left["swapped"]["name_sorted"] == left["straight"]["name_sorted"]


@pytest.mark.parametrize(
    ("key", "date", "year", "month", "day"),
    [
        *((key, "1985-03-04", "1985", "03", "04") for key in DATED),
        ("solid named in July", "1985-07-25", "1985", "07", "25"),
        ("month first", "1985-12-25", "1985", "12", "25"),
        ("two digits", "2004-12-25", "2004", "12", "25"),
        ("no day", None, "1985", "03", None),
        ("no day or month", None, "1985", None, None),
    ],
)
def test_dates_of_any_notation_are_read(records, key, date, year, month, day):
    row = records[0][key]

    assert row["birth_date"] == date
    assert (row["birth_year"], row["birth_month"], row["birth_day"]) == (year, month, day)


def test_a_date_that_is_not_in_the_calendar_is_no_date(records):
    assert records[0]["not in calendar"]["birth_date"] is None


def test_sex_is_read_from_codes_and_words(records):
    found = [records[0][key]["sex"] for key in ("male", "female", "neither")]

    assert found == ["M", "F", None]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("british", ("SW1A1AA", "SW1A1", "SW1A")),
        ("pseudo", (None, None, None)),
        ("zip", ("90210", "9021", "902")),
    ],
)
def test_postcodes_lie_in_sectors_and_districts(records, key, expected):
    row = records[0][key]

    assert (row["postcode"], row["postcode_sector"], row["postcode_district"]) == expected


def test_all_postcodes_of_a_record_are_gathered_once(records):
    row = records[0]["british"]

    assert row["postcodes"] == ["M11AE", "SW1A1AA"]
    assert row["postcode_sectors"] == ["M11", "SW1A1"]
    assert row["postcode_districts"] == ["M1", "SW1A"]
    assert records[0]["pseudo"]["postcodes"] is None


def test_an_address_is_the_same_in_one_text_and_in_two(records):
    left, right = records[0]["line"], records[1]["parted"]

    assert left["house_number"] == right["house_number"] == "12A"
    assert left["street"] == right["street"] == "HIGH ST"
    assert left["address"] == right["address"] == "12A HIGH ST"


def test_an_attribute_is_compared_without_case_or_spacing_and_an_idle_role_is_left_out(records):
    left, right = records[0]["free"], records[1]["parted"]

    assert left["attribute_tenure"] == right["attribute_tenure"] == "owned outright"
    assert left["region"] is None


def test_a_placeholder_is_no_identifier_and_a_point_of_floats_no_part_of_one(records):
    assert [records[1][key]["identifier"] for key in ("parted", "numbered")] == [None, "123456789"]


def test_a_full_name_gives_forename_and_surname(records):
    row, single = records[1]["full name"], records[1]["one word"]

    assert (row["forename"], row["middle_names"], row["surname"]) == ("ANNE", "MARIE", "ONEILL")
    assert (single["forename"], single["surname"]) == ("PRINCE", None)


def test_a_hyphen_holds_the_last_word_of_a_full_name_together(records):
    double, loose = records[1]["double surname"], records[1]["loose hyphens"]

    assert (double["forename"], double["middle_names"], double["surname"]) == (
        "JEAN",
        "LUC",
        "SMITH JONES",
    )
    assert double["surname_parts"] == ["SMITHJONES", "SMITH", "JONES"]
    assert (loose["forename"], loose["surname"]) == ("ANN", "LEE")


def test_a_date_is_put_together_from_its_parts(records):
    row, partial = records[1]["full name"], records[1]["one word"]

    assert row["birth_date"] == "1985-03-04"
    assert (partial["birth_month"], partial["birth_day"]) == ("03", None)


def test_nothing_gives_nothing(records):
    left, right = records
    for row in (left["nothing"], left["blank"], right["nothing"]):
        filled = [name for name, value in row.asDict().items() if value is not None]
        assert filled == ["record_id"], row["record_id"]


def test_columns_are_counted_without_their_values(spark):
    counts = column_counts(drawn(spark, LEFT, LEFT_ROWS), LEFT).collect()[0].asDict()

    assert counts["rows"] == len(LEFT_ROWS)
    assert counts["day_first"] == 2
    assert counts["month_first"] == 1
    assert counts["region_filled"] == counts["region_top"] == 1
    assert counts["postcode_filled"] == 3  # blanks are nothing
    assert facts_from_counts(counts).is_day_first
    assert "region" in facts_from_counts(counts).idle_roles


@pytest.mark.parametrize("step", [column_counts, lambda *of: linkage_records(*of, ColumnFacts())])
def test_a_column_that_is_not_there_is_named(spark, step):
    rows = drawn(spark, LEFT, LEFT_ROWS).drop("born", "key")

    with pytest.raises(MissingColumnsError, match=r"2 column\(s\) .* not in the file: key, born"):
        step(rows, LEFT)
