"""Kernel: whatever the rules, the tables and the cuts, each pair once, by its lowest rule.

Without Spark: records are read, placed in slices, cut, counted, dealt out and scored by the
engine's own code. The oracle is a nested loop.
"""

from itertools import groupby
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
from attainment_linkage.core.blocking_plan import KeyGroup, RuleCount, key_groups
from attainment_linkage.core.layout import Layout, Slice, TaskSize, tasks, totals
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps.kernel import Kernel, open_database, score_task
from attainment_linkage.steps.record_files import Query, RecordFiles, parts_of, placed
from attainment_linkage.steps.slices import Counting, merged, packed, unpacked

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
sides = st.lists(st.tuples(values, values, values, st.lists(values, max_size=3)), max_size=9)
TERMS = ("a", "b", "c", "a = b", "b = a", "t[]", "t[] = c")
rules = st.lists(
    st.lists(st.sampled_from(TERMS), min_size=1, max_size=2, unique=True).map(" & ".join),
    min_size=1,
    max_size=4,
    unique=True,
).map(lambda texts: tuple(map(Rule.parse, texts)))


def records_of(left, right):
    return [
        dict(zip(SCHEMA.names, (is_left, f"{number}", *row), strict=True))
        for is_left, rows in ((True, left), (False, right))
        for number, row in enumerate(rows)
    ]


def values_of(record, equality):
    name = equality.left if record["is_left"] else equality.right
    found = record[name] if name == "t" else [record[name]]
    return {value for value in found if value is not None}


def holds(rule, one, other):
    return all(values_of(one, e) & values_of(other, e) for e in rule.equalities)


def laid_out(records, cut, counted):
    """What Spark has its tasks do, a few records to each."""
    query = Query(tuple(SCHEMA.names[1:]), cut, 128)
    with TemporaryDirectory() as folder:
        table = pa.Table.from_pylist(records, SCHEMA)
        pq.write_table(table, f"{folder}/records.parquet", row_group_size=2)
        blocks = [
            block
            for numbers in query.passes()
            for parts in parts_of([RecordFiles(Path(folder))], 4)
            for block in packed(placed(parts, query, numbers), numbers)
        ]
    countings = [
        Counting(group, {n: counted[n] for n in group.rule_numbers}) for group in cut.groups
    ]
    rows = [row for batch in merged(blocks, countings) for row in batch.to_pylist()]
    for place, own in groupby(rows, key=itemgetter("group_number", "slice")):
        first, *others = own
        counts = {one["rule"]: RuleCount(*one.values()) for one in first["counts"]}
        sides = first["left_records"], first["right_records"]
        assert all(one["counts"] is None for one in others)
        yield Slice(*place, *sides, counts), [one["block"] for one in (first, *others)]


TWICE = [("x", "x", None, ["x", "y"])]
"""Two such records share two elements and are one pair."""


@settings(max_examples=8, deadline=None)
@example((Rule.parse("t[]"), Rule.parse("a & t[]")), TWICE, TWICE, 0, 20)
@given(rules, sides, sides, st.integers(0, 3), st.integers(1, 20))
def test_every_pair_comes_once_by_its_lowest_rule_from_whatever_task(
    chosen, left, right, slices, most
):
    records = records_of(left, right)
    pairs = [(a, b) for a in records for b in records if a["is_left"] and not b["is_left"]]
    lowest = {
        (a["record_id"], b["record_id"]): next(
            n for n, rule in enumerate(chosen) if holds(rule, a, b)
        )
        for a, b in pairs
        if any(holds(rule, a, b) for rule in chosen)
    }
    together = KeyGroup((), tuple(range(len(chosen))), ())
    # no slices: everything lies together, without a key
    cut = Layout(key_groups(chosen), slices) if slices else Layout((together,), 1)
    found = list(laid_out(records, cut, chosen))
    blocks = {(one.group_number, one.number): held for one, held in found}
    kernel = Kernel(SETTINGS, chosen, (), (), -100.0, 128)

    scored = []
    for task in tasks(cut, [one for one, _ in found], TaskSize(most, 1_000, 2)):
        held = pa.concat_tables(
            unpacked(pa.scalar(one)) for n in task.slices for one in blocks[task.group_number, n]
        )
        scored += score_task(held, kernel, task, "").to_pylist()
    assert {(p["left_id"], p["right_id"]): p["rule_number"] for p in scored} == lowest
    assert len(scored) == len(lowest)
    counted = totals(one for one, _ in found)
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
