"""Block: counts without pairs, against pairs counted one by one."""

import pytest

from attainment_linkage.core.blocking_plan import key_groups
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import block
from tests.linkage_design import RECORD_DDL, febrl_model, febrl_people

MODEL = febrl_model()


@pytest.fixture(scope="module")
def records(spark):
    left, right = (
        spark.createDataFrame(people.to_pylist(), RECORD_DDL) for people in febrl_people()
    )
    return block.linkage_records(left, right, MODEL.columns).localCheckpoint()


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


def test_records_are_laid_out_one_bucket_a_partition_once_per_element(spark):
    left = spark.createDataFrame(
        [("a", ["P1", "P2", "P1", None]), ("b", None)], "record_id string, homes array<string>"
    ).selectExpr("record_id", "homes", "cast(null as string) home")
    right = spark.createDataFrame([("c", "P2"), ("d", None)], "record_id string, home string")
    right = right.selectExpr("record_id", "cast(null as array<string>) homes", "home")
    (group,) = key_groups([Rule.parse("homes[] = home")])

    laid_out = block.keyed(block.linkage_records(left, right, ["homes", "home"]), group, 3)
    assert laid_out.rdd.getNumPartitions() == 3
    rows = sorted((row.record_id, row.key_element) for row in laid_out.collect())
    assert rows == [("a", "P1"), ("a", "P2"), ("c", "P2")]


def test_a_missing_column_is_named_before_any_spark_job(spark):
    left = spark.createDataFrame([], "record_id string")

    with pytest.raises(MissingColumnsError, match="the left file lacks dob"):
        block.linkage_records(left, left, ["dob"])
