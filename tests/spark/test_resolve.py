"""Resolve: who links, who goes to review, and that no order of rows decides."""

import math

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


POSSIBLE = """
    left_id | right_id | match_weight
    C1      | C2       | 2.9
    C3      | C4       | 4
    C6      | C7       | 9
    D1      | D2       | 9
    E1      | E2       | 9
    E2      | E3       | 9
"""
BESIDE = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    weak    | C7       | 6.9          | 0           | -
    other   | C4       | 6.9          | 0           | -
    other   | E1       | 18           | 0           | -
    three   | E2       | 17           | 0           | -
    three   | E3       | 18           | 0           | -
"""


def test_of_two_lines_that_may_be_one_person_and_are_one_pupil_s_alone_the_lighter_yields(rows):
    scored = rows(tables.SCORED_PAIRS, SCORED).unionByName(rows(tables.SCORED_PAIRS, BESIDE))
    possible = rows(tables.POSSIBLE_DOUBLES, POSSIBLE)
    yielding = resolve.yielding_pairs(scored, possible, 0.0, POLICY, 2)

    # C7, and the other pupil's C4, are too weak to count; D1 is strong for two pupils, and E1
    # for another than E2
    found = sorted(map(tuple, yielding.collect()))
    assert [pair for *pair, _ in found] == [["clear", "C4"], ["three", "E2"], ["tied", "C2"]]
    # that they are two people's has a chance of 1 in 1 + 2^4, 1 + 2^9 and 1 + 2^2.9
    assert [bits for *_, bits in found] == pytest.approx(
        [-4.087463, -9.002815, -3.081385], abs=1e-6
    )


def test_a_tie_between_two_lines_that_may_be_one_person_costs_no_link(rows):
    scored = rows(tables.SCORED_PAIRS, SCORED)
    possible = rows(tables.POSSIBLE_DOUBLES, POSSIBLE)
    yielding = resolve.yielding_pairs(scored, possible, 0.0, POLICY, 2)
    competing = resolve.competing_pairs(scored, yielding)
    [link] = (
        resolve.links(resolve.decided_pairs(competing, POLICY, 2))
        .where("left_id = 'tied'")
        .collect()
    )

    assert (link["right_id"], link["match_weight"], link["margin_bits"]) == ("C1", 12, None)


@pytest.mark.parametrize(("copies", "found"), [(2**-9.1, ["C2"]), (2**-9.3, []), (0.0, [])])
def test_a_second_line_too_strong_for_anybody_else_yields_by_its_weight(rows, copies, found):
    scored = rows(tables.SCORED_PAIRS, SCORED).where("left_id = 'tied'")
    none = rows(tables.POSSIBLE_DOUBLES, "left_id | right_id | match_weight")
    yielding = resolve.yielding_pairs(scored, none, copies, POLICY, 2).collect()

    assert [row["right_id"] for row in yielding] == found
    # 12 bits for somebody else, 9.1 against a further line: two people 1 in 1 + 2^2.9
    assert [row["other_bits"] for row in yielding] == pytest.approx(
        [-math.log2(1 + 2**2.9)] * len(found), abs=1e-5
    )


def test_a_line_yields_to_the_heaviest_of_its_pupil_alone(rows):
    scored = """
        left_id | right_id | match_weight | rule_number | matchkey_number
        p       | A        | 11.9         | 0           | -
        p       | B        | 11           | 0           | -
        p       | C        | 10           | 0           | -
    """
    possible = "left_id | right_id | match_weight\nA | B | 4\nB | C | 4"
    yielding = resolve.yielding_pairs(
        rows(tables.SCORED_PAIRS, scored), rows(tables.POSSIBLE_DOUBLES, possible), 0.0, POLICY, 2
    )

    assert [row["right_id"] for row in yielding.collect()] == ["B"]  # C is unlike A, and contests


@pytest.mark.parametrize(("bits", "found"), [(0.0, ["C4"]), (-0.1, []), (9.0, ["C4"])])
def test_what_is_likelier_somebody_else_s_does_not_yield_however_far_it_is_led(rows, bits, found):
    scored = rows(tables.SCORED_PAIRS, SCORED).where("left_id = 'clear'")
    possible = rows(tables.POSSIBLE_DOUBLES, f"left_id | right_id | match_weight\nC3 | C4 | {bits}")
    yielding = resolve.yielding_pairs(scored, possible, 0.0, POLICY, 2).collect()

    assert [row["right_id"] for row in yielding] == found


def test_a_pair_that_yields_counts_at_its_weight_as_another_persons(rows):
    scored = rows(tables.SCORED_PAIRS, SCORED)
    possible = rows(tables.POSSIBLE_DOUBLES, POSSIBLE)
    yielding = resolve.yielding_pairs(scored, possible, 0.0, POLICY, 2)
    counted = resolve.discounted_pairs(scored, yielding)

    assert counted.columns == scored.columns
    found = {tuple(row)[:2]: row["match_weight"] for row in counted.collect()}
    before = {tuple(row)[:2]: row["match_weight"] for row in scored.collect()}
    changed = {pair: bits for pair, bits in found.items() if before[pair] != bits}
    assert changed == pytest.approx(
        {("tied", "C2"): 12 - 3.081385, ("clear", "C4"): 12 - 4.087463}, abs=1e-5
    )
    assert found.keys() == before.keys()


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
