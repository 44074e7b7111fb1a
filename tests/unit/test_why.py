"""Why: a weight in steps that add up to it, rules told without a value, a verdict that fits."""

import math

import pytest

from attainment_linkage.core import why
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.why import Standing, has_yielded

SETTINGS = {
    "probability_two_random_records_match": 1 / 1025,
    "comparisons": [
        {
            "output_column_name": "surname",
            "comparison_levels": [
                {"sql_condition": "a", "is_null_level": True, "label_for_charts": "not known"},
                {"sql_condition": "b", "label_for_charts": "equal"},
                {"sql_condition": "c", "label_for_charts": "alike"},
                {"sql_condition": "ELSE", "label_for_charts": "different"},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("gamma", "level"), [(2, "equal"), (1, "alike"), (0, "different"), (-1, "not known")]
)
def test_the_level_that_held_is_named(gamma, level):
    found = why.waterfall(SETTINGS, {"gamma_surname": gamma, "mw_surname": 0.0}, 0.0)

    assert found.steps[0].level == level


def test_steps_add_up_to_the_weight_frequencies_and_shift_included():
    weights = {"gamma_surname": 2, "mw_surname": 7.0, "mw_tf_adj_surname": 2.5}
    found = why.waterfall(SETTINGS, weights, 0.25)

    assert found.start_bits == pytest.approx(-10 + 0.25)
    assert (found.steps[0].bits, found.steps[0].frequency_bits) == (9.5, 2.5)
    assert found.total_bits == pytest.approx(-0.25)
    assert "frequency +2.5" in found.lines()[1]
    assert len(found.lines()) == 3


LEFT = {"surname": "LEE", "postcodes": ["A1", "B2"], "birth_date": None, "sex": "F"}
RIGHT = {"surname": "LEA", "postcodes": ["B2"], "birth_date": "1990-01-01", "sex": "F"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sex & postcodes[]", "holds"),
        ("sex & surname", "surname differs"),
        ("birth_date & surname", "surname differs; birth_date not known"),
        ("phone & sex", "phone not known"),
        ("surname = sex", "surname = sex differs"),
    ],
)
def test_a_rule_is_told_by_what_differs_or_is_not_known_and_never_by_a_value(text, said):
    [state] = why.rule_states([Rule.parse(text)], LEFT, RIGHT)

    assert state.said == said
    assert state.holds == (said == "holds")
    assert not any(value in state.said for value in ("LEE", "LEA", "A1", "B2", "1990"))


def test_the_rule_that_lacks_least_comes_first():
    rules = [Rule.parse(text) for text in ("birth_date & surname", "surname & sex")]
    states = why.rule_states(rules, LEFT, RIGHT)

    assert [one.text for one in why.nearest_first(states)] == ["surname & sex", rules[0].text]


@pytest.mark.parametrize(
    ("standing", "total", "said"),
    [
        (Standing("linked", 20.0, 12.0, 8.0, None), 20, "linked: it reaches 8 bits, and it led by"),
        (Standing("linked", 20.0, None, None, None), 20, "no rival stood against it"),
        (Standing("contested", 20.0, 1.0, 19.0, None), 20, "attainment record has another pair of"),
        (Standing("conflict", 20.0, None, None, 21.0), 20, "two matchkeys contradict each other"),
        (Standing("weak", 5.0, None, None, None), 5, "left to a reviewer: it does not reach 8"),
        (Standing("", 5.0, None, None, 30.0), 5, "not linked: it does not reach 8 bits; the Cen"),
        (Standing("", None, None, None, None), 20, "no rule brought the two records together"),
        (Standing("", 20.0, None, None, 25.0), 20, "a better assignment was found"),
        (Standing("yielded", 20.0, None, 20.0, None), 20, "another Census line, which may be the"),
    ],
)
def test_the_verdict_says_what_became_of_the_pair_and_why(standing, total, said):
    assert said in why.verdict(standing, total, 8.0, 3.0)


@pytest.mark.parametrize(
    ("bits", "said"), [(1, "2.0 to 1 for"), (10, "1,000 to 1 for"), (-3.5, "11 to 1 against")]
)
def test_a_weight_is_told_as_odds(bits, said):
    assert said in why.odds(bits)
    assert math.isfinite(len(why.odds(1e9)))


@pytest.mark.parametrize(
    ("links", "rival", "found"),
    [
        ([(True, 22.9)], None, True),  # the pupil's link leads by less than the margin
        ([(True, 22.9)], 4.9, True),  # nobody else's pair with the line is strong
        ([(True, 22.9)], 5.0, False),
        ([(True, 23.0)], None, False),  # by the margin: it lost
        ([(True, 22.9), (False, 25.0)], 25.0, False),  # its line is another pupil's
        ([(False, 20.0)], 20.0, False),
        ([], None, False),
    ],
)
def test_a_pair_that_neither_lost_nor_is_contested_has_yielded(links, rival, found):
    assert has_yielded(20.0, links, rival, accept_bits=8.0, margin_bits=3.0) is found
