"""Reach: no pair that Splink would bring to review is left out, whatever model and table.

The oracle is the engine itself without a threshold, which leaves out nothing.
"""

from dataclasses import replace

import pyarrow as pa
import pytest
import splink.comparison_library as cl
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from attainment_linkage.core.blocking_plan import KeyGroup
from attainment_linkage.core.layout import Task
from attainment_linkage.core.reach import assured, reach
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps.kernel import Kernel, score_task

RULES = tuple(map(Rule.parse, ("name", "date", "sex & date", "place[]")))
WHOLE = Task(0, KeyGroup((), tuple(range(len(RULES))), ()), (0,))
FIELDS = ("name", "date", "sex")
ODD = {
    "output_column_name": "odd",
    "comparison_levels": [
        {"sql_condition": "sex_l IS NULL AND name_r IS NULL", "is_null_level": True},
        {"sql_condition": "len(list_intersect(place_l, place_r)) > 1"},
        {"sql_condition": "ELSE"},
    ],
}


def comparisons():
    name = cl.JaroWinklerAtThresholds("name", [0.9, 0.7]).configure(term_frequency_adjustments=True)
    date, sex = cl.DamerauLevenshteinAtThresholds("date", [1]), cl.ExactMatch("sex")
    return [*(one.get_comparison("duckdb").as_dict() for one in (name, date, sex)), ODD]


def with_chances(one, chances):
    told = [
        level if level.get("is_null_level") else level | dict(zip(MU, next(chances), strict=True))
        for level in one["comparison_levels"]
    ]
    return {**one, "comparison_levels": told}


MU = ("m_probability", "u_probability")
chance = st.floats(0.001, 0.999)
models = st.lists(st.tuples(chance, chance), min_size=11, max_size=11).map(
    lambda found: [with_chances(one, chances) for chances in [iter(found)] for one in comparisons()]
)
names = st.sampled_from(["ANN", "ANNE", "ANNA", "BOB", "ÉVA", "EVA", "", None])
dates = st.sampled_from(["1995-02-03", "1995-03-02", "1996-02-03", "1995-02-30", "95", "", None])
places = st.lists(st.sampled_from(["p", "q", "r"]), max_size=2, unique=True)
sides = st.lists(st.tuples(names, dates, st.sampled_from(["F", "M", None]), places), max_size=8)


def records_of(left, right):
    every = [(True, *row) for row in left] + [(False, *row) for row in right]
    known = [row[1] for row in every if row[1] is not None]
    rows = [
        {
            "is_left": row[0],
            "record_id": str(number),
            **dict(zip(FIELDS, row[1:4], strict=True)),
            "place": row[4],
            "tf_name": known.count(row[1]) / len(known) if row[1] is not None else None,
        }
        for number, row in enumerate(every)
    ]
    strings = [(name, pa.string()) for name in ("record_id", *FIELDS)]
    rest = [("place", pa.list_(pa.string())), ("tf_name", pa.float64())]
    return pa.Table.from_pylist(rows, pa.schema([("is_left", pa.bool_()), *strings, *rest]))


def kernel_of(model):
    told = {
        "link_type": "link_only",
        "unique_id_column_name": "record_id",
        "probability_two_random_records_match": 0.05,
        "comparisons": model,
        "blocking_rules_to_generate_predictions": [],
    }
    return Kernel(told, RULES, (), ("name",), -1e4, 128)


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(models, sides, sides, st.floats(-12, 12))
def test_whoever_reaches_review_is_formed_and_nobody_else_is_kept(model, left, right, review):
    records, kernel = records_of(left, right), kernel_of(model)
    assert any(reach(kernel.settings, rule) for rule in RULES)

    everything = score_task(records, kernel, WHOLE, "").to_pylist()
    found = score_task(records, replace(kernel, review_bits=review), WHOLE, "").to_pylist()

    expected = [pair for pair in everything if round(pair["match_weight"], 6) >= review]
    by_pair = lambda pair: (pair["left_id"], pair["right_id"])  # noqa: E731
    assert sorted(found, key=by_pair) == sorted(expected, key=by_pair)


