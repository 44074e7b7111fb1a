"""Draw links: components stay whole in Spark, and only changes leave, each pupil once a draw."""

import pytest
from chispa import assert_df_equality

from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import draw_links

DRAWS = 400
SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    sure    | C1       | 80           | 0           | 0
    doubt   | C2       | 1            | 0           | 2
    weak    | C3       | -60          | 0           | -
    twin_1  | C4       | 5.5          | 0           | -
    twin_1  | C5       | 5.5          | 0           | -
    twin_2  | C4       | 5.5          | 0           | -
    twin_2  | C5       | 5.5          | 0           | -
"""
LINKS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    sure    | C1       | 80           | -           | 0           | 0
    doubt   | C2       | 1            | -           | 0           | 2
"""


@pytest.fixture
def given(rows):
    return rows(tables.SCORED_PAIRS, SCORED), rows(tables.LINKS, LINKS)


def test_draws_follow_the_odds_pupil_by_pupil_and_twins_take_one_person_each(given):
    drawn = draw_links.link_draws(*given, DRAWS, seed=1, parts=3)
    found = [row.asDict() for row in drawn.collect()]
    by_pupil = {name: [row for row in found if row["attainment_id"] == name] for name in
                ("sure", "doubt", "weak", "twin_1", "twin_2")}  # fmt: skip
    people = [(row["draw"], row["census_id"]) for row in found if row["census_id"]]

    assert not by_pupil["sure"]
    assert not by_pupil["weak"]
    assert {row["census_id"] for row in by_pupil["doubt"]} == {None}
    assert len(by_pupil["doubt"]) / DRAWS == pytest.approx(1 / 3, abs=0.1)
    for twin in ("twin_1", "twin_2"):
        first = sum(row["census_id"] == "C4" for row in by_pupil[twin])
        assert first / len(by_pupil[twin]) == pytest.approx(0.5, abs=0.1)
        assert {row["weight_band"] for row in by_pupil[twin]} == {4}
    assert len(people) == len(set(people)) > 1.5 * DRAWS
    assert all(1 <= row["draw"] <= DRAWS for row in found)


def test_the_same_draws_whatever_the_partitions_and_others_by_another_seed(given):
    scored, links = given
    once = draw_links.link_draws(scored, links, 20, seed=1, parts=1)
    again = draw_links.link_draws(scored.repartition(5), links, 20, seed=1, parts=4)
    other = draw_links.link_draws(scored, links, 20, seed=2, parts=1)

    assert_df_equality(once, again, ignore_row_order=True)
    assert set(once.collect()) != set(other.collect())


def test_names_the_missing_column_before_any_spark_job(given):
    with pytest.raises(MissingColumnsError, match="scored_pairs lacks match_weight"):
        draw_links.link_draws(given[0].drop("match_weight"), given[1], 2, 1, 1)
