"""Report: the counts it is made of, over drawn pairs and records."""

import pytest

from attainment_linkage.domain import tables
from attainment_linkage.steps import report

SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    A1      | C1       | 21.5         | 0           | 0
    A1      | C2       | 20.0         | 0           | -
    A2      | C2       | 7.9          | 1           | -
    A3      | C3       | -0.1         | -           | 4
    A4      | C4       | 3            | 1           | -
"""
LINKS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    A1      | C1       | 21.5         | 1.5         | 0           | 0
"""
REVIEWS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number | reason
    A2      | C2       | 7.9          | -           | 1           | -               | weak
    A3      | C3       | -0.1         | -           | -           | 4               | conflict
    A1      | C9       | 7.9          | -           | 1           | -               | conflict
"""


@pytest.fixture
def drawn(rows):
    texts = {tables.SCORED_PAIRS: SCORED, tables.LINKS: LINKS, tables.REVIEW_PAIRS: REVIEWS}
    return [rows(table, text) for table, text in texts.items()]


def test_each_pair_counts_once_by_weight_rule_and_what_became_of_it(drawn):
    scored, links, reviews = drawn
    counted = report.pair_counts(scored, links, reviews, 2).collect()

    assert {(row.bits, row.rule_number, row.fate): row.pairs for row in counted} == {
        (20, 0, "linked"): 1,
        (20, 0, "neither"): 1,
        (6, 1, "review"): 1,
        (-2, None, "review"): 1,
        (2, 1, "neither"): 1,
    }


def test_a_record_is_for_review_once_and_only_without_a_link(drawn):
    _, links, reviews = drawn

    assert report.records_for_review(reviews, links).collect()[0].records == 2


def test_nulls_and_empty_arrays_are_not_filled(rows):
    drawing = """
        record_id | sex | postcodes
        1         | M   | A1;B2
        2         | -   | []
        3         | F   | -
    """
    people = rows(tables.CENSUS_PEOPLE, drawing, is_partial=True)
    counted = report.filled_counts(people, ["sex", "postcodes", "email"]).collect()[0]

    assert counted.asDict() == {"records": 3, "sex": 2, "postcodes": 1, "email": 0}
