"""Logistic: a weighted logistic model fitted on counted patterns instead of on pupils.

Pupils with the same covariates and outcome are one row of sums, so a fit costs by the
patterns, not by the pupils; with the sums of squared weights the sandwich variance is the
one that pupils' own rows would give (the tests hold it against a fit pupil by pupil).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.analysis.moments import Floats
from attainment_linkage.domain.errors import AnalysisError

_STEPS, _SETTLED, _RIDGE = 60, 1e-9, 1e-10


@dataclass(frozen=True)
class Patterns:
    """Rows of a design matrix with the sums of their pupils.

    ``design`` patterns x terms; of each pattern the summed weight ``w``, the weight of
    those with the outcome ``wy``, and of squared weights ``ww`` and ``wwy``.
    """

    design: Floats
    w: Floats
    wy: Floats
    ww: Floats
    wwy: Floats


@dataclass(frozen=True)
class Fit:
    """Coefficients in log odds, their covariance (sandwich), and the inverse information."""

    coefficients: Floats
    covariance: Floats
    inverse: Floats


def fitted(patterns: Patterns, start: Floats | None = None) -> Fit:
    """Maximum likelihood by Newton's steps from ``start``, halved where it would fall.

    Raises: AnalysisError where it does not settle (a term that separates the outcome).
    """
    terms = patterns.design.shape[1]
    beta = np.zeros(terms) if start is None else start
    reached = _likelihood(patterns, beta)
    for _ in range(_STEPS):
        chance = _chance(patterns.design, beta)
        score = patterns.design.T @ (patterns.wy - patterns.w * chance)
        step: Floats = np.asarray(np.linalg.solve(_information(patterns, chance), score))
        beta, reached = _climbed(patterns, beta, step, reached)
        if np.abs(step).max() < _SETTLED:
            return _fit(patterns, beta)
    raise AnalysisError(
        f"analyse: a logistic model of {terms} terms did not settle in {_STEPS} steps; a category "
        "with too few pupils may have all or none of the outcome. Merge it with another in "
        "conf/analysis.toml."
    )


def moved(fit: Fit, change: Patterns) -> Floats:
    """By how much the coefficients move when pupils come and go: one Newton step.

    Args:
        fit: the model as fitted.
        change: sums of the pupils that come, less those that go.
    """
    chance = _chance(change.design, fit.coefficients)
    return np.asarray(fit.inverse @ (change.design.T @ (change.wy - change.w * chance)))


def standardised_gap(
    fit: Fit, patterns: Patterns, term: int, rivals: list[int]
) -> tuple[float, Floats, float]:
    """The gap that a category makes when all else stays as it is, its slope and variance.

    Mean over all pupils of the chance with the category less that with the reference; the
    slope is by the coefficients, the variance that of the coefficients alone.

    Args:
        fit: the fitted model.
        patterns: what it was fitted on; their weights are those of the mean.
        term: the category's place in the design.
        rivals: the places of every category of the factor.
    """
    beta, design = fit.coefficients, patterns.design
    reference = design @ beta - design[:, rivals] @ beta[rivals]
    low, high = _inverse_logit(reference), _inverse_logit(reference + beta[term])
    share = patterns.w / patterns.w.sum()
    slope = design.T @ (share * (high * (1 - high) - low * (1 - low)))
    slope[rivals] = 0.0
    slope[term] = share @ (high * (1 - high))
    return float(share @ (high - low)), slope, float(slope @ fit.covariance @ slope)


def _chance(design: Floats, beta: Floats) -> Floats:
    return _inverse_logit(design @ beta)


def _inverse_logit(line: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(line, -40, 40))))


def _likelihood(patterns: Patterns, beta: Floats) -> float:
    line = np.clip(patterns.design @ beta, -40, 40)
    return float(patterns.wy @ line - patterns.w @ np.logaddexp(0.0, line))


def _information(patterns: Patterns, chance: Floats) -> Floats:
    weighed = patterns.design * (patterns.w * chance * (1 - chance))[:, None]
    found = weighed.T @ patterns.design
    return np.asarray(found + _RIDGE * np.eye(len(found)) * max(1.0, float(np.trace(found))))


def _climbed(
    patterns: Patterns, beta: Floats, step: Floats, reached: float
) -> tuple[Floats, float]:
    for halving in range(30):
        tried = beta + step / 2**halving
        found = _likelihood(patterns, tried)
        if found >= reached - 1e-9 * abs(reached):
            return tried, found
    return beta, reached


def _fit(patterns: Patterns, beta: Floats) -> Fit:
    chance = _chance(patterns.design, beta)
    bread = np.linalg.inv(_information(patterns, chance))
    squares = patterns.wwy * (1 - chance) ** 2 + (patterns.ww - patterns.wwy) * chance**2
    meat = (patterns.design * squares[:, None]).T @ patterns.design
    return Fit(beta, np.asarray(bread @ meat @ bread), np.asarray(bread))
