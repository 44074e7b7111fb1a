"""Training: sessions become one model, whose levels always add up and never hold a zero."""

import pytest

from attainment_linkage.core import levels
from attainment_linkage.core.comparisons import surname
from attainment_linkage.core.levels import YEARS_APART, Home, is_home, telling
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.training import Session, TrainingBudget, combined, comparisons_free_of


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


def session(matches, *trained):
    return Session(dict(enumerate(trained)), matches)


def test_a_level_takes_the_mean_of_the_sessions_by_their_matches():
    start = (comparison("a", 0.5, 0.5), comparison("b", 0.5, 0.5))
    sessions = [
        session(3e6, comparison("a", 0.9, 0.1)),
        session(1e6, comparison("a", 0.7, 0.3)),
    ]
    trained, untrained = combined(settings(*start), sessions, start)

    mean = 0.85  # pulled by 3% of the matches towards one half
    assert m_of(trained, 0) == pytest.approx([(mean + 0.03 * 0.5) / 1.03, 0.1602], abs=1e-4)
    assert m_of(trained, 1) == [0.5, 0.5]
    assert untrained == ("b",)


def test_few_matches_move_a_starting_chance_little_and_many_far():
    start = (comparison("a", 0.8, 0.2),)
    few, many = (
        combined(settings(*start), [session(matches, comparison("a", 0.4, 0.6))], start)[0]
        for matches in (20, 20_000)
    )

    assert m_of(few, 0) == pytest.approx([0.6, 0.4])
    assert m_of(many, 0)[0] == pytest.approx(0.4, abs=0.02)


def test_a_level_left_at_its_start_was_not_seen_and_keeps_a_small_chance():
    start = (comparison("a", 0.8, 0.2),)
    trained, _ = combined(settings(*start), [session(1e6, comparison("a", 0.99, 0.2))], start)

    assert m_of(trained, 0) == pytest.approx([1 - 0.2 * 0.03 / 1.03, 0.2 * 0.03 / 1.03])


def test_without_a_starting_chance_a_level_nobody_saw_is_never_nought():
    start = (comparison("a"),)
    found = [session(1e6, comparison("a", 1.0, "level not observed in training dataset"))]
    trained, _ = combined(settings(*start), found, start)

    assert sum(m_of(trained, 0)) == pytest.approx(1)
    assert 0 < m_of(trained, 0)[1] < 1e-4


def birth(equal, apart, other):
    """A comparison of birth dates with these chances."""
    return {
        "output_column_name": "birth",
        "comparison_levels": [
            levels.level("equal", "same", equal),
            levels.level(YEARS_APART, "apart", apart),
            levels.otherwise(other),
        ],
    }


def test_no_session_takes_a_generation_between_birth_dates_for_a_slip():
    start, found = birth(0.9, 0.0005, 0.0995), birth(0.92, 0.04, 0.04)
    trained, _ = combined({"comparisons": [start]}, [session(1e6, found)], [start])
    equal, apart, other = (one["m_probability"] for one in telling(trained["comparisons"][0]))

    assert apart == 0.0005
    assert equal + apart + other == pytest.approx(1)
    assert equal / other > 10  # the others as learnt, among themselves


def test_home_levels_add_up_apart_and_no_session_moves_them():
    home = Home("address", 12, "home_l = home_r", 0.6)
    start = (surname(True, home),)
    found = surname(True, home)
    for level in telling(found):
        level["m_probability"] = 0.9 if "equal" in level["label_for_charts"] else 0.01
    trained, _ = combined({"comparisons": [surname(True, home)]}, [session(1e6, found)], start)

    levels = telling(trained["comparisons"][0])
    at_home = [level for level in levels if is_home(level)]
    assert [level["m_probability"] for level in at_home] == pytest.approx([0.92, 0.06, 0.02])
    assert [level["u_probability"] for level in at_home] == pytest.approx([0.6, 0.02, 0.38])
    ordinary = [level["m_probability"] for level in levels if not is_home(level)]
    assert sum(ordinary) == pytest.approx(1)


@pytest.mark.parametrize(("matches", "is_sound"), [(19, False), (20, True), (15, False)])
def test_a_session_of_too_few_matches_or_more_than_there_can_be_is_not_sound(matches, is_sound):
    left, right = (10, 5) if matches == 15 else (100, 5)
    assert session(matches).is_sound(left, right) is is_sound
    assert not session(151).is_sound(100, 5)


def test_a_session_cannot_speak_of_what_its_rule_settles():
    made = [comparison(name) for name in ("sex", "where", "region", "birth")]
    model = LinkageModel(tuple(made), (), (), (), ())

    assert comparisons_free_of(Rule.parse("forename"), model) == (1, 2, 3)
    assert comparisons_free_of(Rule.parse("surname & postcode"), model) == (0, 3)


def test_a_rule_cannot_train_a_comparison_of_its_own_columns():
    model = LinkageModel((comparison("dob"), comparison("dob_year")), (), (), (), ())

    assert comparisons_free_of(Rule.parse("dob"), model) == (1,)
    assert comparisons_free_of(Rule.parse("name = dob_year"), model) == (0,)


def test_shares_stay_within_the_budget_and_never_pass_one():
    budget = TrainingBudget(random_records=100, session_pairs=50, session_records=80)

    assert budget.record_share(400) == 0.25
    assert [budget.block_share(pairs, 80) for pairs in (10, 100, 0)] == [1, 0.5, 1]
    assert [budget.block_share(100, records) for records in (0, 160, 320)] == [0.5, 0.5, 0.25]
