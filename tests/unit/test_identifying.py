"""Identifying: whatever could name or number a person is found in a column of any name."""

import pytest

from attainment_linkage.core.projects.identifying import ColumnScan, identifies_by_name, kinds_in
from attainment_linkage.domain import tables
from attainment_linkage.domain.variable import variables

VARIABLES = {one.name: one for one in variables(tables.LINKED_PUPILS)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1994-11-03", "a date"),
        ("03/11/1994", "a date"),
        ("3.11.94", "a date"),
        ("19941103", "a date"),
        ("3 November 1994", "a date"),
        ("03-NOV-94", "a date"),
        ("SW1A 1AA", "a postcode"),
        ("m11ae", "a postcode"),
        ("B801200005001", "a pupil number"),
        ("M80120000500A", "a pupil number"),
        ("943 476 5919", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("AB 12 34 56 C", "a national insurance number"),
        ("a.b@example.org", "an email address"),
        ("07700 900123", "a telephone number"),
        ("Gurpreet", "a name"),
        ("seen by Mrs SINGH today", "a name"),
    ],
)
def test_what_identifies_is_recognised(text, kind):
    assert kind in set(kinds_in(text))


@pytest.mark.parametrize(
    "text", ["2010/11", "E12000001", "lone_parent", "9434765918", "331.5", "1111111111", "level4"]
)
def test_what_identifies_nobody_is_let_pass(text):
    assert list(kinds_in(text)) == []


@pytest.mark.parametrize("name", ["surname", "date_of_birth", "upn", "Home-Postcode", "urn"])
def test_a_column_that_identifies_by_its_name_is_found(name):
    assert identifies_by_name(name)


def test_no_variable_of_the_research_table_identifies_by_its_name():
    assert not [name for name in VARIABLES if identifies_by_name(name)]


def scanned(column, variable, *batches):
    scan = ColumnScan(column, variable)
    for batch in batches:
        scan.take(batch)
    return list(scan.findings())


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("religion", "christian", "Christian"),
        ("region", "E12000001", "London"),
        ("ks4_academic_year", "2010/11", "2010"),
        ("person_id", f"p1_{'0a' * 16}", f"h1_{'0a' * 16}"),
        ("is_fsm", "true", "1"),
        ("age", "17", "03/11/1994"),
        ("household_size", "4", "19941103"),
        ("ks4_points_total", "3e2", "1.9941103e+07"),
        ("absence_rate", "0.0525", "Smith"),
        ("absence_rate", "1e-05", "19941103-1"),
        ("ks4_points_total", "331.25", "9434765919"),
        ("general_health", "5", "6"),
    ],
)
def test_a_variable_may_hold_its_codes_or_form_and_nothing_else(name, right, wrong):
    assert scanned(name, VARIABLES[name], [right]) == []
    assert scanned(name, VARIABLES[name], [right], [wrong])[0] == (
        f"the column {name} holds 1 values it cannot have"
    )


def test_an_identifier_under_another_name_is_found_and_not_quoted():
    said = scanned("notes", None, ["SW1A 1AA", "M1 1AE"], ["Gurpreet", "nothing"])

    assert said == [
        "the column notes is not one of the project's variables",
        "the column notes holds 1 values that look like a name",
        "the column notes holds 2 values that look like a postcode",
    ]


def test_a_column_that_identifies_by_its_name_is_found_whatever_it_holds():
    assert "the column upn identifies by its name" in scanned("upn", None, ["0"])
