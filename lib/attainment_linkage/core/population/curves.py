"""Curves: how often the first, the tenth and the thousandth name is borne.

Published lists give a few points: the share of the top 1, 10, 100 and 1,000 names and the
length of the list, and the chance that two people bear the same name. Between two points
the share of a name falls as a power of its rank, bent a little so that the chance is met.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.population.draws import Floats


@dataclass(frozen=True)
class NameCurve:
    """Published points of a list of names: cumulative share of bearers by rank."""

    length: int
    points: tuple[tuple[int, float], ...]
    equal_pairs: float


_LEADING_SURNAMES = (0.01302, 0.01032, 0.00817, 0.00734, 0.00679, 0.00566, 0.00414)
SURNAMES = NameCurve(
    8432,
    (
        *((rank + 1, sum(_LEADING_SURNAMES[: rank + 1])) for rank in range(7)),
        (10, 0.067),
        (100, 0.25),
        (1000, 0.59),
    ),
    0.00116,
)
BOYS = NameCurve(3714, ((1, 0.034), (10, 0.25), (100, 0.76)), 0.0113)
GIRLS = NameCurve(4957, ((1, 0.024), (10, 0.21), (100, 0.64)), 0.0076)


def shares_by_rank(curve: NameCurve) -> Floats:
    """The share of each rank, first to last; they sum to 1 and never rise."""
    fits = [_bent(curve, bend) for bend in np.linspace(-1.0, 1.0, 17)]
    misses = [abs(float((fit**2).sum()) - curve.equal_pairs) for fit in fits]
    return fits[int(np.argmin(misses))]


def _bent(curve: NameCurve, bend: float) -> Floats:
    """The curve for one bend of its first 100 ranks: 0 a power of rank, 1 exponential."""
    shares = np.empty(curve.length)
    begin, reached, before = 0, 0.0, np.inf
    for end, share in (*curve.points, (curve.length, 1.0)):
        is_head = end <= 100
        shares[begin:end] = _falling(begin, end, share - reached, before, bend * is_head)
        begin, reached, before = end, share, shares[end - 1]
    return shares


def _falling(begin: int, end: int, total: float, ceiling: float, bend: float) -> Floats:
    """Shares of ranks begin+1..end summing to ``total``, starting just under ``ceiling``."""
    ranks = np.arange(begin + 1, end + 1, dtype=np.float64)
    scale = ranks / ranks[0]
    depth = np.log(scale) if abs(bend) < 1e-9 else (scale**bend - 1.0) / bend
    gentle, steep = 0.0, 8.0
    for _ in range(30):
        slope = (gentle + steep) / 2
        weights = np.exp(-slope * depth)
        weights *= total / weights.sum()
        joins = begin == 0 or weights[0] < ceiling * (1 - 1e-4)
        gentle, steep = (slope, steep) if joins else (gentle, slope)
    return np.asarray(np.exp(-gentle * depth) * (total / np.exp(-gentle * depth).sum()))
