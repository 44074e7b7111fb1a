"""Training: sessions become one model, whose levels always add up and never hold a zero."""

import pytest

from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.training import TrainingBudget, combined, comparisons_free_of


def comparison(column, *m):
    null = {"sql_condition": f"{column}_l is null or {column}_r is null", "is_null_level": True}
    levels = [{"sql_condition": f"{column}_l = {column}_r"}, {"sql_condition": "ELSE"}]
    for level, value in zip(levels, m, strict=False):
        level.update(m_probability=value, u_probability=0.5)
    return {"output_column_name": column, "comparison_levels": [null, *levels]}


def settings(*comparisons):
    return {"comparisons": list(comparisons)}


def m_of(trained, number):
    return [
        level["m_probability"] for level in trained["comparisons"][number]["comparison_levels"][1:]
    ]


def test_a_level_takes_the_median_of_the_sessions_that_could_see_it():
    sessions = [
        (settings(comparison("a", 0.9, 0.1)), (0,)),
        (settings(comparison("a", 0.7, 0.3)), (0,)),
        (settings(comparison("a", 0.1, 0.9)), ()),
    ]
    trained, untrained = combined(settings(comparison("a", 0.5, 0.5)), sessions)

    assert m_of(trained, 0) == pytest.approx([0.8, 0.2])
    assert untrained == ()


def test_a_level_nobody_saw_keeps_a_chance_and_levels_add_up_to_one():
    sessions = [(settings(comparison("a", 1.0, "level not observed in training dataset")), (0,))]
    trained, _ = combined(settings(comparison("a")), sessions)

    assert sum(m_of(trained, 0)) == pytest.approx(1)
    assert 0 < m_of(trained, 0)[1] < 1e-4


def test_a_comparison_that_no_session_could_train_is_named():
    _, untrained = combined(settings(comparison("a", 0.5, 0.5)), [])

    assert untrained == ("a",)


def test_a_rule_cannot_train_a_comparison_of_its_own_columns():
    model = LinkageModel((comparison("dob"), comparison("dob_year")), (), (), (), ())

    assert comparisons_free_of(Rule.parse("dob"), model) == (1,)
    assert comparisons_free_of(Rule.parse("name = dob_year"), model) == (0,)


def test_shares_stay_within_the_budget_and_never_pass_one():
    budget = TrainingBudget(random_records=100, session_pairs=50)

    assert budget.record_share(400) == 0.25
    assert (budget.block_share(10), budget.block_share(100), budget.block_share(0)) == (1, 0.5, 1)
