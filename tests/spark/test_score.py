"""Score: the distributed engine gives what single-process Splink gives, pair for pair."""

import random
from dataclasses import replace

import pytest
from pyspark.sql import functions as F

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core import training
from attainment_linkage.core.blocking_plan import key_groups
from attainment_linkage.core.layout import (
    Layout,
    TaskSize,
    counted_keys,
    layout,
    slices_of,
    tasks,
)
from attainment_linkage.stages import linkage
from attainment_linkage.steps import block, frequency, score, train
from attainment_linkage.steps.kernel import Kernel
from attainment_linkage.steps.record_files import Query, RecordFiles
from tests.connected import POLICY
from tests.linkage_design import RECORD_DDL, counts_alone, febrl_model, febrl_people, splink_alone

REVIEW_BITS = -5.0
MODEL = febrl_model()
GROUPS = key_groups(MODEL.blocking_rules, MODEL.matchkeys)
EVERYTHING = TaskSize(pairs=10**9, records=10**9, parallel=2)
CUTS = {
    "one bucket": (Layout(GROUPS, 1), TaskSize(10**9, 10**9, 1)),
    "seven slices": (Layout(GROUPS, 7), TaskSize(10**9, 4_000, 2)),
    "hot keys in parts": (Layout(GROUPS, 32), TaskSize(150, 10**9, 2)),
    "no key": (layout(MODEL.blocking_rules, MODEL.matchkeys, 1, EVERYTHING), EVERYTHING),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("score")


@pytest.fixture(scope="module")
def kept_records(spark, folder):
    left, right = (
        spark.createDataFrame(people.to_pylist(), RECORD_DDL) for people in febrl_people()
    )
    frame = block.linkage_records(left, right, MODEL.columns)
    return linkage.kept_records(frame, folder / "records")


@pytest.fixture(scope="module")
def records(kept_records):
    columns = MODEL.term_frequency_columns
    return score.with_term_frequencies(kept_records.frame, columns).localCheckpoint()


@pytest.fixture(scope="module")
def trained(records):
    counts = counts_alone(*febrl_people(), MODEL.training_rules)
    budget = training.TrainingBudget(random_pairs=200_000)
    return train.trained_model(records, MODEL, counts, (5_000, 5_000), 5_000 / 25e6, budget)


def scored(records, trained, name, folder):
    (cut, size), columns = CUTS[name], MODEL.term_frequency_columns
    shares = folder / f"shares {name}"
    kept(score.frequencies_of(records, columns, POLICY), shares)
    keys = counted_keys(cut, MODEL.blocking_rules, MODEL.matchkeys)
    query = Query(records.columns, cut, keys, 512, shares, columns)
    met = folder / f"met {name}"
    counts = block.key_counts(kept(block.counted_keys(records, query, size), met))
    plan = tasks(cut, slices_of(cut, keys, counts), size)
    assert (max(task.parts for task in plan) > 1) == (name == "hot keys in parts")
    assert len(plan) > 1 or name == "one bucket"
    kernel = Kernel(
        settings=trained.settings,
        rules=MODEL.blocking_rules,
        matchkeys=MODEL.matchkeys,
        term_frequency_columns=MODEL.term_frequency_columns,
        review_bits=REVIEW_BITS,
        memory_mib=512,
    )
    dealt = block.dealt(records, query, met, plan, size)
    return score.match_weights(dealt, kernel, plan).collect()


def frequencies(records):
    return {
        column: records.where(F.col(column).isNotNull())
        .select(column, f"tf_{column}")
        .distinct()
        .toArrow()
        for column in MODEL.term_frequency_columns
    }


@pytest.fixture(scope="module")
def by_cut(kept_records, trained, folder):
    """Pairs by how the records were cut; without a key all go to two tasks that share the rules."""
    return {name: scored(kept_records, trained, name, folder) for name in CUTS}


def test_every_pair_weight_and_lowest_rule_is_splinks_own(records, trained, by_cut):
    left, right = febrl_people()
    alone = splink_alone(left, right, MODEL, trained.settings, REVIEW_BITS, frequencies(records))

    for pairs in by_cut.values():
        blocked = {
            (p.left_id, p.right_id): (p.match_weight, p.rule_number)
            for p in pairs
            if p.match_weight >= REVIEW_BITS and p.rule_number is not None
        }
        assert blocked.keys() == {row[:2] for row in alone}
        for left_id, right_id, weight, rule in alone:
            assert blocked[left_id, right_id][0] == pytest.approx(weight, abs=1e-9)
            assert blocked[left_id, right_id][1] == rule


def test_no_pair_comes_twice_however_the_records_are_cut(by_cut):
    for pairs in by_cut.values():
        assert len({(p.left_id, p.right_id) for p in pairs}) == len(pairs)
    first = {tuple(p) for p in by_cut["one bucket"]}
    assert all({tuple(p) for p in pairs} == first for pairs in by_cut.values())


def test_a_matchkey_pair_is_kept_and_scored_even_where_no_rule_found_it(by_cut):
    by_key_alone = [p for p in by_cut["seven slices"] if p.rule_number is None]

    assert by_key_alone
    assert all(p.matchkey_number == 1 and p.match_weight is not None for p in by_key_alone)


def test_matchkey_pairs_are_those_of_a_plain_nested_loop(by_cut):
    left, right = (people.to_pylist() for people in febrl_people())
    expected = set()
    for number, columns in enumerate(
        (("given_name", "surname", "date_of_birth", "postcode"), ("suburb", "date_of_birth"))
    ):
        keys = {}
        for person in right:
            keys.setdefault(tuple(person[c] for c in columns), []).append(person["record_id"])
        for person in left:
            key = tuple(person[c] for c in columns)
            if None not in key:
                expected |= {(person["record_id"], other, number) for other in keys.get(key, ())}
    strictest = {}
    for left_id, right_id, number in sorted(expected, key=lambda row: row[2]):
        strictest.setdefault((left_id, right_id), number)

    found = {
        (p.left_id, p.right_id): p.matchkey_number
        for p in by_cut["seven slices"]
        if p.matchkey_number is not None
    }
    assert found == strictest


def test_the_order_of_rows_and_of_files_changes_nothing(kept_records, trained, by_cut, tmp_path):
    frame = kept_records.frame
    rows = frame.toArrow().to_pylist()
    random.Random(1).shuffle(rows)
    sides = [
        frame.sparkSession.createDataFrame([r for r in rows if r["is_left"] == side], frame.schema)
        for side in (False, True)
    ]
    for name, side in zip(("right", "left"), sides, strict=True):  # a folder of each, no column
        kept(side.drop("is_left").repartition(3), tmp_path / name)
    files = (RecordFiles(tmp_path / "right", False), RecordFiles(tmp_path / "left", True))
    again = scored(block.Records(frame, files), trained, "seven slices", tmp_path)

    assert {tuple(p) for p in again} == {tuple(p) for p in by_cut["seven slices"]}


def test_term_frequencies_are_shares_of_all_values_of_both_files(spark):
    records = spark.createDataFrame(
        [(True, "a", "SMITH"), (False, "b", "SMITH"), (False, "c", "KHAN"), (True, "d", None)],
        "is_left boolean, record_id string, surname string",
    )
    shares = score.with_term_frequencies(records, ["surname"]).toArrow()

    found = dict(
        zip(shares["record_id"].to_pylist(), shares["tf_surname"].to_pylist(), strict=True)
    )
    assert found == {"a": 2 / 3, "b": 2 / 3, "c": 1 / 3, "d": None}


@pytest.mark.parametrize(
    ("population", "shares"),
    [
        ("both", {"SMITH": 2 / 3, "KHAN": 1 / 3}),
        ("left", {"SMITH": 1.0}),
        ("right", {"SMITH": 0.5, "KHAN": 0.5}),
    ],
)
def test_whose_values_tell_how_common_a_name_is_can_be_said(spark, population, shares, tmp_path):
    records = spark.createDataFrame(
        [(True, "SMITH"), (False, "SMITH"), (False, "KHAN"), (True, None)],
        "is_left boolean, surname string",
    )
    files = [records.where("is_left"), records.where("not is_left")]
    together = linkage.kept_records(records, tmp_path / "records")

    for found in (
        score.frequencies_of(
            together, ["surname"], replace(POLICY, term_frequency_population=population)
        ),
        score.term_frequencies(frequency.population(*files, ["surname"], population), ["surname"]),
    ):
        assert {row["value"]: row["share"] for row in found.collect()} == shares
