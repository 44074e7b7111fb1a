"""The research root: a generated population passes its gate, whole, described, and nameless."""

import csv
import dataclasses
import os
import stat

import pytest
from pyspark.sql import functions as F

from attainment_linkage.adapters import delta, gate_results, gates, suites
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.dictionary import HEADER
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import CountsDifferError, GateFailedError, KeyMissingError
from attainment_linkage.domain.road import PSEUDONYMISE
from attainment_linkage.domain.variable import variables
from attainment_linkage.stages import pseudonymise
from attainment_linkage.stages.runner import run_stage
from attainment_linkage.steps import pseudonymise as step


@pytest.fixture(scope="module")
def pupils(research, spark):
    path = research.result.paths["linked_pupils"]
    found = delta.read(spark, path, tables.LINKED_PUPILS).persist()
    yield found
    found.unpersist()


def test_every_pupil_record_and_link_is_accounted_for(research, pupils):
    notes = research.result.notes
    attainment = research.inputs["pupil_attainment"]
    links = research.inputs["link_spine"].where("census_id is not null").count()
    counted = attainment.agg(F.count_distinct("attainment_id"), F.sum("record_count")).collect()[0]

    assert (notes["pupils in"], notes["attainment records in"]) == tuple(counted)
    assert notes["pupils out"] == pupils.count() == counted[0]
    assert notes["attainment records out"] == counted[1]
    assert notes["links in"] == links == notes["links out"] + notes["links set aside"]
    assert 0 < notes["links out"] < notes["pupils out"]


def test_most_pupils_live_with_parents_of_whom_something_is_known(pupils):
    linked = pupils.where("is_linked")
    count = linked.count()
    types = {
        row.household_type: row["count"]
        for row in linked.groupBy("household_type").count().collect()
    }
    children = linked.where("relationship = 'child'")
    unknown = children.where("parents_highest_qualification is null or reference_ns_sec is null")

    assert types["married"] + types["cohabiting"] > 0.5 * count
    assert 0.05 * count < types["lone_parent"] < 0.45 * count
    assert unknown.count() < 0.1 * children.count()


def test_the_manifest_names_the_key_and_holds_no_byte_of_it(research):
    lake = Lake.open(research.config.lake, [tables.RESEARCH])
    manifest = lake.manifest(tables.RESEARCH, "pseudonymise", research.result.key)

    assert len(manifest.inputs["key"]) == 8
    assert manifest.table("linked_pupils").gate
    assert [record.files for record in manifest.files] == [2]


def test_the_dictionary_has_a_line_for_each_variable_and_a_page(research):
    folder = research.config.lake.root("research") / "dictionaries/linked_pupils"
    folder = folder / research.result.key
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    by_name = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    page = (folder / "dictionary.html").read_text("utf-8")

    assert tuple(header) == HEADER
    assert list(by_name) == tables.LINKED_PUPILS.names
    assert by_name["person_id"]["share missing"] == "0%"
    assert by_name["year_of_arrival"]["share missing"] not in {"", "0%", "100%"}
    assert all(f'id="{name}"' in page for name in by_name)
    assert "http" not in page
    for path in folder.iterdir():
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_the_gate_finds_each_planted_defect(pupils):
    planted = pupils.union(pupils.limit(1)).withColumns(
        {
            "school_id": F.lit("4001"),
            "tenure": F.lit("castle"),
            "region": F.lit("E00000001"),
            "ks4_record_count": F.lit(0),
            "ks5_record_count": F.lit(0),
            "is_young_carer": F.col("unpaid_care") == 0,
            "linkage_weight": F.lit(1.0),
            "household_size": F.lit(1),
            "link_band": F.lit("unlinked"),
            "surname": F.lit("x"),
        }
    )
    with pytest.raises(GateFailedError, match="gate linked_pupils") as refused:
        gates.audit(planted, tables.LINKED_PUPILS)

    for part in (
        "expect_table_columns_to_match_ordered_list",
        "expect_column_values_to_be_unique (person_id)",
        "expect_column_values_to_match_regex (school_id)",
        "expect_column_values_to_be_in_set (tenure)",
        "expect_column_values_to_match_regex (region)",
        "expect_column_values_to_be_between (ks5_record_count)",
        "expect_column_pair_values_to_be_in_set (unpaid_care, is_young_carer)",
        "expect_column_values_to_be_null (linkage_weight)",
        "expect_column_pair_values_a_to_be_greater_than_b (household_size, adults)",
        "expect_column_pair_values_to_be_in_set (link_band, is_linked)",
    ):
        assert part in str(refused.value)


def test_the_gate_has_the_codes_and_columns_of_the_declarations():
    suite = suites.suite_of("linked_pupils")["expectations"]
    sets = {
        one["kwargs"]["column"]: [str(code) for code in one["kwargs"]["value_set"]]
        for one in suite
        if one["type"] == "expect_column_values_to_be_in_set"
        and "row_condition" not in one["kwargs"]
    }
    [columns] = [
        one["kwargs"]["column_list"]
        for one in suite
        if one["type"] == "expect_table_columns_to_match_ordered_list"
    ]
    known = variables(tables.LINKED_PUPILS)

    assert sets == {one.name: list(one.codes) for one in known if one.values}
    assert columns == tables.LINKED_PUPILS.names


def test_a_stage_that_loses_a_pupil_publishes_nothing(research, spark, monkeypatch):
    whole = step.linked_pupils

    def losing(*given):
        rows = whole(*given)
        return rows.where(F.col("attainment_id") != rows.agg(F.min("attainment_id")).first()[0])

    monkeypatch.setattr(pseudonymise.pseudonymise, "linked_pupils", losing)
    monkeypatch.setattr(
        gates, "audit", lambda frame, table: gate_results.GateResult(table.name, (), 0.0)
    )
    config = dataclasses.replace(
        research.config,
        pseudonymise=dataclasses.replace(research.config.pseudonymise, ids_version=2),
    )
    with pytest.raises(CountsDifferError, match=r"pupils in, \d+ out and 0 set aside"):
        run_stage(PSEUDONYMISE, pseudonymise.body, config, spark)


def test_without_a_key_nothing_is_made(research, spark):
    config = dataclasses.replace(
        research.config, keys=dataclasses.replace(research.config.keys, folder="")
    )
    with pytest.raises(KeyMissingError, match=r"keys\.folder is empty"):
        run_stage(PSEUDONYMISE, pseudonymise.body, config, spark)
