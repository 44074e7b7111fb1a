"""Gates: every suite runs as declared, fails when it must, and holds no value of a row."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import great_expectations as gx
import pytest

from attainment_linkage.adapters import gates, suites
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import GateBrokenError, GateFailedError
from attainment_linkage.domain.road import ROAD

ROAD_TABLES = [table for stage in ROAD for table in stage.writes]
DRAWN = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    A1      | C1       | 12           | 4           | 0           | 1
    A2      | C2       | 9            | -           | 1           | -
"""


@pytest.fixture
def suite(tmp_path, monkeypatch):
    """Put a suite of this test's own in the place of the table's."""

    def place(name, *expectations, **body):
        text = json.dumps({"name": name, "expectations": list(expectations), "meta": {}, **body})
        (tmp_path / f"{name}.json").write_text(text)
        monkeypatch.setattr(suites, "expectations_folder", lambda: tmp_path)

    return place


def declared(kind, severity="critical", **kwargs):
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": {"reason": "a test"}}


def test_a_delivery_without_rows_stops_the_run_and_an_empty_quarantine_does_not(rows):
    source = tables.KS4_SOURCE
    delivered, refused = source.attribute_table, source.quarantine_table

    with pytest.raises(GateFailedError, match=r"gate ks4_attributes: 1 of .*row_count"):
        gates.audit(rows(delivered, " | ".join(delivered.names)), delivered)
    assert gates.audit(rows(refused, " | ".join(refused.names)), refused).warnings == ()


def test_a_sound_table_passes_and_its_counts_are_kept(rows):
    result = gates.audit(rows(tables.LINKS, DRAWN), tables.LINKS)

    unique = next(one for one in result.expectations if one.type.endswith("to_be_unique"))
    assert (unique.column, unique.element_count, unique.unexpected_count) == ("left_id", 2, 0)
    assert result.warnings == ()


def test_every_critical_defect_of_the_links_stops_the_run_and_is_named(rows):
    defects = """
        left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
        twice   | C1       | 12           | -1          | 0           | 1
        twice   | twice    | -            | -           | 1           | -
        A3      | twice    | NaN          | -           | 1           | -
        -       | -        | 9            | -           | 1           | -
    """
    with pytest.raises(GateFailedError, match="7 of 8 expectations are not met") as caught:
        gates.audit(rows(tables.LINKS, defects), tables.LINKS)

    for said in (
        "expect_column_values_to_be_unique (left_id): 2 of 4 rows",
        "expect_column_values_to_be_unique (right_id): 2 of 4 rows",
        "expect_column_values_to_not_be_null (left_id): 1 of 4 rows",
        "expect_column_values_to_not_be_null (right_id): 1 of 4 rows",
        "expect_column_values_to_not_be_null (match_weight): 1 of 4 rows",
        "expect_column_values_to_be_between (match_weight): 1 of 4 rows",
        "expect_column_values_to_be_between (margin_bits): 1 of 4 rows",
    ):
        assert said in str(caught.value)
    assert "twice" not in str(caught.value)


def test_a_pair_kept_twice_stops_the_run(rows):
    pairs = rows(tables.LINKS, DRAWN).select(*tables.SCORED_PAIRS.names)

    with pytest.raises(GateFailedError, match=r"compound.*\(left_id, right_id\): 4 of 4"):
        gates.audit(pairs.unionByName(pairs), tables.SCORED_PAIRS)


def test_a_warning_is_reported_and_does_not_stop(rows, suite):
    suite(
        "links",
        declared(
            "expect_column_values_to_be_between", "warning", column="match_weight", max_value=1
        ),
    )

    result = gates.audit(rows(tables.LINKS, DRAWN), tables.LINKS)

    assert [one.said for one in result.warnings] == [
        "expect_column_values_to_be_between (match_weight): 2 of 2 rows"
    ]


