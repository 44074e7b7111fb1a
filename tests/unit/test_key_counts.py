"""Key counts: by sorting whole numbers, as record by record; what both sides have is met."""

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from attainment_linkage.core.layout import group_key
from attainment_linkage.core.rule_sql import SLICE_UNIT
from attainment_linkage.steps.key_counts import CODE, COUNTED, SLICE, Met, coded, counted

SLICES = 5
records = st.tuples(
    st.booleans(), st.none() | st.integers(0, SLICES - 1), st.none() | st.integers(0, 6)
)
UNEQUAL = [
    *[(is_left, 0, None) for is_left in (True, False)],
    *[(True, 1, 3)] * 3, *[(False, 1, 3)] * 2, (True, 1, 4), (False, 1, 4), (False, 1, 5),
    (True, 2, 6), (True, 0, 0), (False, 0, 0), (False, 0, 1),
]  # fmt: skip
"""Blocks of six pairs, one and none in a slice; a key of hash nought beside lone and null ones."""
files = st.lists(st.lists(records, max_size=30), min_size=1, max_size=3)


def code_of(is_left, place, key):
    if place is None or key is None:
        return None
    return place * SLICE_UNIT + (key * 0x9E3779B97F4A7C15 % 2**54) * 2 + (not is_left)


def batch_of(rows, is_array):
    """Records with a slice and a code; as lists of two elements, or none, where keyed on them."""
    columns = {
        f"{SLICE}0": ([place for _, place, _ in rows], pa.int16()),
        f"{CODE}0": ([code_of(*row) for row in rows], pa.uint64()),
    }
    if is_array:  # the second element of each is its own key, met by nobody of another record
        more = [code_of(row[0], row[1], 100 + n) for n, row in enumerate(rows)]
        places, codes = (held for held, _ in columns.values())
        columns = {
            f"{SLICE}0": ([None if p is None else [p, p] for p in places], pa.list_(pa.int16())),
            f"{CODE}0": (
                [
                    None if p is None else list(two)
                    for p, *two in zip(places, codes, more, strict=True)
                ],
                pa.list_(pa.uint64()),
            ),
        }
    made = {name: pa.array(held, kind) for name, (held, kind) in columns.items()}
    return pa.record_batch({"is_left": pa.array([r[0] for r in rows], pa.bool_()), **made})


def counts_of(batches, parts):
    codes = list(coded(batches, 1, 1, SLICES, parts))
    return pa.Table.from_batches(counted(codes, parts), COUNTED)


@example([UNEQUAL], 2, False)
@given(files, st.integers(1, 4), st.booleans())
def test_keys_and_slices_are_counted_as_record_by_record(drawn, parts, is_array):
    batches = [batch_of(rows, is_array) for rows in drawn]
    found = counts_of(batches, parts).drop_columns(["met"]).to_pylist()

    everyone = [row for rows in drawn for row in rows if row[1] is not None]
    times = 2 if is_array else 1
    sides = {
        place: [
            times * sum(r[0] == is_left and r[1] == place for r in everyone) for is_left in (1, 0)
        ]
        for place in range(SLICES)
    }
    whole = {row["slice"]: row for row in found if row["key"] == group_key(0)}
    assert {p: [row["left_records"], row["right_records"]] for p, row in whole.items()} == {
        place: own for place, own in sides.items() if any(own)
    }
    if is_array:
        return
    blocks = Counter(row for row in everyone if row[2] is not None)
    keyed = {row["slice"]: row for row in found if row["key"] == 0}
    assert keyed.keys() == {place for _, place, _ in blocks}
    for place, row in keyed.items():
        left = Counter({key: n for (of, p, key), n in blocks.items() if p == place and of})
        right = Counter({key: n for (of, p, key), n in blocks.items() if p == place and not of})
        pairs = [left[key] * right[key] for key in left]
        assert row == {
            "key": 0, "slice": place,
            "left_records": left.total(), "right_records": right.total(),
            "candidate_pairs": sum(pairs), "largest_block_pairs": max(pairs, default=0),
            "met_left": sum(left[key] for key in left if right[key]),
            "met_right": sum(right[key] for key in right if left[key]),
        }  # fmt: skip


@example([UNEQUAL], False)
@given(files, st.booleans())
def test_whoever_has_a_key_that_the_other_side_has_is_met(drawn, is_array):
    rows = [row for own in drawn for row in own]
    batch = batch_of(rows, is_array)
    flags = Met(counts_of([batch], 2)).flags(0, batch[f"{CODE}0"])

    both = {
        (place, key)
        for place, key in {row[1:] for row in rows}
        if place is not None and key is not None
        and all((side, place, key) in rows for side in (True, False))
    }  # fmt: skip
    if is_array:
        flags = flags[::2]
        rows = [row for row in rows if row[1] is not None]
    assert len(flags) == len(rows)
    for flag, (_, place, key) in zip(flags, rows, strict=True):
        assert flag or (place, key) not in both
        assert not flag or None not in (place, key)


def test_few_of_those_whom_nobody_has_are_taken_for_met():
    random = np.random.default_rng(5)
    both, lone = (
        random.integers(0, 2**54, 20_000, np.uint64),
        random.integers(0, 2**54, 20_000, np.uint64),
    )
    codes = np.concatenate([both * 2, both * 2 + 1, lone * 2 + 1])
    columns = [pa.array(codes % 2 == 0), pa.array([0] * len(codes), pa.int16()), pa.array(codes)]
    batch = pa.record_batch(columns, ["is_left", f"{SLICE}0", f"{CODE}0"])

    flags = Met(counts_of([batch], 1)).flags(0, batch[f"{CODE}0"])
    assert flags[:40_000].all()
    assert 0 < flags[40_000:].mean() < 1 / 16
