"""Sessions: a sample is in order, and of a rule's blocks only who meets somebody is in it."""

import duckdb
import pyarrow as pa
import pytest

from attainment_linkage.core.rules import Rule
from attainment_linkage.steps import sessions
from attainment_linkage.steps.sessions import ordered

ROWS = [
    (False, "3", "LEE", "1994", ["E1"]),
    (True, "2", "LEE", "1994", None),
    (True, "1", "LEE", "1995", ["E1"]),
    (False, "1", "KHAN", "1995", []),
    (False, "2", None, "1994", None),
    (True, "4", None, "1994", None),
    (False, "5", "1994", "LEE", None),
]
NAMES = ("is_left", "record_id", "surname", "year", "postcodes")
SAMPLE = pa.Table.from_pylist([dict(zip(NAMES, row, strict=True)) for row in ROWS])


def held(table):
    return list(zip(table["is_left"].to_pylist(), table["record_id"].to_pylist(), strict=True))


def test_a_sample_is_in_order_of_file_and_id_with_all_its_records():
    sample = ordered(SAMPLE)

    assert held(sample) == [(True, "1"), (True, "2"), (True, "4"), *((False, n) for n in "1235")]
    assert sample.schema == SAMPLE.schema
    assert sample["postcodes"].to_pylist() == [["E1"], None, None, [], None, ["E1"], None]


def test_of_a_rule_who_meets_nobody_of_the_other_file_is_left_out():
    assert held(ordered(SAMPLE, Rule.parse("surname & year"))) == [(True, "2"), (False, "3")]
    swapped = Rule.parse("surname = year & year = surname")
    assert held(ordered(SAMPLE, swapped)) == [(True, "2"), (False, "5")]


@pytest.mark.parametrize("full", [OSError(28, "No space left on device"), MemoryError()])
def test_a_session_without_room_is_no_session_that_cannot_be_trained(monkeypatch, full):
    wrapped = ValueError("splink: a query failed")
    wrapped.__cause__ = full

    def refuse(*_):
        raise wrapped

    monkeypatch.setattr(sessions, "_linker", refuse)
    with pytest.raises(ValueError, match="a query failed"):
        sessions.estimated_m(SAMPLE, {"comparisons": []}, Rule.parse("surname"), (), 1)
    wrapped.__cause__ = duckdb.OutOfMemoryException("of its own bound")
    assert sessions.estimated_m(SAMPLE, {"comparisons": []}, Rule.parse("surname"), (), 1) is None
