"""Dictionary and k-anonymity report: what they say follows from declarations and counts."""

import pytest

from attainment_linkage.core.dictionary import HEADER, entries, share
from attainment_linkage.core.projects.anonymity import anonymity
from attainment_linkage.domain import tables
from attainment_linkage.domain.variable import variables


def test_each_variable_has_one_line_with_all_that_is_declared():
    known = variables(tables.LINKED_PUPILS)
    lines = {line.name: line for line in entries(known, {"sex": 0.004}, {"sex": "as ordered"})}
    tenure = dict(zip(HEADER, lines["tenure"].cells, strict=True))

    assert list(lines) == tables.LINKED_PUPILS.names
    assert tenure["values"].startswith("owned: owned; mortgage: mortgage")
    assert tenure["source table"] == "census_characteristics"
    assert tenure["universe"] == "pupils linked to a Census person"
    assert tenure["share missing"] == ""
    assert lines["sex"].share_missing == "under 1%"
    assert lines["sex"].derivation.endswith("; as ordered")
    assert lines["ks2_points"].unit == "points"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0%"), (0.001, "under 1%"), (0.124, "12%"), (0.999, "over 99%"), (1, "100%")],
)
def test_a_share_is_in_whole_percent(value, text):
    assert share(value) == text


def test_rows_are_counted_by_the_size_of_their_class():
    report = anonymity(("sex", "region"), {1: 3, 2: 5, 9: 1, 10: 2, 60: 1})

    assert (report.rows, report.classes, report.smallest_class) == (102, 12, 1)
    assert {one.name: (one.classes, one.rows) for one in report.bins} == {
        "1": (3, 3),
        "2 to 4": (5, 10),
        "5 to 9": (1, 9),
        "10 to 19": (2, 20),
        "20 to 49": (0, 0),
        "50 or more": (1, 60),
    }
    assert report.share_under(10) == pytest.approx(22 / 102)


def test_an_empty_extract_has_no_class():
    report = anonymity(("sex",), {})

    assert (report.rows, report.smallest_class, report.share_under(10)) == (0, 0, 0)
