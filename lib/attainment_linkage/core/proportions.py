"""Proportions: intervals of a share, and of the difference of two shares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

_PERCENT = re.compile(r"([\d.]+)% ([\d.]+) to ([\d.]+)")


@dataclass(frozen=True)
class Share:
    """A share with the limits of its interval, all from 0 to 1."""

    value: float
    lower: float
    upper: float

    @property
    def percent(self) -> str:
        """The share and its limits in percent: 0.021% 0.003 to 0.055."""
        value, lower, upper = (100 * part for part in (self.value, self.lower, self.upper))
        return f"{value:.3f}% {lower:.3f} to {upper:.3f}"

    @classmethod
    def of_percent(cls, text: str) -> Share | None:
        """The share that ``percent`` wrote; None where the text is no such share."""
        found = _PERCENT.fullmatch(text)
        return cls(*(float(part) / 100 for part in found.groups())) if found else None


def quantile(confidence: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 for a confidence of 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(found: float, counted: float, confidence: float = 0.95) -> Share:
    """A share with Wilson's score interval (1927, JASA 22:209-212); counted is above 0."""
    z = quantile(confidence)
    share, square = found / counted, z * z
    middle = share + square / (2 * counted)
    half = z * sqrt(share * (1 - share) / counted + square / (4 * counted**2))
    scale = 1 + square / counted
    return Share(share, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def difference(high: Share, low: Share) -> Share:
    """High less low with Newcombe's hybrid score interval (1998, Stat. Med. 17:873-890)."""
    gap = high.value - low.value
    below = sqrt((high.value - high.lower) ** 2 + (low.upper - low.value) ** 2)
    above = sqrt((high.upper - high.value) ** 2 + (low.value - low.lower) ** 2)
    return Share(gap, gap - below, gap + above)
