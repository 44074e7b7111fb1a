"""The research tables: every variable can go into a data dictionary, and nobody can be found."""

import json
import re

import pytest

from attainment_linkage.adapters.project import expectations_folder
from attainment_linkage.domain import tables
from attainment_linkage.domain.allow_list import declared
from attainment_linkage.domain.attribute_tables import (
    CENSUS_CHARACTERISTICS,
    PUPIL_ATTAINMENT,
    PUPIL_CHARACTERISTICS,
)
from attainment_linkage.domain.table import Column, Table
from attainment_linkage.domain.variable import GEOGRAPHY_LEVELS, variables

VARIABLES = variables(tables.LINKED_PUPILS)
FINE_PLACES = re.compile(r"lsoa|output_area|postcode|(^|_)oa(_|$)|urn|street|house_number")
MADE_FROM = {"pupil_attainment", "pupil_characteristics", "census_characteristics", "link_spine"}
MADE_FROM |= {"linkage_weights"}


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda one: one.name)
def test_each_variable_has_all_that_the_dictionary_says(variable):
    said = (variable.meaning, variable.derivation, variable.universe, variable.part)

    assert all(said)
    assert set(variable.sources) <= MADE_FROM
    assert variable.type in {"string", "int", "double", "boolean"}
    assert not (variable.values and variable.type in {"double", "boolean"})
    assert variable.type != "int" or all(code.isdigit() for code in variable.codes)
    assert variable.geography in {"", *GEOGRAPHY_LEVELS}


def test_each_name_is_there_once():
    assert len(set(tables.LINKED_PUPILS.names)) == len(VARIABLES)


def test_nothing_that_identifies_reaches_the_research_root():
    sources = {column.name for source in tables.SOURCES for column in source.identity_table.columns}
    personal = {
        column.name
        for source in tables.SOURCES
        for column in source.identity_table.columns
        if column.is_personal
    }
    ids = {variable.name for variable in VARIABLES if variable.identifies}

    assert not tables.LINKED_PUPILS.has_personal_columns
    assert not personal & set(tables.LINKED_PUPILS.names)
    assert not {"attainment_id", "census_id"} & set(tables.LINKED_PUPILS.names)
    assert sources & set(tables.LINKED_PUPILS.names) <= {"household_id", "sex"}
    assert ids == {"person_id", "household_id", "school_id"}
    assert not [one.name for one in VARIABLES if FINE_PLACES.search(one.name)]


@pytest.mark.parametrize(
    "table",
    [one for one in declared().values() if one.zone == tables.RESEARCH],
    ids=lambda one: one.name,
)
def test_the_gate_of_each_table_of_the_root_lets_no_other_column_pass(table):
    suite = json.loads((expectations_folder() / f"{table.name}.json").read_text("utf-8"))
    lists = [
        one["kwargs"]["column_list"]
        for one in suite["expectations"]
        if one["type"] == "expect_table_columns_to_match_ordered_list"
        and one["severity"] == "critical"
    ]

    assert lists == [table.names]


def test_only_the_row_s_own_id_the_link_and_the_record_counts_are_never_null():
    always = {variable.name for variable in VARIABLES if variable.is_required}

    assert always == {
        "person_id", "is_linked", "link_band", "ks4_record_count", "ks5_record_count",
    }  # fmt: skip


def test_each_vulnerability_flag_is_a_flag_of_the_table():
    flags = {one.name: one for one in VARIABLES if one.name in tables.VULNERABILITY_FLAGS}

    assert flags.keys() == set(tables.VULNERABILITY_FLAGS)
    assert all(flag.type == "boolean" for flag in flags.values())
    assert len(tables.VULNERABILITY_FLAGS) == 20


def test_every_measure_of_attainment_is_there_under_one_name():
    measures = set(PUPIL_ATTAINMENT.names) - {"attainment_id", "key_stage", "sex"}
    found = {name.removeprefix("ks4_").removeprefix("ks5_") for name in tables.LINKED_PUPILS.names}

    assert measures <= found | {"ks2_points"}


def test_a_variable_taken_over_has_the_type_it_had():
    types = {
        column.name: column.type
        for table in (PUPIL_CHARACTERISTICS, CENSUS_CHARACTERISTICS)
        for column in table.columns
    }

    assert not [one.name for one in VARIABLES if types.get(one.name, one.type) != one.type]


def test_a_plain_column_is_refused_in_a_research_table():
    with pytest.raises(TypeError, match="odd: each column"):
        variables(Table("odd", "one row", tables.RESEARCH, (Column("id", "id"),)))
