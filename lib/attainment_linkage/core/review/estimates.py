"""Review estimates: precision and recall of the links from a stratified sample of decisions.

Each stratum's share of matches stands for all its pairs (Cochran 1977, Sampling Techniques,
ch. 5). The interval of their sum is Clopper and Pearson's with the effective number of
decisions (Korn & Graubard 1998, Survey Methodology 24:193-201), whose variance is smoothed
by half a decision each way, so that it stays honest where all decisions of a stratum agree;
a stratum that was decided whole adds none. Recall is matches that are links over all matches
among the scored pairs; its interval is MOVER's for a ratio (Donner & Zou 2012, SMMR
21:347-359). Simulated: tests/unit/test_review_estimates.py.

Reviewers err. Where two decided the same pairs, their disagreements give the error rate of
one reviewer (errors independent, as likely both ways), and shares are corrected for it
(Rogan & Gladen 1978, Am. J. Epidemiol. 107:71-76); the error rate's own interval widens
the result. Pairs under the review threshold, or that no rule forms, are in no sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, sqrt

from attainment_linkage.core.review.agreement import ErrorRate
from attainment_linkage.core.review.proportions import clopper_pearson


@dataclass(frozen=True)
class Interval:
    """An estimate with its limits."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Observed:
    """One stratum as decided: its pairs in the frame, and per kind of decision how many.

    ``agreed``, ``single`` and ``third`` are (decided, of them matches): both reviewers
    alike, one reviewer only, settled by a third look.
    """

    pairs: int
    agreed: tuple[int, int] = (0, 0)
    single: tuple[int, int] = (0, 0)
    third: tuple[int, int] = (0, 0)

    @property
    def decided(self) -> int:
        """Pairs with a decision that counts."""
        return self.agreed[0] + self.single[0] + self.third[0]

    @property
    def matches(self) -> int:
        """Pairs decided to be matches."""
        return self.agreed[1] + self.single[1] + self.third[1]

    def error(self, rate: float) -> float:
        """The chance that one of its decisions is wrong, where one reviewer errs at a rate."""
        if not self.decided:
            return 0.0
        both_wrong = rate**2 / (rate**2 + (1 - rate) ** 2)
        wrong = self.agreed[0] * both_wrong + (self.single[0] + self.third[0]) * rate
        return wrong / self.decided


def matches_among(
    strata: Sequence[Observed], error: ErrorRate, confidence: float = 0.95
) -> Interval:
    """How many pairs of all strata together are matches.

    A stratum without a decision counts as half matches, with limits of none and all.
    """
    pairs = sum(stratum.pairs for stratum in strata)
    found = _corrected(strata, error.rate, confidence)
    at_limits = [_corrected(strata, r, confidence).estimate for r in (error.lower, error.upper)]
    below = sqrt(
        (found.estimate - found.lower) ** 2 + max(0.0, found.estimate - min(at_limits)) ** 2
    )
    above = sqrt(
        (found.upper - found.estimate) ** 2 + max(0.0, max(at_limits) - found.estimate) ** 2
    )
    estimate = min(max(found.estimate, 0.0), pairs)
    return Interval(
        estimate,
        max(0.0, min(estimate, found.estimate - below)),
        min(pairs, max(estimate, found.estimate + above)),
    )


def _corrected(strata: Sequence[Observed], rate: float, confidence: float) -> Interval:
    """The sum over strata at one error rate, not yet held within 0 and all pairs."""
    pairs = sum(stratum.pairs for stratum in strata)
    if not pairs:
        return Interval(0.0, 0.0, 0.0)
    share = _mean(strata, lambda one: one.matches / one.decided if one.decided else 0.5)
    smooth = _mean(strata, _smoothed)
    variance = sum((one.pairs / pairs) ** 2 * _variance(one) for one in strata)
    lower = upper = share
    if variance:
        lower, upper = clopper_pearson(share, smooth * (1 - smooth) / variance, confidence)
    error = _mean(strata, lambda one: one.error(rate))
    return Interval(*(pairs * (one - error) / (1 - 2 * error) for one in (share, lower, upper)))


def _mean(strata: Sequence[Observed], of: Callable[[Observed], float]) -> float:
    """The mean over all pairs of what holds for a stratum."""
    return sum(one.pairs * of(one) for one in strata) / sum(one.pairs for one in strata)


def _smoothed(stratum: Observed) -> float:
    """A stratum's share of matches, never 0 or 1."""
    return (stratum.matches + 0.5) / (stratum.decided + 1)


def _variance(stratum: Observed) -> float:
    """Variance of a stratum's share; 0 only where every pair of it was decided."""
    share = _smoothed(stratum)
    left_out = (stratum.pairs - stratum.decided) / max(stratum.pairs - 1, 1)
    return share * (1 - share) * left_out / max(stratum.decided, 0.5)


def precision(linked: Interval, links: int) -> Interval:
    """The share of links that are right."""
    if not links:
        return Interval(0.0, 0.0, 1.0)
    return Interval(linked.estimate / links, linked.lower / links, linked.upper / links)


def recall(linked: Interval, missed: Interval) -> Interval:
    """The share of matches among the scored pairs that are links: 1 / (1 + missed / linked)."""
    lower, upper = _ratio(missed, linked)
    ratio = missed.estimate / linked.estimate if linked.estimate else inf
    return Interval(1 / (1 + ratio), 1 / (1 + upper), 1 / (1 + max(lower, 0.0)))


def _ratio(top: Interval, bottom: Interval) -> tuple[float, float]:
    """MOVER's limits of top / bottom, the two independent (Donner & Zou 2012, eq. 9)."""
    product = top.estimate * bottom.estimate

    def limit(of_top: float, of_bottom: float, sign: int) -> float:
        """One of the two roots, from the limits of either side."""
        inside = product**2 - of_top * of_bottom * (2 * top.estimate - of_top) * (
            2 * bottom.estimate - of_bottom
        )
        base = of_bottom * (2 * bottom.estimate - of_bottom)
        return (product + sign * sqrt(max(inside, 0.0))) / base if base > 0 else inf

    lower = limit(top.lower, bottom.upper, -1)
    return (0.0 if lower == inf else lower), limit(top.upper, bottom.lower, 1)
