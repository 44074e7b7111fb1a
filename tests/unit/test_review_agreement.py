"""Review agreement: Cohen's kappa, the error rate of one, and who needs a third look."""

import pytest

from attainment_linkage.core.review.agreement import (
    Settled,
    agreement,
    disagreements,
    error_rate,
    settled,
)
from attainment_linkage.core.review.quality import one_third_look


def looks(*counts):
    """Two looks from counts of (one says, other says, pairs)."""
    one, other = {}, {}
    for ours, theirs, count in counts:
        for _ in range(count):
            name = f"{len(one)}"
            one[name], other[name] = ours, theirs
    return one, other


def test_kappa_of_a_published_table():
    # Wikipedia's example after Cohen: 20 both yes, 15 both no, 5 and 10 apart: kappa 0.4
    one, other = looks(
        ("match", "match", 20), ("match", "not", 5), ("not", "match", 10), ("not", "not", 15)
    )
    found = agreement(one, other)

    assert (found.pairs, found.observed) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.kappa_lower < 0.4 < found.kappa_upper


def test_kappa_is_undefined_where_both_decide_all_pairs_one_way():
    found = agreement(*looks(("match", "match", 9)))

    assert (found.observed, found.kappa) == (1.0, None)


def test_pairs_only_one_decided_count_for_nothing():
    one, other = looks(("match", "match", 3), ("not", "not", 3))

    assert agreement(one | {"more": "not"}, other).pairs == 6
    assert agreement(one, {}).pairs == 0


def test_two_who_err_on_two_percent_contradict_each_other_on_nearly_four():
    found = error_rate(*looks(("match", "match", 9_608), ("match", "not", 392)))

    assert found.rate == pytest.approx(0.02, abs=1e-6)
    assert found.lower < 0.02 < found.upper
    assert error_rate({}, {"a": "match"}).pairs == 0


def test_unsure_is_no_contradiction_but_needs_a_third_look():
    one = {"a": "match", "b": "unsure", "c": "unsure", "d": "not"}
    other = {"a": "match", "b": "not", "c": "unsure", "d": "match"}

    assert disagreements(one, other) == ["b", "c", "d"]
    assert error_rate(one, other).pairs == 2


def test_a_pair_is_settled_by_both_by_the_only_one_or_by_a_third_look():
    one = {"both": "match", "apart": "match", "thirdly": "not", "unsure": "unsure", "open": "match"}
    other = {"both": "match", "apart": "not", "thirdly": "match", "open": "match"}
    third = {"thirdly": "match", "open": "unsure"}
    found = settled([one | {"alone": "not"}, other], third)

    assert found == {
        "both": Settled(True, "agreed"),
        "alone": Settled(False, "single"),
        "thirdly": Settled(True, "third"),
    }


def test_third_looks_that_differ_settle_nothing():
    assert one_third_look([{"a": "match", "b": "not"}, {"a": "not"}]) == {
        "a": "unsure",
        "b": "not",
    }
