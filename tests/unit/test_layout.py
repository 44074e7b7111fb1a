"""Layout: slices are dealt out whole and once; a hot one in parts; nothing over what a task may."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.blocking_plan import RuleCount
from attainment_linkage.core.layout import (
    KeyCount,
    Slice,
    TaskSize,
    counted_keys,
    group_key,
    layout,
    slices_of,
    tasks,
    totals,
)
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import BucketTooLargeError, RuleError

SIZE = TaskSize(pairs=100, records=50, parallel=2)
RULES = tuple(map(Rule.parse, ("dob & surname", "dob & forename", "postcode")))
KEYS = (Rule.parse("postcode & sex"),)


def slice_of(number, pairs, left=5, right=5, group=0):
    counts = {n: RuleCount(n, left, right, count, count) for n, count in enumerate(pairs)}
    return Slice(group, number, left, right, counts)


def test_few_records_are_not_cut_and_their_rules_are_shared_out_by_pairs():
    cut = layout(RULES, KEYS, 50, SIZE)
    one = slice_of(0, [60, 10, 40])

    assert cut.is_whole
    assert [key.group_number for key in counted_keys(cut, RULES, KEYS)] == [0, 0, 0]
    made = [
        (t.group.rule_numbers, t.group.matchkey_numbers, t.parts) for t in tasks(cut, [one], SIZE)
    ]
    assert made == [((0,), (0,), 1), ((1, 2), (), 1)]


def test_more_records_are_cut_by_the_keys_of_the_groups_finely_enough_to_deal_out():
    cut = layout(RULES, KEYS, 51, SIZE)

    assert [group.label for group in cut.groups] == ["dob", "postcode"]
    assert cut.slices == 16
    assert layout(RULES, KEYS, 10**9, SIZE).slices == 512


def test_rules_are_counted_in_their_groups_and_matchkeys_where_no_rule_covers_them():
    keys = tuple(map(Rule.parse, ("dob & surname & sex", "dob & sex", "postcode & sex")))
    cut = layout(RULES, keys, 51, SIZE)

    assert [group.label for group in cut.groups] == ["dob", "postcode"]
    made = counted_keys(cut, RULES, keys, (Rule.parse("sex"), RULES[2]))
    assert [(key.rule.text, key.group_number, key.deals) for key in made] == [
        ("dob & surname", 0, True),
        ("dob & forename", 0, True),
        ("postcode", 1, True),
        ("sex", None, False),
        ("dob & sex", 0, True),
    ]


def test_a_rule_without_an_equality_is_refused():
    with pytest.raises(RuleError, match="a rule has no equality"):
        layout((replace(RULES[0], equalities=()),), (), 50, SIZE)


def test_a_hot_slice_is_cut_on_its_larger_side_and_the_others_lie_together():
    cut = layout(RULES[:2], (), 51, SIZE)
    hot = slice_of(3, [150, 60], left=9, right=40)
    made = tasks(cut, [slice_of(0, [9, 1]), slice_of(1, [20]), hot], SIZE)

    assert [(t.slices, t.part, t.parts, t.cuts_left) for t in made if t.parts > 1] == [
        ((3,), part, 3, False) for part in range(3)
    ]
    assert [t.slices for t in made if t.parts == 1] == [(0, 1)]


def test_a_slice_that_no_part_of_one_side_makes_small_enough_is_refused():
    cut = layout(RULES[:2], (), 51, SIZE)

    with pytest.raises(BucketTooLargeError, match="holds 201 records on its smaller side and 101"):
        tasks(cut, [slice_of(0, [101], left=201, right=300)], SIZE)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), min_size=1, max_size=40),
    st.integers(1, 4),
)
def test_every_slice_is_scored_whole_and_once_and_shares_are_even(drawn, parallel):
    size = replace(SIZE, parallel=parallel)
    cut = layout(RULES[:2], (), 51, size)
    slices = [slice_of(n, [pairs], left=records) for n, (pairs, records) in enumerate(drawn)]
    made = tasks(cut, slices, size)

    held = sorted((number, task.part) for task in made for number in task.slices)
    parts = {number: task.parts for task in made for number in task.slices}
    assert held == sorted((n, part) for n in parts for part in range(parts[n]))
    assert set(parts) == set(range(len(slices)))
    pairs = [sum(slices[n].pairs([0]) for n in t.slices) / t.parts for t in made]
    assert max(pairs) <= 3 * size.pairs


def test_counts_add_up_over_slices_and_the_largest_block_is_the_largest():
    cut = layout(RULES, (), 51, SIZE)
    keys = counted_keys(cut, RULES, (), (Rule.parse("sex"),))
    counts = [
        KeyCount(0, 4, 10, 20, 60, 9, met_left=3, met_right=8),
        KeyCount(0, 5, 1, 2, 5, 5, met_left=1, met_right=2),
        KeyCount(1, 4, 10, 20, 7, 7, met_left=4, met_right=1),
        KeyCount(1, 6, 3, 0, 0, 0, met_left=0, met_right=0),
        KeyCount(3, 4, 9, 9, 81, 81, met_left=9, met_right=9),
        KeyCount(group_key(0), 4, 6, 8, 0, 0, 0, 0),
        KeyCount(group_key(0), 5, 9, 9, 0, 0, 0, 0),
        KeyCount(group_key(0), 6, 3, 0, 0, 0, 0, 0),
    ]

    assert totals(counts)[0] == RuleCount(0, 11, 22, 65, 9)
    assert set(totals(counts)) == {0, 1, 3}
    made = slices_of(cut, keys, counts)
    # of those that meet by any key, no more than there are; nobody meets in slice 6
    assert [(s.number, s.left_records, s.right_records) for s in made] == [(4, 6, 8), (5, 1, 2)]
    assert made[0].counts == {
        0: RuleCount(0, 10, 20, 60, 9),
        1: RuleCount(1, 10, 20, 7, 7),
    }
