"""Proportions: the intervals of the papers they come from."""

import pytest

from attainment_linkage.core.proportions import Share, difference, wilson


def test_wilson_is_newcombe_s_worked_example():
    found = wilson(81, 263)  # Newcombe 1998, Stat. Med. 17:857-872, table I

    assert (round(found.lower, 4), round(found.upper, 4)) == (0.2553, 0.3662)
    assert found.value == 81 / 263


@pytest.mark.parametrize(("found", "limits"), [(0, (0.0, 0.1389)), (24, (0.8620, 1.0))])
def test_wilson_stays_within_nought_and_one_where_none_or_all_are_found(found, limits):
    share = wilson(found, 24 if found else 23.8125)

    assert (share.lower, share.upper) == pytest.approx(limits, abs=2e-4)


def test_difference_is_newcombe_s_worked_example():
    gap = difference(wilson(56, 70), wilson(48, 80))  # Newcombe 1998, method 10

    assert gap.value == pytest.approx(0.2)
    assert (round(gap.lower, 4), round(gap.upper, 4)) == (0.0524, 0.3339)


def test_a_wider_confidence_is_a_wider_interval():
    assert wilson(5, 10, 0.99).upper > wilson(5, 10, 0.95).upper
    assert isinstance(wilson(5, 10), Share)
