"""Models: fitted on counted patterns, they are what pupils one by one would give."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from attainment_linkage.core.analysis import design as designs
from attainment_linkage.core.analysis.design import Design, PatternCounts
from attainment_linkage.core.analysis.logistic import Patterns, fitted, moved, standardised_gap
from attainment_linkage.core.analysis.models import AFTER, BEFORE, COEFFICIENT, model_result
from attainment_linkage.domain.errors import AnalysisError
from tests.analysis_sample import analysis, pupils

FRAME = pupils(3000, seed=5).query("is_linked and ks4_school_type == 'state'")
TENURES = {"owned": 0, "mortgage": 0, "private": 1, "rent_free": 2}
CODES = pd.DataFrame(
    {
        "owner": FRAME.tenure.map(TENURES),
        "sex": FRAME.sex.map({"F": 0, "M": 1}),
        "fsm": FRAME.is_fsm.astype("Int64").fillna(2).astype(int),
    }
)


def pattern_counts(frame, codes, draw=0, sign=1):
    """The sums of pupils by pattern, in plain pandas."""
    y, w = frame.ks4_level_2_em.astype(float), frame.linkage_weight
    sums = {"n": 1.0 + 0 * y, "y": y, "w": w, "wy": w * y, "ww": w**2, "wwy": w**2 * y}
    by = [codes[name] for name in codes]
    found = (pd.DataFrame(sums) * sign).groupby(by).sum().reset_index()
    return PatternCounts(
        draw=np.full(len(found), draw),
        codes=found[list(codes)].to_numpy(np.int64),
        **{name: found[name].to_numpy(float) for name in sums},
    )


def together(*parts):
    return PatternCounts(*(np.concatenate([getattr(p, n) for p in parts]) for n in
                           PatternCounts.__dataclass_fields__))  # fmt: skip


def one_by_one(frame, codes):
    """Coefficients and sandwich covariance of the same model, pupil by pupil, by BFGS."""
    columns = [np.ones(len(frame))]
    for name, levels in {"owner": [1, 2], "sex": [1], "fsm": [1, 2]}.items():
        columns += [(codes[name] == level).to_numpy(float) for level in levels]
    x = np.column_stack(columns)
    y, w = frame.ks4_level_2_em.to_numpy(float), frame.linkage_weight.to_numpy()

    def loss(beta):
        line = x @ beta
        return -(w * (y * line - np.logaddexp(0, line))).sum() / w.sum()

    beta = minimize(loss, np.zeros(x.shape[1]), method="BFGS", options={"gtol": 1e-9}).x
    chance = 1 / (1 + np.exp(-x @ beta))
    bread = np.linalg.inv(x.T @ (x * (w * chance * (1 - chance))[:, None]))
    scores = x * (w * (y - chance))[:, None]
    return beta, bread @ scores.T @ scores @ bread, x, w


@pytest.fixture(scope="module")
def gaps_model():
    return analysis().models[1]


def test_the_fit_on_patterns_is_the_fit_on_pupils(gaps_model):
    counts = pattern_counts(FRAME, CODES)
    fit = fitted(Design.of(gaps_model, counts).patterns(counts))
    beta, covariance, _, _ = one_by_one(FRAME, CODES)

    assert len(counts.n) < 30 < len(FRAME)
    assert fit.coefficients == pytest.approx(beta, abs=1e-5)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)


def test_the_standardised_gap_is_the_mean_of_pupils_gaps_and_its_slope_its_derivative(gaps_model):
    counts = pattern_counts(FRAME, CODES)
    patterns = Design.of(gaps_model, counts).patterns(counts)
    fit = fitted(patterns)
    gap, slope, _ = standardised_gap(fit, patterns, 1, [1, 2])
    _, _, x, w = one_by_one(FRAME, CODES)

    def mean_gap(beta):
        as_reference, as_renter = x.copy(), x.copy()
        as_reference[:, [1, 2]], as_renter[:, [1, 2]] = 0, (1, 0)
        chances = [1 / (1 + np.exp(-one @ beta)) for one in (as_renter, as_reference)]
        return np.average(chances[0] - chances[1], weights=w)

    beta = fit.coefficients
    assert gap == pytest.approx(mean_gap(beta))
    for term in range(len(beta)):
        step = np.eye(len(beta))[term] * 1e-5
        nudged = (mean_gap(beta + step) - mean_gap(beta - step)) / 2e-5
        assert slope[term] == pytest.approx(nudged, abs=1e-6)


def test_a_draw_s_step_is_nearly_the_fit_without_the_pupils_it_takes_away(gaps_model):
    leaving = FRAME.index[:20]
    counts = pattern_counts(FRAME, CODES)
    change = pattern_counts(FRAME.loc[leaving], CODES.loc[leaving], draw=1, sign=-1)
    design = Design.of(gaps_model, counts)
    fit = fitted(design.patterns(counts))
    step = moved(fit, design.patterns(change))
    left = pattern_counts(FRAME.drop(leaving), CODES.drop(leaving))
    refitted = fitted(design.patterns(left)).coefficients - fit.coefficients

    assert np.abs(refitted).max() > 1e-3
    assert step == pytest.approx(refitted, abs=0.05 * np.abs(refitted).max())


def test_coefficients_gaps_and_the_row_of_all_pupils():
    counts = pattern_counts(FRAME, CODES)
    swapped = together(counts, pattern_counts(FRAME[:40], CODES[:40], draw=1, sign=-1),
                       pattern_counts(FRAME[40:50], CODES[40:50], draw=2, sign=-1))  # fmt: skip
    found = model_result(analysis().models[1], swapped, draws=2, level=0.95)
    told = {(one.categories[0], one.measure): one for one in found.answers}
    renter = next(name for name, _ in told if name.startswith("Tenure: Renter (against Owner)"))

    weighted = FRAME.assign(wy=FRAME.linkage_weight * FRAME.ks4_level_2_em)
    share = weighted.groupby(CODES.owner)[["wy", "linkage_weight"]].sum()
    share = share.wy / share.linkage_weight
    assert {measure for _, measure in told} == {BEFORE, AFTER}
    assert told[renter, BEFORE].estimate == pytest.approx(share[1] - share[0], abs=0.01)
    assert told[renter, AFTER].low < told[renter, AFTER].estimate < told[renter, AFTER].high
    assert told[renter, AFTER].linkage_error > 0
    assert told[renter, BEFORE].linkage_error > 0
    assert told[renter, BEFORE].n == (CODES.owner == 1).sum()
    assert told["All", AFTER].n == len(FRAME)
    assert told["All", AFTER].estimate is None
    assert found.residual_freedom == len(FRAME) - 6


def test_a_category_with_too_few_pupils_is_left_out_with_its_pupils():
    codes = CODES.assign(owner=np.where(np.arange(len(CODES)) < 9, 2, CODES.owner % 2))
    found = model_result(analysis().models[1], pattern_counts(FRAME, codes), 0, 0.95)

    assert not [one for one in found.answers if "Not known" in one.categories[0]]
    assert found.answers[-1].n == len(FRAME) - 9
    coefficients = model_result(analysis().models[0], pattern_counts(FRAME, codes), 0, 0.95)
    assert {one.measure for one in coefficients.answers} == {COEFFICIENT}


def test_a_model_without_pupils_and_one_that_does_not_settle_are_named(monkeypatch):
    with pytest.raises(AnalysisError, match="A4 has no pupil left"):
        model_result(analysis().models[1], pattern_counts(FRAME[:12], CODES[:12]), 0, 0.95)
    separated = Patterns(
        design=np.array([[1.0, 0.0], [1.0, 1.0]]),
        w=np.array([20.0, 20.0]),
        wy=np.array([10.0, 20.0]),
        ww=np.array([20.0, 20.0]),
        wwy=np.array([10.0, 20.0]),
    )
    with pytest.raises(AnalysisError, match="2 terms did not settle"):
        fitted(separated)
    assert designs.FEWEST == 10
