"""Posterior: evidence in bins as a slow sum gives it, and weights moved to its prior."""

import math

import pyarrow as pa
import pytest
from chispa import assert_df_equality

from attainment_linkage.core.prior import Files, log_odds
from attainment_linkage.domain import tables
from attainment_linkage.steps import pair_blocks, posterior

START = 0.001
SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    a       | 1        | 12           | 0           | 3
    a       | 2        | 3            | 0           | -
    b       | 1        | 4            | 1           | -
    c       | 3        | -6           | 1           | -
    d       | 4        | -8           | -           | 2
"""


def in_blocks(pairs):
    """Drawn pairs as the stage has them: each task's as blocks."""
    return pairs.mapInArrow(_packed, pair_blocks.BLOCKS_DDL)


def _packed(batches):
    for batch in batches:
        yield from pair_blocks.packed(pa.Table.from_batches([batch]))


@pytest.mark.parametrize(
    ("relation", "sides"),
    [
        ("one_to_one", (0, 1)),
        ("many_to_one", (0,)),
        ("one_to_many", (1,)),
        ("many_to_many", ()),
    ],
)
def test_rivals_are_the_other_pairs_of_records_linked_once(rows, relation, sides):
    scored = rows(tables.SCORED_PAIRS, SCORED)
    pairs = [(row.left_id, row.right_id, row.match_weight) for row in scored.collect()]
    factor = {pair: 2 ** (pair[2] - log_odds(START)) for pair in pairs}
    expected = {
        (
            round((pair[2] - log_odds(START)) * 16),
            round(math.log2(total) * 16) if total else None,
        )
        for pair in pairs
        for total in (
            sum(factor[o] for side in sides for o in pairs if o != pair and o[side] == pair[side]),
        )
    }

    found = posterior.evidence(in_blocks(scored), Files(9, 9, relation), START, parts=3)

    bins = {
        (round(bits * 16), None if math.isinf(rival) else round(rival * 16))
        for bits, rival in zip(found.bits, found.rival_bits, strict=True)
    }
    assert bins == expected
    assert found.pairs.sum() == len(pairs)


def test_pairs_under_review_go_unless_a_matchkey_found_them(rows):
    moved = """
        left_id | right_id | match_weight | rule_number | matchkey_number
        a       | 1        | 13.5         | 0           | 3
        a       | 2        | 4.5          | 0           | -
        b       | 1        | 5.5          | 1           | -
        d       | 4        | -6.5         | -           | 2
    """
    found = posterior.shifted(in_blocks(rows(tables.SCORED_PAIRS, SCORED)), 1.5, review_bits=-4.0)

    assert_df_equality(
        found, rows(tables.SCORED_PAIRS, moved), ignore_row_order=True, ignore_nullable=True
    )


def test_no_pairs_are_no_evidence(rows):
    header = "left_id | right_id | match_weight | rule_number | matchkey_number"
    nothing = in_blocks(rows(tables.SCORED_PAIRS, header))
    found = posterior.evidence(nothing, Files(9, 9, "one_to_one"), START)

    assert len(found.pairs) == 0
