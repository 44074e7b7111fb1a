"""Block: counts before any record is moved, against records and pairs counted one by one."""

import duckdb
import pytest

from attainment_linkage.adapters import scratch
from attainment_linkage.core.blocking_plan import RuleCount, key_groups
from attainment_linkage.core.layout import (
    Layout,
    TaskSize,
    counted_keys,
    layout,
    slices_of,
    tasks,
    totals,
)
from attainment_linkage.core.new_pairs import estimates, sample
from attainment_linkage.core.rule_sql import rule_sql
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.stages import linkage
from attainment_linkage.steps import block
from attainment_linkage.steps.new_pairs import new_pairs
from attainment_linkage.steps.record_files import Query
from attainment_linkage.steps.slices import unpacked
from tests.linkage_design import RECORD_DDL, counts_alone, febrl_model, febrl_people

MODEL = febrl_model()
SIZE = TaskSize(10**9, 2_000, 2)


@pytest.fixture(scope="module")
def kept(spark, tmp_path_factory):
    left, right = (
        spark.createDataFrame(people.to_pylist(), RECORD_DDL) for people in febrl_people()
    )
    frame = block.linkage_records(left, right, MODEL.columns)
    return linkage.kept_records(frame, tmp_path_factory.mktemp("kept") / "records")


def counted_in(kept, cut, folder, rules=MODEL.blocking_rules, more=()):
    """What is counted in these slices, and the query and files by which records are dealt out."""
    keys = counted_keys(cut, rules, MODEL.matchkeys, more)
    query = Query(kept.columns, cut, keys, 512)
    counts = block.key_counts(scratch.kept(block.counted_keys(kept, query, SIZE), folder))
    return query, counts


def test_null_keys_and_empty_files_form_nothing_and_lone_records_are_not_moved(spark, tmp_path):
    left = spark.createDataFrame(
        [("a", None), ("b", "X"), ("e", "Y")], "record_id string, d string"
    )
    right = spark.createDataFrame([("c", None), ("f", "Y")], "record_id string, d string")
    rule = Rule.parse("d")
    cut = Layout(key_groups([rule]), 3)
    frame = block.linkage_records(left, right, ["d"])
    kept = linkage.kept_records(frame, tmp_path / "records")

    query, counts = counted_in(kept, cut, tmp_path / "met", [rule])
    assert totals(counts) == {0: RuleCount(0, 2, 1, 1, 1)}
    slices = slices_of(cut, query.keys, counts)
    assert [(one.left_records, one.right_records) for one in slices] == [(1, 1)]
    dealt = block.dealt(kept, query, tmp_path / "met", tasks(cut, slices, SIZE), SIZE).toArrow()
    assert sorted(row["record_id"] for row in rows_of(dealt)) == ["e", "f"]
    nobody = linkage.kept_records(frame.limit(0), tmp_path / "none")
    assert counted_in(nobody, cut, tmp_path / "none met", [rule])[1] == []


def test_records_come_once_per_element_by_which_they_meet(spark, tmp_path):
    left = spark.createDataFrame(
        [("a", ["P1", "P2", "P3", "P2", None]), ("b", None)],
        "record_id string, homes array<string>",
    ).selectExpr("record_id", "homes", "cast(null as string) home")
    right = spark.createDataFrame(
        [("c", "P2"), ("d", None), ("e", "P3"), ("f", "P4")], "record_id string, home string"
    )
    right = right.selectExpr("record_id", "cast(null as array<string>) homes", "home")
    rule = Rule.parse("homes[] = home")
    cut = Layout(key_groups([rule]), 3)
    frame = block.linkage_records(left, right, ["homes", "home"])
    kept = linkage.kept_records(frame, tmp_path / "records")

    query, counts = counted_in(kept, cut, tmp_path / "met", [rule])
    assert totals(counts) == {0: RuleCount(0, 3, 3, 2, 1)}
    made = tasks(cut, slices_of(cut, query.keys, counts), SIZE)
    dealt = block.dealt(kept, query, tmp_path / "met", made, SIZE).toArrow()
    held = sorted((row["record_id"], row["key_element"]) for row in rows_of(dealt))
    assert held == [("a", "P2"), ("a", "P3"), ("c", "P2"), ("e", "P3")]


def rows_of(dealt):
    return [row for one in dealt["block"] for row in unpacked(one).to_pylist()]


def test_each_rule_is_counted_as_record_by_record_however_cut(kept, tmp_path):
    rules = [*MODEL.blocking_rules, *MODEL.training_rules]
    alone = counts_alone(*febrl_people(), rules)

    for slices in (1, 16):
        cut = Layout(key_groups(MODEL.blocking_rules, MODEL.matchkeys), slices)
        _, counts = counted_in(kept, cut, tmp_path / f"{slices}", more=MODEL.training_rules)
        found = totals(counts)
        assert {place: found[place] for place in alone} == alone


def test_new_pairs_of_all_slices_are_those_that_no_rule_before_forms(kept, tmp_path):
    rules = MODEL.blocking_rules
    database = duckdb.connect()
    for name, people in zip(("lefts", "rights"), febrl_people(), strict=True):
        database.register(name, people)
    before, exact = "false", {}
    for place, rule in enumerate(map(rule_sql, rules)):
        query = f"select count(*) from lefts l join rights r on {rule} where not ({before})"
        exact[place] = database.sql(query).fetchall()[0][0]
        before = f"{before} or coalesce({rule}, false)"

    for cut in (Layout(key_groups(rules), 8), layout(rules, (), 1, TaskSize(1, 1, 1))):
        query, counts = counted_in(kept, cut, tmp_path / f"{cut.slices}")
        slices = slices_of(cut, query.keys, counts)
        sampled = sample(cut, slices, most=8)
        dealt = block.dealt(kept, query, tmp_path / f"{cut.slices}", sampled, SIZE)
        looked = new_pairs(dealt, rules, sampled, 512)
        found = estimates(cut, slices, sampled, looked)
        assert {place: one.pairs for place, one in found.items()} == exact
        assert all(one.least == one.most for one in found.values())


def test_a_missing_column_is_named_before_any_spark_job(spark):
    left = spark.createDataFrame([], "record_id string")

    with pytest.raises(MissingColumnsError, match="the left file lacks dob"):
        block.linkage_records(left, left, ["dob"])
