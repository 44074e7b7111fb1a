"""Intervals: of one set of links, and of many draws of them taken together.

Combination over draws is Rubin's: the variance of an answer is the mean of its sampling
variances plus the variance between the draws (Rubin 1987, Multiple Imputation, 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from attainment_linkage.core.analysis.moments import Floats


@dataclass(frozen=True)
class Answer:
    """An estimate, its variance, and the degrees of freedom its interval is drawn with."""

    estimate: Floats
    variance: Floats
    freedom: Floats
    between: Floats
    """Variance between draws of links, part of ``variance``."""


def of_one(estimate: Floats, variance: Floats) -> Answer:
    """An answer from one set of links, taken as right."""
    endless = np.full(np.shape(estimate), np.inf)
    return Answer(estimate, variance, endless, np.zeros(np.shape(estimate)))


def combined(estimates: Floats, variances: Floats) -> Answer:
    """An answer from draws of links; the first axis is the draw.

    Args:
        estimates: one of each draw (draws x cells).
        variances: the sampling variance of each.
    """
    draws = len(estimates)
    if draws < 2:
        return of_one(estimates[0], variances[0])
    within = variances.mean(axis=0)
    between = estimates.var(axis=0, ddof=1)
    added = (1 + 1 / draws) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = (draws - 1) * (1 + within / added) ** 2
    freedom = np.where(added > 0, freedom, np.inf)
    return Answer(estimates.mean(axis=0), within + added, freedom, added)


def plain_interval(answer: Answer, level: float) -> tuple[Floats, Floats]:
    """Estimate plus and minus so many standard errors: for means, gaps and coefficients."""
    reach = _quantile(answer, level) * np.sqrt(answer.variance)
    return answer.estimate - reach, answer.estimate + reach


def share_interval(answer: Answer, level: float, pupils: Floats) -> tuple[Floats, Floats]:
    """Wilson's score interval at the sample size that the variance stands for.

    It stays inside 0 to 1 and is of some width at 0 and 1, where the variance is nought and
    the number of ``pupils`` is taken instead (Wilson 1927; effective size: Korn and Graubard
    1998).
    """
    share = np.clip(answer.estimate, 0.0, 1.0)
    spread = share * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where((answer.variance > 0) & (spread > 0), spread / answer.variance, pupils)
        z = _quantile(answer, level)
        middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
        reach = z / (1 + z**2 / size) * np.sqrt(spread / size + z**2 / (4 * size**2))
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)


def _quantile(answer: Answer, level: float) -> Floats:
    tail = 0.5 + level / 2
    finite = np.where(np.isfinite(answer.freedom), answer.freedom, 1e9)
    return np.asarray(scipy.stats.t.ppf(tail, finite), dtype=float)
