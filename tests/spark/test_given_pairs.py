"""Given pairs: a named pair's weight is the one scoring gave it; a record against itself too."""

import pytest

from attainment_linkage.core import training
from attainment_linkage.core.levels import telling
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.why import waterfall
from attainment_linkage.domain import tables
from attainment_linkage.steps import frequency, given_pairs, self_weights, why

LEVELS = {
    "surname": [
        ("equal", "surname_l = surname_r", 0.9, 0.02, "surname"),
        ("else", "ELSE", 0.1, 0.98, ""),
    ],
    "sex": [("equal", "sex_l = sex_r", 0.98, 0.5, ""), ("else", "ELSE", 0.02, 0.5, "")],
}
PEOPLE = """
    record_id | surname | sex
    A1        | RARE    | F
    A2        | COMMON  | F
    A3        | COMMON  | -
"""
OTHERS = """
    record_id | surname | sex
    C1        | RARE    | M
    C2        | COMMON  | F
    C3        | COMMON  | F
"""


def comparison(name):
    null = {
        "sql_condition": f"{name}_l IS NULL OR {name}_r IS NULL",
        "label_for_charts": "not known",
        "is_null_level": True,
    }
    made = [null]
    for label, condition, m, u, column in LEVELS[name]:
        level = {"label_for_charts": label, "sql_condition": condition}
        level |= {"m_probability": m, "u_probability": u}
        if column:
            level |= {"tf_adjustment_column": column, "tf_adjustment_weight": 1.0}
        made.append(level)
    return {"output_column_name": name, "comparison_levels": made}


MODEL = LinkageModel(
    comparisons=tuple(map(comparison, LEVELS)),
    blocking_rules=(),
    matchkeys=(),
    training_rules=(),
    comparison_columns=("surname", "sex"),
    term_frequency_columns=("surname",),
)
SETTINGS = training.splink_settings(MODEL, 1 / 1025)


@pytest.fixture
def people(rows):
    return [rows(tables.CENSUS_PEOPLE, text, is_partial=True) for text in (PEOPLE, OTHERS)]


def explained(people, left_id, right_id):
    both = why.both_records(*people, left_id, right_id)
    every = people[0].unionByName(people[1])
    found = frequency.with_frequencies(both, every, ["is_left", *MODEL.columns], ["surname"])
    rows = found.toArrow().sort_by([("is_left", "descending")]).drop_columns(["is_left"])
    [weights] = given_pairs.weighed(rows, SETTINGS, ["surname"], [(0, 1)]).to_pylist()
    return waterfall(SETTINGS, weights, 0.0), weights["match_weight"]


def test_the_steps_of_a_pair_add_up_to_splink_s_weight_and_know_what_is_rare(people):
    rare, weight = explained(people, "A1", "C1")
    common, _ = explained(people, "A2", "C2")
    unknown, _ = explained(people, "A3", "C3")

    assert rare.total_bits == pytest.approx(weight)
    # surname: 2 of 6 values are RARE, 4 of 6 COMMON; u 0.02 is replaced by the value's share
    assert rare.steps[1].bits - common.steps[1].bits == pytest.approx(1.0) or (
        rare.steps[0].bits - common.steps[0].bits == pytest.approx(1.0)
    )
    assert {step.comparison: step.level for step in rare.steps} == {
        "surname": "equal", "sex": "else",
    }  # fmt: skip
    assert {step.comparison: step.level for step in unknown.steps}["sex"] == "not known"


def test_records_are_weighed_against_themselves_in_bins(people):
    counted = self_weights.self_weight_counts(
        *people, MODEL, SETTINGS, count=3, shift_bits=0.5, bin_bits=1, population="both"
    )
    sides = {row.bits: row.records for row in counted.collect()}

    def bits(share, *levels):
        return sum(levels) - 10 + 0.5 + _bits(0.9 / share)

    sex = _bits(0.98 / 0.5)
    expected = [bits(2 / 6, sex), bits(4 / 6, sex), bits(4 / 6)]
    assert sides == {low: [int(one // 1) for one in expected].count(low) for low in
                     {int(one // 1) for one in expected}}  # fmt: skip
    assert telling(MODEL.comparisons[0])[0]["m_probability"] == 0.9


def _bits(odds):
    from math import log2

    return log2(odds)


def test_an_id_is_looked_for_on_its_own_side_and_a_pair_s_rivals_are_told_apart(people, rows):
    found = why.both_records(*people, "A1", "A2").collect()
    scored = rows(
        tables.SCORED_PAIRS,
        """
        left_id | right_id | match_weight | rule_number | matchkey_number
        A1      | C1       | 12           | 3           | 1
        A1      | C2       | 15           | 0           | -
        A2      | C1       | 9            | 0           | -
        A2      | C3       | 30           | 0           | -
        """,
    )
    pairs = why.pairs_of(scored, "A1", "C1").collect()

    assert [row.is_left for row in found] == [True]
    assert [(row.is_left, row.is_right, row.match_weight) for row in pairs] == [
        (True, False, 15), (True, True, 12), (False, True, 9),
    ]  # fmt: skip
    assert "left_id" not in pairs[0].asDict()
