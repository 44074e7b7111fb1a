"""Kept share: of true pairs that agree in the same fields, how many weigh enough to be seen.

Weights add up over families of fields that disagree by unrelated slips, and so do their
variances. What each state of a family brings to both is fitted to the pairs that were kept;
what a normal distribution has under the review weight is added at each step, as those pairs
were cut off there. So a combination of states, even one that no kept pair shows, has a share
of its true pairs that reach review. Where weights are not normal it shows just above review: if
fewer pairs lie there than the spread would have, as many fewer are taken to lie under it.

Source: expectation maximisation for truncated data, Dempster, Laird & Rubin 1977, JRSS B
39:1-38, sec. 4.2, for a normal regression whose variances are sums of their groups'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_SHARE = 0.5
"""Share under which the kept pairs of a combination say too little of how many it has."""
FIRST_BITS = 5.0
"""How far weights of one combination are taken to be spread, to begin with."""
LEAST_BITS = 1.0
"""How little they may be spread: frequencies of values alone do as much."""
PULL_PAIRS = 20.0
"""Weight, in pairs, of every family having an equal part of the variance."""
NEAR_BITS = 8.0
"""How far above review pairs are near it."""
STEPS, SETTLED = 40, 1e-5


@dataclass(frozen=True)
class Weights:
    """Of kept pairs that agree alike: how many, the sum of their weights, and of the squares.

    Weights are in bits; under ``review_bits`` no pair was kept; ``near``: how many of the pairs
    are within ``NEAR_BITS`` above it.
    """

    pairs: Floats
    bits: Floats
    squares: Floats
    near: Floats
    review_bits: float

    def of(self, chosen: npt.NDArray[np.bool_]) -> Weights:
        """Those chosen."""
        pairs, bits, squares, near = (one[chosen] for one in self._sums)
        return Weights(pairs, bits, squares, near, self.review_bits)

    def summed(self, place: Ints, places: int) -> Weights:
        """The sums of all that lie at each place."""
        pairs, bits, squares, near = (
            np.bincount(place, one, minlength=places).astype(np.float64) for one in self._sums
        )
        return Weights(pairs, bits, squares, near, self.review_bits)

    @property
    def _sums(self) -> tuple[Floats, Floats, Floats, Floats]:
        return self.pairs, self.bits, self.squares, self.near


def kept_share(states: Ints, sizes: Sequence[int], kept: Weights) -> Floats:
    """The share of the true pairs of each combination of states that reach review.

    ``states``: combinations x families; ``sizes``: how many states each family has;
    ``kept``: of each combination. Those whose share is under ``LEAST_SHARE`` take no part in
    the fit: their few kept pairs are the strongest of unknown many.
    """
    groups = np.concatenate([np.eye(n)[states[:, k]] for k, n in enumerate(sizes)], axis=1)
    shown = kept.pairs > 0
    if not shown.any():
        return np.ones(len(states))
    own, pairs, bits, squares = (
        one[shown] for one in (groups, kept.pairs, kept.bits, kept.squares)
    )
    spread, share = np.full(len(own), FIRST_BITS), np.ones(len(own))
    unseen = under = variance = np.zeros(len(own))
    for _ in range(STEPS):
        every = pairs + unseen
        counted = np.where(share >= LEAST_SHARE, every, 0.0)
        if not counted.any():
            break
        effects = _effects(own, counted / spread**2, (bits + unseen * under) / every)
        mean = own @ effects
        apart = squares - 2 * mean * bits + mean**2 * pairs
        apart = apart + unseen * ((under - mean) ** 2 + variance)
        parts = _parts(own, counted, np.maximum(apart / every, 0.0), len(sizes))
        spread = np.sqrt(np.maximum(own @ parts, LEAST_BITS**2))
        before = share
        share, under, variance = _cut_off(mean, spread, kept.review_bits)
        if np.abs(share - before).max() < SETTLED:
            break
        unseen = pairs * (1 / np.maximum(share, LEAST_SHARE) - 1)
    spreads = np.sqrt(np.maximum(groups @ parts, LEAST_BITS**2))
    above = (groups @ effects - kept.review_bits) / spreads
    return _as_seen_near(
        scipy.special.ndtr(above), scipy.special.ndtr(above - NEAR_BITS / spreads), kept
    )


def _as_seen_near(share: Floats, beyond: Floats, kept: Weights) -> Floats:
    """The shares, with as many fewer under review as there are fewer near it than expected.

    ``beyond``: the share of each combination that lies above what is near.
    """
    told = (kept.pairs > 0) & (share >= LEAST_SHARE)
    expected = float((kept.pairs * (share - beyond) / np.maximum(share, LEAST_SHARE))[told].sum())
    fewer = min(float(kept.near[told].sum()) / expected, 1.0) if expected > 0 else 1.0
    return np.asarray(share / (share + fewer * (1 - share)))


def _effects(groups: Floats, weight: Floats, mean: Floats) -> Floats:
    """What each state brings to the mean, by weighted least squares."""
    product = groups.T @ (groups * weight[:, None])
    ridge = 1e-6 * np.trace(product) * np.eye(len(product))
    return np.asarray(np.linalg.solve(product + ridge, groups.T @ (weight * mean)))


def _parts(groups: Floats, pairs: Floats, variance: Floats, families: int) -> Floats:
    """What each state brings to the variance: nothing negative; pulled to equal parts."""
    root = np.sqrt(pairs)
    equal = float(pairs @ variance) / float(pairs.sum()) / families
    pull = sqrt(PULL_PAIRS) * np.eye(groups.shape[1])
    rows = np.concatenate([groups * root[:, None], pull])
    return np.asarray(
        scipy.optimize.nnls(
            rows, np.concatenate([variance * root, pull @ np.full(len(pull), equal)])
        )[0]
    )


def _cut_off(mean: Floats, spread: Floats, review_bits: float) -> tuple[Floats, Floats, Floats]:
    """Of normal weights: the share over review; mean and variance of those under it."""
    edge = (review_bits - mean) / spread
    beyond = np.maximum(scipy.special.ndtr(edge), 1e-300)
    hazard = np.exp(-(edge**2) / 2) / sqrt(2 * pi) / beyond
    narrowed = np.maximum(1 - edge * hazard - hazard**2, 0.0)
    return scipy.special.ndtr(-edge), mean - spread * hazard, spread**2 * narrowed
