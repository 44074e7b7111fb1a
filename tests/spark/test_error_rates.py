"""Error rates: pairs with their rivals and chances, and how likely pairs agree."""

import numpy as np
import pytest

from attainment_linkage.core import blocking_loss
from attainment_linkage.core.prior import Files
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import error_rates

SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    a       | x        | 10           | 0           | -
    a       | y        | 2            | 0           | -
    b       | y        | 4            | 1           | -
    c       | z        | -8           | -           | 0
"""
LINKS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    a       | x        | 10           | 8           | 0           | -
    b       | y        | 4            | 2           | 1           | -
"""
RULES = [Rule.parse("birth_date & surname"), Rule.parse("postcodes[] & surname")]
RECORDS = [
    (True, "a", "1995", "LEE", ["P1"]), (False, "x", "1995", "LEE", ["P2", None]),
    (True, "b", "1995", "LEE", ["P1"]), (False, "y", None, "LEE", ["P3", "P1"]),
    (True, "c", "1995", "LEE", None), (False, "z", "1995", "LEE", None),
]  # fmt: skip
RECORD_DDL = (
    "is_left boolean, record_id string, birth_date string, surname string, postcodes array<string>"
)


FILES = Files(20, 1000, "one_to_one")


@pytest.fixture
def chanced(rows):
    scored, links = rows(tables.SCORED_PAIRS, SCORED), rows(tables.LINKS, LINKS)
    return error_rates.chanced_pairs(scored, links, 3.0, FILES)


def test_a_pair_shares_its_records_with_its_rivals(chanced):
    found = {(row["left_id"], row["right_id"]): row for row in chanced.collect()}

    # y, which a would need beside x, is claimed by b
    assert found["a", "x"]["chance"] == pytest.approx(1024 / (1 + 4 / 17 + 1024))
    assert found["a", "y"]["chance"] == pytest.approx(4 / (1 + 1024 + 16 + 4))
    assert found["c", "z"]["rival_bits"] is None
    assert [found[pair]["is_link"] for pair in sorted(found)] == [True, False, True, False]

    pairs = error_rates.weighed_pairs(chanced)
    assert pairs.bits.tolist() == [-8.0, 2.0, 4.0, 10.0]
    assert pairs.rival_bits == pytest.approx(
        [-np.inf, np.log2(1040), np.log2(4 / 1025), np.log2(4 / 17)], abs=0.04
    )
    assert pairs.is_link.tolist() == [False, False, True, True]
    assert pairs.pairs.tolist() == [1, 1, 1, 1]


def test_likely_pairs_are_counted_by_the_equalities_they_hold(spark, chanced, monkeypatch):
    seen = {}

    def noted(rules, held, kept):
        sums = zip(kept.pairs, kept.bits, kept.squares, kept.near, strict=True)
        seen.update(zip(map(tuple, held.tolist()), sums, strict=True))
        assert kept.review_bits == -2.0
        return 7.0

    monkeypatch.setattr(blocking_loss, "lost_pairs", noted)
    records = spark.createDataFrame(RECORDS, RECORD_DDL)

    assert error_rates.lost_pairs(chanced, records, RULES, -2.0) == 7.0
    # birth_date, postcodes[], surname; the pair c z is too unlikely to count
    assert [one.text for one in blocking_loss.equalities_of(RULES)] == [
        "birth_date", "postcodes[]", "surname",
    ]  # fmt: skip
    of_ax, of_by = 1024 / (1025 + 4 / 17), 16 / (17 + 4 / 1025)
    assert seen == {  # pairs, their bits (10 and 4) added up, the squares, those near review
        (True, False, True): pytest.approx((of_ax, 10 * of_ax, 100 * of_ax, 0), abs=1e-3),
        (False, True, True): pytest.approx((of_by, 4 * of_by, 16 * of_by, of_by), abs=1e-2),
    }


@pytest.mark.parametrize(
    ("relation", "of_a_and_y", "of_b_and_y"),
    [
        ("one_to_one", 4 / (1 + 1024 + 16 + 4), 16 / (1 + 4 / 1025 + 16)),  # a has x
        ("many_to_one", 4 / (1 + 1024 + 4), 16 / (1 + 16)),  # y may be both: a has x beside it
        ("one_to_many", 4 / (1 + 16 + 4), 16 / (1 + 4 + 16)),  # a may be both: y has b beside it
        ("many_to_many", 4 / (1 + 4), 16 / (1 + 16)),
    ],
)
def test_only_a_record_that_is_linked_once_makes_its_pairs_rivals(
    rows, relation, of_a_and_y, of_b_and_y
):
    scored, links = rows(tables.SCORED_PAIRS, SCORED), rows(tables.LINKS, LINKS)
    made = error_rates.chanced_pairs(scored, links, 3.0, Files(20, 1000, relation)).collect()
    chances = {(row["left_id"], row["right_id"]): row["chance"] for row in made}

    assert chances["a", "y"] == pytest.approx(of_a_and_y)
    assert chances["b", "y"] == pytest.approx(of_b_and_y)


# a's next best is b's link; d's is free and leads by 4; f's leads by 2 alone; e is not linked
NEXT_BEST = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    a       | x        | 10           | 0           | -
    a       | y        | 3            | 0           | -
    b       | y        | 9            | 1           | -
    d       | w        | 12           | 0           | -
    d       | v        | 9.04         | 0           | -
    d       | z        | 5            | 0           | -
    e       | q        | 9            | 0           | -
    f       | u        | 15           | 0           | -
    f       | t        | 8            | 0           | -
    f       | s        | 6            | 0           | -
"""
MADE = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    a       | x        | 10           | 7           | 0           | -
    b       | y        | 9            | 6           | 1           | -
    d       | w        | 12           | 3           | 0           | -
    f       | u        | 15           | 7           | 0           | -
"""


@pytest.mark.parametrize(
    ("relation", "left", "right", "bits", "unpaired"),
    [
        ("one_to_one", 20, 1000, [9.0], 16),
        ("one_to_one", 2000, 30, [], 26),  # of the smaller file: no one else's next best is free
        ("many_to_one", 2000, 30, [3.0, 9.0], 1996),  # y may be linked to a and b
        ("one_to_many", 20, 1000, [3.0], 996),  # y, which a would get
        ("many_to_many", 20, 1000, [], 996),
    ],
)
def test_the_next_best_of_a_linked_record_stands_in_where_it_is_free(
    rows, relation, left, right, bits, unpaired
):
    files = Files(left, right, relation)
    chanced = error_rates.chanced_pairs(
        rows(tables.SCORED_PAIRS, NEXT_BEST), rows(tables.LINKS, MADE), 3.0, files
    )
    found = error_rates.stand_ins(chanced, files, true_pairs=4.0)

    assert found.bits.tolist() == bits  # 9.04 counts as the sixteenth of a bit below it
    assert found.records.tolist() == [1] * len(bits)
    assert found.unpaired == unpaired
    assert found.is_counted == (relation != "many_to_many")


def test_names_the_missing_column_before_any_spark_job(rows):
    pairs = rows(tables.SCORED_PAIRS, SCORED).drop("match_weight")

    with pytest.raises(MissingColumnsError, match="scored_pairs lacks match_weight"):
        error_rates.chanced_pairs(pairs, rows(tables.LINKS, LINKS), 3.0, FILES)