def test_a_gate_that_ran_fewer_expectations_than_declared_is_broken(rows, suite):
    suite(
        "links",
        declared("expect_column_values_to_not_be_null", column="left_id"),
        declared("expect_no_such_thing", column="left_id"),
    )

    with pytest.raises(GateBrokenError, match=r"1 expectations ran, 2 are declared"):
        gates.audit(rows(tables.LINKS, DRAWN), tables.LINKS)


def test_a_gate_on_a_column_that_is_not_there_is_broken_not_failed(rows, suite):
    suite("links", declared("expect_column_values_to_not_be_null", column="no_such_column"))

    with pytest.raises(GateBrokenError, match=r"not_be_null \(no_such_column\) raised"):
        gates.audit(rows(tables.LINKS, DRAWN), tables.LINKS)


def test_a_gate_without_a_file_is_broken(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(suites, "expectations_folder", lambda: tmp_path)

    with pytest.raises(GateBrokenError, match=r"no file expectations/links.json"):
        gates.audit(rows(tables.LINKS, DRAWN), tables.LINKS)


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        ({"type": "x", "kwargs": {}, "severity": "critical"}, "expectation 1"),
        ({"type": "x", "kwargs": {}, "severity": "info", "meta": {"reason": "r"}}, "severity"),
        ({"type": "x", "kwargs": {}, "severity": "critical", "meta": {}}, "meta with a reason"),
    ],
)
def test_a_suite_of_another_form_is_broken(rows, suite, expectation, said):
    suite("links", expectation)

    with pytest.raises(GateBrokenError, match=said):
        gates.audit(rows(tables.LINKS, DRAWN), tables.LINKS)


def test_results_hold_counts_and_no_value(rows, suite, capfd):
    suite(
        "links",
        declared("expect_column_values_to_be_in_set", "warning", column="left_id", value_set=["Z"]),
        declared("expect_column_values_to_match_regex", "warning", column="left_id", regex="^Z"),
        declared("expect_column_values_to_be_unique", "warning", column="right_id"),
    )
    canary = rows(tables.LINKS, DRAWN.replace("A1", "CANARY").replace("C1", "CANARY"))
    twice = canary.unionByName(canary)

    result = gates.audit(twice, tables.LINKS)

    assert len(result.warnings) == 3
    assert "CANARY" not in json.dumps(dataclasses.asdict(result))
    assert "CANARY" not in "".join(capfd.readouterr())


def test_every_suite_is_understood_by_great_expectations():
    for table in ROAD_TABLES:
        declared_in_file = suites.suite_of(table.name)["expectations"]
        built = gx.ExpectationSuite(name=table.name, expectations=declared_in_file)
        assert len(built.expectations) == len(declared_in_file), table.name


def test_every_suite_names_columns_of_its_table():
    for table in ROAD_TABLES:
        for one in suites.suite_of(table.name)["expectations"]:
            named = [one["kwargs"].get("column"), *one["kwargs"].get("column_list", [])]
            assert set(filter(None, named)) <= set(table.names), f"{table.name}: {named}"


def test_every_required_column_and_key_is_held_by_a_critical_expectation():
    for table in ROAD_TABLES:
        critical = [
            one
            for one in suites.suite_of(table.name)["expectations"]
            if one["severity"] == "critical"
        ]
        given = {one["kwargs"]["column"] for one in critical if one["type"].endswith("not_be_null")}
        required = {column.name for column in table.columns if column.is_required}
        assert required <= given, f"{table.name}: {required - given}"
        unique = {
            frozenset(one["kwargs"].get("column_list") or [one["kwargs"]["column"]])
            for one in critical
            if one["type"].endswith("to_be_unique")
        }
        assert not table.key or any(one <= set(table.key) for one in unique), table.name


def test_no_suite_stands_at_no_table():
    folder = Path(suites.expectations_folder())
    stray = {path.stem for path in folder.glob("*.json")} - {table.name for table in ROAD_TABLES}

    assert stray == set()
