"""Block: counts without pairs, against pairs counted one by one."""

import duckdb
import pytest

from attainment_linkage.core.blocking_plan import key_groups
from attainment_linkage.core.layout import Layout, TaskSize, layout, totals
from attainment_linkage.core.new_pairs import estimates, sample
from attainment_linkage.core.rule_sql import rule_sql
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.stages import linkage
from attainment_linkage.steps import block
from attainment_linkage.steps.new_pairs import new_pairs
from attainment_linkage.steps.record_files import Query
from attainment_linkage.steps.slices import unpacked
from tests.linkage_design import RECORD_DDL, febrl_model, febrl_people

MODEL = febrl_model()


@pytest.fixture(scope="module")
def kept(spark, tmp_path_factory):
    left, right = (
        spark.createDataFrame(people.to_pylist(), RECORD_DDL) for people in febrl_people()
    )
    frame = block.linkage_records(left, right, MODEL.columns)
    return linkage.kept_records(frame, tmp_path_factory.mktemp("kept") / "records")


@pytest.fixture(scope="module")
def records(kept):
    return kept.frame


def laid_out(kept, cut, rules):
    return block.laid_out(kept, Query(kept.columns, cut, 512), rules, TaskSize(1, 2_000, 2))


def test_a_rules_pairs_are_counted_exactly_from_its_blocks(records):
    rule = Rule.parse("date_of_birth & surname")
    (count,) = block.rule_counts(block.candidate_counts(records, [rule])).values()

    left, right = (people.to_pylist() for people in febrl_people())
    sizes = {}
    for person in right:
        key = (person["date_of_birth"], person["surname"])
        sizes[key] = sizes.get(key, 0) + 1
    keys = [(person["date_of_birth"], person["surname"]) for person in left]
    whole = [key for key in keys if None not in key]
    assert count.candidate_pairs == sum(sizes.get(key, 0) for key in whole)
    assert count.left_records == len(whole)
    assert count.largest_block_pairs == max(sizes.get(key, 0) * whole.count(key) for key in whole)


def test_a_null_key_meets_nobody_and_an_empty_file_forms_nothing(spark):
    left = spark.createDataFrame([("a", None), ("b", "X")], "record_id string, dob string")
    right = spark.createDataFrame([("c", None)], "record_id string, dob string")
    records = block.linkage_records(left, right, ["dob"])

    counts = block.rule_counts(block.candidate_counts(records, [Rule.parse("dob")]))
    assert counts[0].candidate_pairs == 0
    nothing = block.candidate_counts(records.limit(0), [Rule.parse("dob")])
    assert block.rule_counts(nothing) == {}


def test_records_are_laid_out_once_per_element_and_a_null_key_nowhere(spark, tmp_path):
    left = spark.createDataFrame(
        [("a", ["P1", "P2", "P1", None]), ("b", None)], "record_id string, homes array<string>"
    ).selectExpr("record_id", "homes", "cast(null as string) home")
    right = spark.createDataFrame([("c", "P2"), ("d", None)], "record_id string, home string")
    right = right.selectExpr("record_id", "cast(null as array<string>) homes", "home")
    rule = Rule.parse("homes[] = home")
    cut = Layout(key_groups([rule]), 3)

    records = block.linkage_records(left, right, ["homes", "home"])
    made = laid_out(linkage.kept_records(records, tmp_path / "r"), cut, [rule]).toArrow()
    rows = [row for one in made["block"] for row in unpacked(one).to_pylist()]
    held = sorted((row["record_id"], row["key_element"]) for row in rows)
    assert held == [("a", "P1"), ("a", "P2"), ("c", "P2")]
    counted = made.filter(made["counts"].is_valid())
    assert len(set(made["slice"].to_pylist())) == counted.num_rows


def test_slices_count_each_rule_as_the_whole_files_do(kept, records):
    rules = [*MODEL.blocking_rules, *MODEL.training_rules]
    whole = block.rule_counts(block.candidate_counts(records, rules))

    for slices in (1, 16):
        cut = Layout(key_groups(MODEL.blocking_rules, MODEL.matchkeys), slices)
        counted = totals(block.slice_counts(laid_out(kept, cut, rules)))
        assert counted == {place: whole[place] for place in counted}
        assert set(counted) >= set(range(len(MODEL.blocking_rules)))


def test_new_pairs_of_all_slices_are_those_that_no_rule_before_forms(kept):
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
        made = laid_out(kept, cut, rules).localCheckpoint()
        slices = block.slice_counts(made)
        sampled = sample(cut, slices, most=8)
        found = estimates(cut, slices, sampled, new_pairs(made, rules, sampled, 512))
        assert {place: one.pairs for place, one in found.items()} == exact
        assert all(one.least == one.most for one in found.values())


def test_a_missing_column_is_named_before_any_spark_job(spark):
    left = spark.createDataFrame([], "record_id string")

    with pytest.raises(MissingColumnsError, match="the left file lacks dob"):
        block.linkage_records(left, left, ["dob"])
