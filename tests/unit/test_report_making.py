"""Report: no small count is shown, none can be worked out, and the rest adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.proportions import Share
from attainment_linkage.core.report import making, words
from attainment_linkage.core.report.small_counts import SMALLEST, alone, joined, parts

COUNTS = st.integers(0, 40)


@given(st.dictionaries(st.integers(), COUNTS, max_size=8))
def test_parts_of_a_known_sum_never_give_a_small_count_away(counts):
    shown = parts(counts)
    hidden = [count for name, count in counts.items() if shown[name] is None]
    others = [count for name, count in counts.items() if shown[name] is not None and count]

    assert list(shown) == list(counts)
    assert all(value in (None, counts[name]) for name, value in shown.items())
    assert all(count == 0 or count >= SMALLEST for count in others)
    # what is left out is nothing, or cannot be found from the sum: unless nothing else is there
    assert not hidden or not others or (len(hidden) > 1 and sum(hidden) >= SMALLEST)


def test_a_part_that_is_not_small_is_left_out_only_where_it_must_be():
    assert parts({"a": 500, "b": 4, "c": 20, "d": 0}) == {"a": 500, "b": None, "c": None, "d": 0}
    assert parts({"a": 500, "b": 20}) == {"a": 500, "b": 20}
    assert (alone(0), alone(9), alone(10)) == (0, None, 10)


@given(st.lists(COUNTS, max_size=12))
def test_joined_bars_show_no_small_count_and_lose_none_but_a_small_rest(counts):
    bars = joined([(2.0 * place, count) for place, count in enumerate(counts)])

    assert all(count == 0 or count >= SMALLEST for _, count in bars)
    lows = [low for low, _ in bars]
    assert lows == sorted(set(lows))
    if bars:
        assert sum(count for _, count in bars) == sum(counts)


def test_bars_take_in_the_next_ones_until_none_is_small():
    assert joined([(0, 12), (2, 3), (4, 9), (6, 50), (8, 1)]) == [(0, 12), (2, 12), (6, 51)]
    assert joined([(0, 3), (2, 4)]) == []


def test_weights_are_parted_by_what_became_of_the_pairs():
    rows = [
        {"bits": 6, "rule_number": 0, "fate": "review", "pairs": 30},
        {"bits": 8, "rule_number": 0, "fate": "linked", "pairs": 70},
        {"bits": 8, "rule_number": 1, "fate": "linked", "pairs": 7},
        {"bits": 12, "rule_number": 1, "fate": "linked", "pairs": 7},
        {"bits": 12, "rule_number": 1, "fate": "neither", "pairs": 2},
    ]
    bars = making.weight_bars(rows, 2)

    assert [(one.fate, one.low, one.high, one.pairs) for one in bars] == [
        ("linked", 8, 14, 84), ("review", 6, 8, 30),
    ]  # fmt: skip


def test_a_rate_is_left_out_where_few_are_linked_or_few_are_not():
    def row(category, pupils, linked):
        shares = [None] * 3 if linked is None else [linked / pupils, 0.1, 1.0]
        names = ("link_rate", "link_rate_lower", "link_rate_upper")
        head = {"characteristic": "sex", "category": category, "pupils": pupils}
        return head | {"linked": linked} | dict(zip(names, shares, strict=True))

    rows = [row("a", 500, 460), row("b", 60, 56), row("c", 50, 38), row("d", 80, 80)]
    found = {one.category: one.link_rate is not None for one in making.group_lines(rows)}
    assert found == {"a": True, "b": False, "c": False, "d": True}

    rows = [row("a", 500, 460), row("b", None, None), row("c", 50, 30)]
    found = {one.category: one.link_rate is not None for one in making.group_lines(rows)}
    assert found == {"a": True, "b": False, "c": False}


def test_a_rule_has_what_it_was_first_to_find():
    plan = [
        {"rule_number": n, "rule": f"rule {n}", "candidate_pairs": pairs}
        for n, pairs in ((1, 200), (0, 100), (2, 5))
    ]
    rows = [
        {"rule_number": 0, "fate": "linked", "pairs": 60},
        {"rule_number": 0, "fate": "neither", "pairs": 15},
        {"rule_number": 1, "fate": "linked", "pairs": 12},
        {"rule_number": None, "fate": "neither", "pairs": 3},
    ]
    zero, one, two = making.rule_lines(plan, rows)

    assert (zero.candidate_pairs, zero.kept_pairs, zero.links) == (100, 75, 60)
    assert (one.kept_pairs, one.links) == (12, 12)
    assert (two.candidate_pairs, two.kept_pairs, two.links) == (None, 0, 0)


def test_levels_have_the_bits_between_m_and_u_and_none_for_what_is_not_known():
    levels = [
        {"sql_condition": "x", "is_null_level": True, "label_for_charts": "not known"},
        {"sql_condition": "y", "label_for_charts": "equal", "m_probability": 0.8,
         "u_probability": 0.1},
        {"sql_condition": "ELSE", "label_for_charts": "different", "m_probability": 0.2},
    ]  # fmt: skip
    settings = {"comparisons": [{"output_column_name": "sex", "comparison_levels": levels}]}

    [line] = making.level_lines(settings)
    assert (line.comparison, line.level, line.bits) == ("sex", "equal", 3.0)


def test_columns_that_neither_side_has_are_left_out():
    lines = making.column_lines(
        {"records": 200, "sex": 199, "email": 0}, {"records": 1000, "sex": 0, "email": 0}
    )

    assert [(one.column, one.attainment, one.census) for one in lines] == [("sex", 0.995, 0.0)]


def test_the_share_under_a_weight_counts_what_lies_below_it():
    assert making.shares_under({0: 10, 2: 30, 4: 60}) == ((0, 0.0), (2, 0.1), (4, 0.4))
    assert making.shares_under({}) == ()


@pytest.mark.parametrize("text", ["0.021% 0.003 to 0.055", "12.345% 0.000 to 99.000"])
def test_a_share_is_read_back_from_its_note(text):
    share = making.share_of(text)

    assert share is not None
    assert share.percent == text
    assert making.share_of("12%") is None
    assert making.share_of(3) is None


def test_numbers_are_said_as_people_say_them():
    assert words.in_ten_thousand(Share(0.0002, 0.0, 0.0006)) == "2 (0 to 6)"
    assert words.count(None) == "1 to 9"
    assert words.hidden(None) == "not shown"
    assert words.seconds(3_700) == "1 h 1 min"
    assert words.gap("5.1% 3.2 to 7.0: fsm no over yes") == (
        "free school meals, no over yes: 5.1 points (3.2 to 7.0)"
    )
