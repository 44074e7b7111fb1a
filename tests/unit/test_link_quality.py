"""Link quality: what is shown, what is hidden, and which gap is named."""

import pytest

from attainment_linkage.core.link_quality import (
    GroupCount,
    group_counts,
    judge_of,
    largest_gap,
    qualities,
)
from attainment_linkage.core.proportions import wilson

PATTERNS = {
    "sex": ["F", "M", "F"],
    "region": ["N", "N", "S"],
    "pupils": [100, 50, 30],
    "linked": [90, 40, 30],
    "right": [89, 40, 28],
    "linkable": [95, 45, 30],
    "judged": [100, 50, 30],
} | {
    f"{part}_{kind}": [0, 0, 0]
    for part in ("reviewed", "squares", "decided")
    for kind in ("right", "wrong", "missed")
}


def shown(*sizes, smallest=10):
    """Which groups of one characteristic of these sizes are shown."""
    counts = [GroupCount("c", str(place), size, size) for place, size in enumerate(sizes)]
    found = qualities(counts, smallest)
    assert all((group.link_rate is None) == group.is_suppressed for group in found)
    assert all((group.row[2] is None) == group.is_suppressed for group in found)
    return [not group.is_suppressed for group in found]


def test_groups_follow_from_patterns_all_first():
    found = group_counts(PATTERNS, ["sex", "region"], "planted truth")

    assert found == [
        GroupCount("all", "all", 180, 160, 157, 170),
        GroupCount("sex", "F", 130, 120, 117, 125),
        GroupCount("sex", "M", 50, 40, 40, 45),
        GroupCount("region", "N", 150, 130, 129, 140),
        GroupCount("region", "S", 30, 30, 28, 30),
    ]


def test_unjudged_links_have_a_link_rate_and_no_precision():
    [group, *_] = qualities(group_counts(PATTERNS, [], "nobody"), 10)

    assert group.link_rate.value == 160 / 180
    assert (group.precision, group.recall) == (None, None)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((10, 10), [True, True]),
        ((9, 10, 500), [False, False, True]),  # the total would give the one away
        ((500, 2, 7, 1000), [False, False, False, True]),  # or the two together
        ((6, 7, 12, 500), [False, False, True, True]),
        ((9,), [False]),
    ],
)
def test_a_small_group_is_hidden_with_enough_others(sizes, expected):
    assert shown(*sizes) == expected


@pytest.mark.parametrize(
    ("linked", "expected"),
    [
        ((80, 60, 50), [True, True, True]),
        ((80, 95, 50), [False, False, True]),  # five unlinked: pupils less linked would tell
        ((80, 5, 50), [False, False, True]),
        ((95, 93, 50, 80), [False, False, True, True]),  # twelve unlinked together
        ((95, 100, 50), [False, True, False]),  # with the next: all and none would give five away
        ((100, 100, 100), [True, True, True]),
    ],
)
def test_a_group_of_which_few_are_linked_or_unlinked_is_hidden(linked, expected):
    counts = [GroupCount("c", str(place), 100, count) for place, count in enumerate(linked)]

    assert [not group.is_suppressed for group in qualities(counts, 10)] == expected


def test_a_rate_on_a_few_is_not_shown_though_the_group_is():
    [group] = qualities([GroupCount("c", "x", 50, 20, 9, 8)], 10)

    assert group.link_rate.value == 20 / 50
    assert (group.precision.value, group.recall) == (9 / 20, None)


def test_the_largest_gap_is_the_one_that_chance_explains_least():
    counts = [
        GroupCount("all", "all", 5000, 100),
        GroupCount("tiny", "x", 10, 10),
        GroupCount("tiny", "y", 10, 5),
        GroupCount("large", "x", 2000, 1800),
        GroupCount("large", "y", 2000, 1200),
    ]
    gap = largest_gap(qualities(counts, 10), "link_rate")

    assert (gap.characteristic, gap.high, gap.low) == ("large", "x", "y")
    assert gap.said == "30.0% 27.5 to 32.5: large x over y"


def test_no_gap_without_two_groups():
    assert largest_gap(qualities([GroupCount("c", "x", 50, 40)], 10), "link_rate") is None


# of F in N: 20 links decided, each standing for 4, 18 of them right; 5 matches missed, for 2 each
REVIEWED = PATTERNS | {
    "judged": [0, 0, 0],
    "reviewed_right": [72.0, 40.0, 0.0],
    "squares_right": [288.0, 160.0, 0.0],
    "decided_right": [18, 10, 0],
    "reviewed_wrong": [8.0, 0.0, 4.0],
    "squares_wrong": [32.0, 0.0, 16.0],
    "decided_wrong": [2, 0, 1],
    "reviewed_missed": [10.0, 0.0, 0.0],
    "squares_missed": [20.0, 0.0, 0.0],
    "decided_missed": [5, 0, 0],
}


def test_decided_pairs_give_each_group_precision_and_recall_by_what_they_stand_for():
    groups = qualities(group_counts(REVIEWED, ["sex", "region"], judge_of(REVIEWED)), 10)
    found = {(one.count.characteristic, one.count.category): one for one in groups}

    everybody = found["all", "all"]
    assert everybody.precision.value == pytest.approx(112 / 124)
    assert everybody.recall.value == pytest.approx(112 / 122)
    # 31 decisions of one weight are worth 31; of the recall's unequal ones, fewer than there are
    assert everybody.precision.lower == pytest.approx(wilson(28, 31).lower)
    assert everybody.recall.lower == pytest.approx(
        wilson(112 / 122 * (worth := 122**2 / 468), worth).lower
    )
    assert worth < 33
    assert found["sex", "M"].precision.value == 1.0
    assert found["sex", "F"].recall.value == pytest.approx(72 / 82)
    # one decision in S: no rate on so few, though the group itself is large enough
    assert (found["region", "S"].precision, found["region", "S"].recall) == (None, None)
    assert found["region", "S"].link_rate.value == 1.0


@pytest.mark.parametrize(
    ("changed", "judge"),
    [
        ({}, "planted truth"),
        ({"judged": [100, 50, 29]}, "nobody"),  # the truth of another delivery
        ({"judged": [0, 0, 0], "decided_missed": [0, 0, 1]}, "reviewers"),
        ({"decided_missed": [0, 0, 1]}, "planted truth"),
    ],
)
def test_the_surest_judge_judges(changed, judge):
    assert judge_of(PATTERNS | changed) == judge
