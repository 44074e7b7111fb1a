"""Kept share: what lies under the review weight, from how the weights above it are spread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attainment_linkage.core import blocking_loss
from attainment_linkage.core.kept_share import NEAR_BITS, Weights, kept_share
from attainment_linkage.core.rules import Rule

SIZES = (2, 2, 2)
STATES = np.indices(SIZES).reshape(3, -1).T
BITS = np.array([[-3.0, 8.0], [-4.0, 7.0], [-2.0, 6.0]])
"""What a pair's weight is by each family: where it disagrees, where it agrees."""
SPREAD = np.array([[3.0, 1.0], [4.0, 1.0], [1.0, 2.0]])
AGREE = np.array([0.8, 0.85, 0.9])


def drawn(count, seed):
    """True pairs: the states of the families, and the weights, each family's own added up."""
    rng = np.random.default_rng(seed)
    states = (rng.random((count, 3)) < AGREE).astype(int)
    own = [rng.normal(BITS[k, states[:, k]], SPREAD[k, states[:, k]]) for k in range(3)]
    return states, np.sum(own, axis=0)


def weights(place, bits, places, review=0.0):
    """The weights of the pairs that reach review, summed by place."""
    one = np.where(bits >= review, 1.0, 0.0)
    near = one * (bits < review + NEAR_BITS)
    found = Weights(one, one * bits, one * bits**2, near, review)
    return found.summed(place, places)


@pytest.mark.parametrize("seed", range(4))
def test_the_share_under_review_is_told_by_those_above_it(seed):
    states, bits = drawn(20_000, seed)
    place = np.ravel_multi_index(states.T, SIZES)
    share = kept_share(STATES, SIZES, weights(place, bits, 8))
    every = np.bincount(place, minlength=8)
    true = np.bincount(place, bits >= 0, minlength=8) / np.maximum(every, 1)

    for one, found in zip(true[every > 400], share[every > 400], strict=True):
        assert found == pytest.approx(one, abs=0.06)
    assert share[0] < 0.1  # all disagree: hardly any was kept
    assert share[7] > 0.99  # all agree


def test_a_combination_that_no_kept_pair_shows_has_the_share_of_its_parts():
    states, bits = drawn(20_000, 5)
    place = np.ravel_multi_index(states.T, SIZES)
    hidden = place == 1  # the first two disagree
    share = kept_share(STATES, SIZES, weights(place[~hidden], bits[~hidden], 8))

    assert share[1] == pytest.approx(np.mean(bits[hidden] >= 0), abs=0.15)


def test_where_fewer_lie_near_review_than_the_spread_has_fewer_are_taken_to_lie_under_it():
    states, bits = drawn(20_000, 6)
    place = np.ravel_multi_index(states.T, SIZES)
    found = weights(place, bits, 8)
    thinner = Weights(found.pairs, found.bits, found.squares, found.near / 4, 0.0)
    plain, thinned = (kept_share(STATES, SIZES, one)[:6] for one in (found, thinner))
    odds = (1 / thinned - 1) / (1 / plain - 1)

    assert np.all(odds < 0.3)
    assert odds == pytest.approx(np.full(6, odds[0]))  # the same for all, where any are under it


RULES = [Rule.parse(text) for text in ("forename & surname", "forename & sex", "surname & sex")]


@pytest.mark.parametrize("seed", range(3))
def test_pairs_not_formed_and_pairs_under_review_are_told_apart(seed):
    states, bits = drawn(30_000, seed + 20)
    names = [one.left for one in blocking_loss.equalities_of(RULES)]
    assert names == ["forename", "sex", "surname"]
    is_formed = states.sum(axis=1) >= 2
    bits = bits - 7.0  # so that a pair that disagrees in one field may fall under review
    is_kept = is_formed & (bits >= 0)
    held, place = np.unique(states[is_kept].astype(bool), axis=0, return_inverse=True)
    found = weights(place.ravel(), bits[is_kept], len(held))
    lost = blocking_loss.lost_pairs(RULES, held, found)
    under, unformed = int((is_formed & (bits < 0)).sum()), int((~is_formed).sum())
    none = np.zeros(len(held))
    blind = Weights(found.pairs, found.pairs * 40, found.pairs * 1600, none, 0.0)  # none under

    assert under > 1600
    assert lost.under_review == pytest.approx(under, rel=0.2)
    assert lost.pairs == pytest.approx(unformed, rel=0.1)
    assert blocking_loss.lost_pairs(RULES, held, blind).under_review == pytest.approx(0, abs=1)
    assert blocking_loss.lost_pairs(RULES, held, blind).pairs < 0.8 * unformed


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.floats(-5, 60), st.integers(1, 900)), max_size=12),
    st.floats(-5, 20),
)
def test_whatever_was_kept_shares_are_shares(rows, review):
    place = np.array([place for place, _, _ in rows], int)
    bits = np.array([max(bits, review) for _, bits, _ in rows])
    count = np.array([float(count) for _, _, count in rows])
    near = np.where(bits < review + NEAR_BITS, count, 0.0)
    found = Weights(count, count * bits, count * bits**2, near, review).summed(place, 6)
    share = kept_share(np.indices((2, 3)).reshape(2, -1).T, (2, 3), found)

    assert np.all((share >= 0) & (share <= 1))