@pytest.mark.parametrize("date", ["1996-02-03", "1995-03-02", "1995-02-30", "1995-02-0", "95", ""])
def test_a_date_within_an_edit_is_worth_what_its_level_says(date):
    """One edit is worth 7 bits here, any other difference costs 7: none is lost at review."""
    worth = [(0.5, 0.5)] * 9
    worth[5], worth[6] = (0.992, 0.0078), (0.0078, 0.992)
    chances = iter(worth)
    kernel = kernel_of([with_chances(one, chances) for one in comparisons()[:3]])
    sides = [("ANN", "1995-02-03", "F", [])], [("ANN", date, "F", [])]

    every = score_task(records_of(*sides), kernel, WHOLE, "").to_pylist()
    review = every[0]["match_weight"]

    at_review = replace(kernel, review_bits=round(review, 6) - 1e-6)
    assert score_task(records_of(*sides), at_review, WHOLE, "").num_rows == 1
    over_it = replace(kernel, review_bits=review + 0.1)
    assert score_task(records_of(*sides), over_it, WHOLE, "").num_rows == 0


FULL, PART = Rule.parse("name & date & sex"), Rule.parse("name & sex")
LIKELY = [with_chances(one, iter([(0.9, 0.1)] * 9)) for one in comparisons()[:3]] + [ODD]
ALIKE = [
    [("ANN", "1995-02-03", "F", []), ("BOB", "1995-03-02", "M", [])],
    [("ANN", "1995-02-03", "F", []), *[("BOB", "1995-03-02", "M", [])] * 6],
]
"""Pairs of a rare name, over review at 3 bits, and of a common one, below it."""
BY_KEY = Task(0, KeyGroup((), tuple(range(len(RULES))), (0, 1)), (0,))


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(models, sides, sides, st.floats(-12, 12), st.booleans())
@example(LIKELY, *ALIKE, 3.0, True)
@example(LIKELY, *ALIKE, -12.0, False)
def test_every_pair_of_a_matchkey_comes_once(model, left, right, review, is_covered):
    rules = RULES if is_covered else RULES[3:]
    kernel = replace(kernel_of(model[:3]), matchkeys=(FULL, PART), rules=rules)
    assert assured(kernel.settings, FULL)
    assert assured(kernel.settings, PART) is None
    task = replace(BY_KEY, group=replace(BY_KEY.group, rule_numbers=tuple(range(len(rules)))))
    records = records_of(left, right)

    everything = score_task(records, kernel, task, "").to_pylist()
    found = score_task(records, replace(kernel, review_bits=review), task, "").to_pylist()

    expected = [
        pair
        for pair in everything
        if pair["matchkey_number"] is not None
        or (pair["rule_number"] is not None and round(pair["match_weight"], 6) >= review)
    ]
    by_pair = lambda pair: (pair["left_id"], pair["right_id"])  # noqa: E731
    assert sorted(found, key=by_pair) == sorted(expected, key=by_pair)
    naive = [
        (str(one), str(len(left) + other))
        for one, (name, date, sex, _) in enumerate(left)
        for other, row in enumerate(right)
        if name is not None and sex is not None and (name, sex) == (row[0], row[2])
    ]
    by_key = [by_pair(pair) for pair in found if pair["matchkey_number"] is not None]
    assert sorted(by_key) == sorted(naive)


def test_what_a_rule_holds_equal_is_settled_by_one_record():
    told = kernel_of([with_chances(one, iter([(0.5, 0.25)] * 9)) for one in comparisons()[:3]])

    found = reach(told.settings, Rule.parse("name & sex"))

    assert "tf_name" in found.settled
    assert "name" not in found.left_open
    assert found.left_open.count("CASE") == 2  # the date, and whether it is within an edit


@pytest.mark.parametrize("rule", ["name", "date & name & sex"])
def test_nothing_bounds_a_model_that_leaves_no_plain_comparison_open(rule):
    told = kernel_of([with_chances(one, iter([(0.5, 0.25)] * 9)) for one in comparisons()])
    only = {**told.settings, "comparisons": [told.settings["comparisons"][0]]}

    assert reach(only, Rule.parse(rule)) is None


def test_a_level_without_chances_bounds_nothing():
    told = kernel_of(comparisons())

    assert reach(told.settings, RULES[0]) is None
