"""The code tables: complete, onto the declared groups, and one reading per output column."""

import pytest

from attainment_linkage.core import codes
from attainment_linkage.domain import tables

READINGS = {
    "ks4": (tables.KS4_SOURCE, codes.KS4_READINGS),
    "ks5": (tables.KS5_SOURCE, codes.KS5_READINGS),
    "school_census": (tables.SCHOOL_CENSUS_SOURCE, codes.SCHOOL_CENSUS_READINGS),
    "census": (tables.CENSUS_SOURCE, codes.CENSUS_READINGS),
}


@pytest.mark.parametrize("name", READINGS)
def test_readings_read_columns_of_their_source_once_each(name):
    source, readings = READINGS[name]

    assert {reading.source for reading in readings} <= set(source.attribute_table.names)
    columns = [reading.column for reading in readings]
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize(
    ("table", "readings", "other"),
    [
        (
            tables.PUPIL_CHARACTERISTICS,
            codes.SCHOOL_CENSUS_READINGS,
            {"attainment_id", "academic_year"},
        ),
        (tables.CENSUS_CHARACTERISTICS, codes.CENSUS_READINGS, {"census_id", "household_id"}),
        (
            tables.PUPIL_ATTAINMENT,
            (*codes.KS4_READINGS, *codes.KS5_READINGS),
            {"attainment_id", "key_stage", "academic_year", "record_count"},
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_column_of_a_table_is_read_with_its_type(table, readings, other):
    types = {reading.column: reading.type for reading in readings}
    types.pop("national_result", None)

    assert set(types) | other == set(table.names)
    assert all(
        types[column.name] == column.type for column in table.columns if column.name in types
    )


def test_eighteen_census_groups_fall_in_five():
    assert sorted(codes.CENSUS_ETHNICITY_5) == [f"{code:02d}" for code in range(1, 19)]
    groups = [
        codes.CENSUS_ETHNICITY_5[f"{code:02d}"] for code in (4, 5, 8, 9, 12, 13, 14, 16, 17, 18)
    ]
    assert groups == [
        "white", "mixed", "mixed", "asian", "asian", "asian", "black", "black", "other", "other",
    ]  # fmt: skip


def test_school_groups_fall_in_the_same_five():
    assert set(codes.NPD_ETHNICITY_5.values()) == set(codes.GROUPS_5)
    assert codes.NPD_ETHNICITY_5["CHNE"] == codes.CENSUS_ETHNICITY_5["12"] == "asian"
    assert codes.NPD_ETHNICITY_5["WROM"] == "white"
    assert not set(codes.NOT_STATED) & set(codes.NPD_ETHNICITY_5)


def test_special_needs_before_and_after_2014_are_one():
    assert codes.SEN["A"] == codes.SEN["P"] == codes.SEN["K"] == "support"
    assert codes.SEN["S"] == codes.SEN["E"] == "statement"
    assert codes.SEN["N"] == "none"
