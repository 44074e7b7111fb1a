"""Models: from counted patterns to the coefficients and gaps of a logistic model.

The model is fitted once, on the links as made. A draw of links changes few pupils, so its
answer is that of one Newton step from there: coefficients move by the inverse information
times the change of the score, gaps by their slope times that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from attainment_linkage.core.analysis.cells import CellAnswer
from attainment_linkage.core.analysis.definitions import ALL, ModelDefinition
from attainment_linkage.core.analysis.design import NONE, Design, PatternCounts, counted
from attainment_linkage.core.analysis.intervals import Answer, combined, of_one, plain_interval
from attainment_linkage.core.analysis.logistic import (
    Fit,
    Patterns,
    fitted,
    moved,
    standardised_gap,
)
from attainment_linkage.core.analysis.moments import Floats
from attainment_linkage.domain.errors import AnalysisError

COEFFICIENT, BEFORE, AFTER = "coefficient", "gap_before", "gap_after"


@dataclass(frozen=True)
class ModelResult:
    """One answer per term and measure; a last row has all pupils of the model."""

    answers: tuple[CellAnswer, ...]
    residual_freedom: int


@dataclass(frozen=True)
class _Fitted:
    """A model by weight, as if naively linked, and what each draw of links makes of it."""

    weighted: Patterns
    once: Patterns
    changes: tuple[Patterns, ...]
    fit: Fit
    naive: Fit

    @property
    def steps(self) -> list[Floats]:
        """By how much each draw of links moves the coefficients."""
        return [moved(self.fit, change) for change in self.changes]


def model_result(
    model: ModelDefinition, counts: PatternCounts, draws: int, level: float
) -> ModelResult:
    """Each term's coefficient; or, of the factors in ``gaps_of``, its gap to the reference.

    A category with fewer than ``design.FEWEST`` pupils with or without the outcome has no
    term; its pupils are left out of the model.

    Raises: AnalysisError where no pupil is left, or the fit does not settle.
    """
    design = Design.of(model, counts)
    used = design.kept(counts)
    made = used.take(used.draw == 0)
    if NONE in design.references or not made.n.sum():
        raise AnalysisError(
            f"analyse: model {model.name} has no pupil left: a factor has no category with pupils "
            "enough with and without the outcome. Merge categories in conf/analysis.toml."
        )
    weighted, once = design.patterns(made), design.patterns(made, is_weighted=False)
    changes = [design.patterns(used.take(used.draw == draw)) for draw in range(1, draws + 1)]
    fit = fitted(weighted)
    found = _Fitted(weighted, once, tuple(changes), fit, fitted(once, fit.coefficients))
    answers = tuple(_answers(design, used, found, level))
    return ModelResult(answers, round(made.n.sum()) - 1 - len(design.terms))


def _answers(
    design: Design, used: PatternCounts, found: _Fitted, level: float
) -> Iterator[CellAnswer]:
    model, steps = design.model, found.steps
    measures = (BEFORE, AFTER) if model.gaps_of else (COEFFICIENT,)
    for (place, category), term in design.terms.items():
        factor = model.factors[place]
        if model.gaps_of and factor.name not in model.gaps_of:
            continue
        n, y = counted(used, place, len(factor.categories))
        told = partial(_told, model.name, design.label(place, category), n[category], y[category])
        rivals = design.of_factor(place)
        for measure in measures:
            if measure == COEFFICIENT:
                answer, naive = _coefficient(found, steps, term)
            elif measure == BEFORE:
                answer, naive = _crude_gap(found, term, rivals)
            else:
                answer, naive = _adjusted_gap(found, steps, term, rivals)
            yield told(measure, answer, naive, level)
    n, y = counted(used, 0, len(model.factors[0].categories))
    for measure in measures:
        yield _told(model.name, ALL, n.sum(), y.sum(), measure, None, None, level)


def _coefficient(found: _Fitted, steps: list[Floats], term: int) -> tuple[Answer, Answer]:
    value, variance = found.fit.coefficients[term], found.fit.covariance[term, term]
    naive = of_one(found.naive.coefficients[term], found.naive.covariance[term, term])
    return _over_draws(value, variance, [float(step[term]) for step in steps]), naive


def _adjusted_gap(
    found: _Fitted, steps: list[Floats], term: int, rivals: list[int]
) -> tuple[Answer, Answer]:
    gap, slope, variance = standardised_gap(found.fit, found.weighted, term, rivals)
    answer = _over_draws(gap, variance, [float(slope @ step) for step in steps])
    naive, _, naive_variance = standardised_gap(found.naive, found.once, term, rivals)
    return answer, of_one(np.asarray(naive), np.asarray(naive_variance))


def _over_draws(value: float, variance: float, changes: list[float]) -> Answer:
    """The answer over draws, the sampling variance being that of the links as made."""
    if not changes:
        return of_one(np.asarray(value), np.asarray(variance))
    drawn = value + np.asarray(changes)
    return combined(drawn, np.full(len(drawn), variance))


def _crude_gap(found: _Fitted, term: int, rivals: list[int]) -> tuple[Answer, Answer]:
    made = _two_sums(found.weighted, term, rivals)
    drawn = [made + _two_sums(change, term, rivals) for change in found.changes] or [made]
    gaps, variances = zip(*(_gap(sums) for sums in drawn), strict=True)
    naive = of_one(*map(np.asarray, _gap(_two_sums(found.once, term, rivals))))
    return combined(np.asarray(gaps), np.asarray(variances)), naive


def _two_sums(patterns: Patterns, term: int, rivals: list[int]) -> Floats:
    """Sums of w, wy, ww, wwy of the category and of the reference (2 x 4)."""
    category = patterns.design[:, term] == 1
    reference = ~patterns.design[:, rivals].any(axis=1)
    sums = np.column_stack([patterns.w, patterns.wy, patterns.ww, patterns.wwy])
    return np.stack([sums[category].sum(axis=0), sums[reference].sum(axis=0)])


def _gap(sums: Floats) -> tuple[float, float]:
    w, wy, ww, wwy = sums.T
    share = wy / w
    variance = (wwy * (1 - 2 * share) + share**2 * ww) / w**2
    return float(share[0] - share[1]), float(variance.sum())


def _told(
    model: str,
    label: str,
    n: float,
    y: float,
    measure: str,
    answer: Answer | None,
    naive: Answer | None,
    level: float,
) -> CellAnswer:
    low, high = plain_interval(answer, level) if answer else (None, None)
    naive_low, naive_high = plain_interval(naive, level) if naive else (None, None)
    return CellAnswer(
        table=model,
        block="term",
        categories=(label,),
        measure=measure,
        n=round(n),
        numerator=round(y),
        weighted_n=float(n),
        estimate=_value(answer.estimate if answer else None),
        low=_value(low),
        high=_value(high),
        naive=_value(naive.estimate if naive else None),
        naive_low=_value(naive_low),
        naive_high=_value(naive_high),
        sampling_error=_value(np.sqrt(answer.variance - answer.between) if answer else None),
        linkage_error=_value(np.sqrt(answer.between) if answer else None),
    )


def _value(one: Floats | None) -> float | None:
    return None if one is None else float(one)
