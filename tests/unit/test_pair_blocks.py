"""Pair blocks: pairs come out as they went in, rounded, one hash for one record."""

import pyarrow as pa
import pytest

from attainment_linkage.steps import pair_blocks
from attainment_linkage.steps.kernel import SCORED_SCHEMA


def scored(*rows):
    columns = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    return pa.table(
        [pa.array(list(c), f.type) for c, f in zip(columns, SCORED_SCHEMA, strict=True)],
        schema=SCORED_SCHEMA,
    )


def reopened(pairs):
    return pa.concat_tables(pair_blocks.opened(pair_blocks.packed(pairs)))


def test_pairs_come_out_as_they_went_in_with_rounded_weights():
    pairs = scored(("a", "x", 1.00000049, 0, None), ("a", "y", -2.5, None, 3))

    found = reopened(pairs)

    assert found.select(SCORED_SCHEMA.names).to_pylist() == [
        {"left_id": "a", "right_id": "x", "match_weight": 1.0, "rule_number": 0,
         "matchkey_number": None},
        {"left_id": "a", "right_id": "y", "match_weight": -2.5, "rule_number": None,
         "matchkey_number": 3},
    ]  # fmt: skip


def test_a_record_has_one_hash_wherever_it_stands():
    found = reopened(scored(("a", "b", 1.0, 0, None), ("b", "a", 1.0, 0, None)))

    left, right = found["left_hash"].to_pylist(), found["right_hash"].to_pylist()
    assert left == right[::-1]
    assert left[0] != left[1]
    assert min(left) >= 0


@pytest.mark.parametrize("count", [1, 2, 5])
def test_no_block_holds_more_pairs_than_it_may(monkeypatch, count):
    monkeypatch.setattr(pair_blocks, "_BLOCK_PAIRS", 2)
    pairs = scored(*((str(n), "x", 1.0, 0, None) for n in range(count)))

    blocks = list(pair_blocks.packed(pairs))

    assert [b["pairs"][0].as_py() for b in blocks] == [2] * (count // 2) + [1] * (count % 2)
    assert reopened(pairs)["left_id"].to_pylist() == [str(n) for n in range(count)]


def test_no_pairs_no_block():
    assert list(pair_blocks.packed(scored())) == []
