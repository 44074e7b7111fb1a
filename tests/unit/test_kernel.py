"""Kernel: whatever the rules, the tables and the cuts, each pair once, by its lowest rule.

Without Spark: records are read, placed in slices, cut, counted, dealt out and scored by the
engine's own code. The oracle is a nested loop.
"""

from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import splink.comparison_library as cl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attainment_linkage.adapters import faults
from attainment_linkage.core.blocking_plan import KeyGroup, key_groups
from attainment_linkage.core.layout import (
    KeyCount,
    Layout,
    TaskSize,
    counted_keys,
    slices_of,
    tasks,
    totals,
)
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps.kernel import Kernel, open_database, score_task
from attainment_linkage.steps.key_counts import COUNTED, Met, coded, counted
from attainment_linkage.steps.record_files import (
    Query,
    RecordFiles,
    codes_of,
    parts_of,
    records_of,
)
from attainment_linkage.steps.slices import Deal, Lots, by_task, packed

COMPARISON = cl.ExactMatch("a").get_comparison("duckdb").as_dict()
for _level, _m, _u in zip(COMPARISON["comparison_levels"][1:], (0.9, 0.1), (0.1, 0.9), strict=True):
    _level |= {"m_probability": _m, "u_probability": _u}
SETTINGS = {
    "link_type": "link_only",
    "unique_id_column_name": "record_id",
    "probability_two_random_records_match": 0.01,
    "comparisons": [COMPARISON],
    "blocking_rules_to_generate_predictions": [],
}
SCHEMA = pa.schema(
    [
        ("is_left", pa.bool_()),
        ("record_id", pa.string()),
        *((name, pa.string()) for name in "abc"),
        ("t", pa.list_(pa.string())),
    ]
)
values = st.sampled_from(["x", "y", "z", None])
sides = st.lists(
    st.tuples(values, values, values, st.none() | st.lists(values, max_size=3)), max_size=9
)
TERMS = ("a", "b", "c", "a = b", "b = a", "t[]", "t[] = c")
rules = st.lists(
    st.lists(st.sampled_from(TERMS), min_size=1, max_size=2, unique=True).map(" & ".join),
    min_size=1,
    max_size=4,
    unique=True,
).map(lambda texts: tuple(map(Rule.parse, texts)))


def rows_of(left, right):
    return [
        dict(zip(SCHEMA.names, (is_left, f"{number}", *row), strict=True))
        for is_left, rows in ((True, left), (False, right))
        for number, row in enumerate(rows)
    ]


def values_of(record, equality):
    name = equality.left if record["is_left"] else equality.right
    found = record[name] or [] if name == "t" else [record[name]]
    return {value for value in found if value is not None}


def holds(rule, one, other):
    return all(values_of(one, e) & values_of(other, e) for e in rule.equalities)


def lowest(chosen, one, other):
    return next((n for n, rule in enumerate(chosen) if holds(rule, one, other)), None)


def linked(records, cut, chosen, matchkeys, size):
    """What Spark has its tasks do, a few records to each: counts, tasks, and their records."""
    keys = counted_keys(cut, chosen, matchkeys)
    query = Query(tuple(SCHEMA.names[1:]), cut, keys, 128)
    with TemporaryDirectory() as folder:
        pq.write_table(
            pa.Table.from_pylist(records, SCHEMA), f"{folder}/r.parquet", row_group_size=2
        )
        parts = parts_of([RecordFiles(Path(folder))], 4)
        ways, sizes = 3, (len(cut.groups), len(keys), cut.slices)
        codes = [one for own in parts for one in coded(codes_of(own, query), *sizes, ways)]
        found = pa.Table.from_batches(counted(codes, ways), COUNTED)
        counts = [KeyCount(**row) for row in found.drop_columns(["met"]).to_pylist()]
        slices = slices_of(cut, keys, counts)
        made = tasks(cut, slices, size)
        groups = range(len(cut.groups))
        lots = tuple(Lots.of_group(number, made, cut.slices) for number in groups)
        named = {number: lots[number].slices for number in groups}
        deal = Deal(cut, keys, Met(found), lots)
        blocks = [b for own in parts for b in packed(records_of(own, query, named), deal)]
    return totals(counts), made, {place: held for place, held, _ in by_task(blocks)}


TWICE = [("x", "x", None, ["x", "y"])]
"""Two such records share two elements and are one pair."""
THIRD = [("x", None, None, None), ("x", None, None, None), ("x", None, None, ["x"])]
ALIKE = [("x", "y", "z", ["z"]), (None, "y", None, None), (None, None, "z", ["x", "z"])]


@settings(max_examples=8, deadline=None)
@example((Rule.parse("t[]"), Rule.parse("a & t[]")), (), TWICE, TWICE, 0, 20)
@example((Rule.parse("a"),), (Rule.parse("b"), Rule.parse("t[] = c")), ALIKE, ALIKE, 2, 20)
@example((Rule.parse("a & t[]"), Rule.parse("a & b")), (), THIRD, THIRD, 2, 20)
@given(rules, st.just(()) | rules, sides, sides, st.integers(0, 3), st.integers(1, 20))
def test_every_pair_comes_once_by_its_lowest_rule_and_key_from_whatever_task(
    chosen, keys, left, right, slices, most
):
    records = rows_of(left, right)
    pairs = [(a, b) for a in records for b in records if a["is_left"] and not b["is_left"]]
    expected = [
        (a["record_id"], b["record_id"], lowest(chosen, a, b), lowest(keys, a, b))
        for a, b in pairs
        if any(holds(rule, a, b) for rule in (*chosen, *keys))
    ]
    together = KeyGroup((), tuple(range(len(chosen))), tuple(range(len(keys))))
    # no slices: everything lies together, without a key
    cut = Layout(key_groups(chosen, keys), slices) if slices else Layout((together,), 1)
    counted, made, held = linked(records, cut, chosen, keys, TaskSize(most, 1_000, 2))
    kernel = Kernel(SETTINGS, chosen, keys, (), -100.0, 128)

    scored = []
    for place, task in enumerate(made):
        scored += score_task(held[place], kernel, task, "").to_pylist()
    names = ("left_id", "right_id", "rule_number", "matchkey_number")
    assert sorted(map(str, map(itemgetter(*names), scored))) == sorted(map(str, expected))
    formed = {n: sum(holds(rule, a, b) for a, b in pairs) for n, rule in enumerate(chosen)}
    for number, rule in enumerate(chosen):
        count = counted[number].candidate_pairs if number in counted else 0
        is_exact = not any(equality.has_array for equality in rule.equalities)
        assert count == formed[number] if is_exact else count >= formed[number]


def test_a_task_stays_within_its_memory_by_spilling_unreadably_or_ends_by_name(tmp_path):
    database = open_database(64, str(tmp_path))
    name = "CANARY" * 20

    database.execute(f"create table t as select '{name}' || hash(i) x from range(1000000) r(i)")
    spilled = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    with pytest.raises(duckdb.OutOfMemoryException, match="Out of Memory Error") as full:
        database.execute("select list(x) from t").fetchall()

    assert len(spilled) > 2**24
    assert name.encode() not in spilled
    assert faults.is_memory_full(full.value)
