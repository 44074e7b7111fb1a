"""Resolve: who links, who goes to review, and that no order of rows decides."""

import pytest
from chispa import assert_df_equality

from attainment_linkage.core.policy import ResolvePolicy
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import resolve

POLICY = ResolvePolicy(accept_bits=10, margin_bits=3)

SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    tied    | C1       | 12           | 0           | -
    tied    | C2       | 12           | 0           | -
    clear   | C3       | 15           | 0           | 1
    clear   | C4       | 12           | 1           | -
    lone    | C5       | 10           | 0           | -
    weak    | C6       | 9.9          | 0           | -
    x       | D1       | 20           | 0           | -
    x       | D2       | 19           | 0           | -
    y       | D1       | 19           | 0           | -
    lost    | C5       | 6.5          | 2           | -
"""


def test_links_the_clear_the_lone_and_the_tangled_but_never_the_tied_or_the_weak(rows):
    linked = """
        left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
        clear   | C3       | 15           | 3           | 0           | 1
        lone    | C5       | 10           | -           | 0           | -
        x       | D2       | 19           | 18          | 0           | -
        y       | D1       | 19           | 18          | 0           | -
    """
    decided = resolve.decided_pairs(rows(tables.SCORED_PAIRS, SCORED), POLICY, parts=3)

    assert_df_equality(
        resolve.links(decided),
        rows(tables.LINKS, linked),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_review_gets_the_tied_and_the_weak_whose_records_are_free(rows):
    reviewed = """
        left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number | reason
        tied    | C1       | 12           | 0           | 0           | -               | contested
        tied    | C2       | 12           | 0           | 0           | -               | contested
        weak    | C6       | 9.9          | -           | 0           | -               | weak
    """
    scored = rows(tables.SCORED_PAIRS, SCORED)
    decided = resolve.decided_pairs(scored, POLICY, parts=2)

    assert_df_equality(
        resolve.review_pairs(scored, decided),
        rows(tables.REVIEW_PAIRS, reviewed),
        ignore_row_order=True,
        ignore_nullable=True,
    )


@pytest.mark.parametrize("parts", [1, 5])
def test_parts_and_order_change_nothing(rows, parts):
    scored = rows(tables.SCORED_PAIRS, SCORED)
    first = resolve.decided_pairs(scored, POLICY, parts=2)
    again = resolve.decided_pairs(scored.orderBy("match_weight", "right_id"), POLICY, parts=parts)

    assert_df_equality(first, again, ignore_row_order=True)


def test_no_pairs_no_links(rows):
    header = "left_id | right_id | match_weight | rule_number | matchkey_number"
    decided = resolve.decided_pairs(rows(tables.SCORED_PAIRS, header), POLICY, parts=2)

    assert resolve.links(decided).count() == 0


def test_names_the_missing_column_before_any_spark_job(rows):
    header = "left_id | right_id | match_weight | rule_number | matchkey_number"
    pairs = rows(tables.SCORED_PAIRS, header).drop("match_weight")

    with pytest.raises(MissingColumnsError, match="scored_pairs lacks match_weight"):
        resolve.decided_pairs(pairs, POLICY, parts=2)
