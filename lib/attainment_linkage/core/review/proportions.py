"""Proportions: intervals of a share that was counted in a sample."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import scipy


def quantile(confidence: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 for a confidence of 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(found: float, counted: float, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share (1927, JASA 22:209-212); 0 to 1 where none counted."""
    if counted <= 0:
        return 0.0, 1.0
    share, square = found / counted, z * z
    middle = share + square / (2 * counted)
    half = z * sqrt(share * (1 - share) / counted + square / (4 * counted**2))
    scale = 1 + square / counted
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def clopper_pearson(share: float, counted: float, confidence: float) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share (1934, Biometrika 26:404-413).

    ``counted`` need not be whole: an effective number, where the sample was stratified.
    """
    found, tail = share * counted, (1 - confidence) / 2
    rest = max(counted - found, 0.0)
    lower = scipy.special.betaincinv(found, rest + 1, tail) if found > 0 else 0.0
    upper = scipy.special.betaincinv(found + 1, rest, 1 - tail) if rest > 0 else 1.0
    return float(lower), float(upper)
