"""Cells: sums, estimates and intervals, each held against something slower or known."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from attainment_linkage.core.analysis.cells import block_answers
from attainment_linkage.core.analysis.definitions import COHORT, PROCESS
from attainment_linkage.core.analysis.intervals import (
    combined,
    of_one,
    plain_interval,
    share_interval,
)
from attainment_linkage.core.analysis.moments import NAMES, Moments
from tests.analysis_sample import analysis, counted, pupils

VALUES = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0, 2.5]), st.sampled_from([1.0, 1.25, 2.0])),
    min_size=1,
    max_size=12,
)


def moments_of(pairs):
    return Moments.of(np.array([y for y, _ in pairs]), np.array([w for _, w in pairs]))


@given(VALUES, VALUES)
def test_moments_add_up(first, second):
    together, parts = moments_of(first + second), moments_of(first) + moments_of(second)

    for name in NAMES:
        assert getattr(together, name) == pytest.approx(getattr(parts, name))


@given(VALUES)
def test_estimate_and_variances_are_those_of_the_pupils_one_by_one(pairs):
    y, w = np.array(pairs).T
    found, n = moments_of(pairs), len(pairs)
    mean = (w * y).sum() / w.sum()
    squares = (w * (y - mean)) ** 2

    assert found.estimate == pytest.approx(mean)
    if n > 1:
        by_chance = (w * (w - 1) * (y - mean) ** 2).sum() / w.sum() ** 2
        expected = squares.sum() / w.sum() ** 2 * n / (n - 1)
        assert found.process_variance == pytest.approx(expected)
        assert found.cohort_variance == pytest.approx(by_chance * n / (n - 1))


def test_an_empty_cell_and_one_pupil_have_no_interval():
    empty, one = Moments.zeros((1,)), Moments.of(np.array([1.0]), np.array([1.0]))

    assert np.isnan(empty.estimate)
    assert np.isnan(one.process_variance)


@pytest.mark.parametrize(("count", "n"), [(0, 30), (3, 30), (290, 400), (400, 400)])
def test_an_unweighted_share_has_wilson_s_interval(count, n):
    share = np.asarray(count / n)
    answer = of_one(share, share * (1 - share) / n)
    known = binomtest(count, n).proportion_ci(0.95, method="wilson")

    assert share_interval(answer, 0.95, np.asarray(n)) == pytest.approx(known, abs=1e-9)


def test_draws_are_combined_by_rubin_s_rules():
    estimates = np.array([[0.50], [0.52], [0.48], [0.50]])
    answer = combined(estimates, np.full((4, 1), 0.0004))
    between = np.var([0.50, 0.52, 0.48, 0.50], ddof=1)

    assert answer.estimate == pytest.approx(0.5)
    assert answer.variance == pytest.approx(0.0004 + 1.25 * between)
    assert answer.freedom == pytest.approx(3 * (1 + 0.0004 / (1.25 * between)) ** 2)
    low, high = plain_interval(answer, 0.95)
    sharp_low, sharp_high = plain_interval(of_one(np.array([0.5]), np.array([0.0004])), 0.95)
    assert low < sharp_low < sharp_high < high


def test_draws_that_all_agree_add_nothing():
    answer = combined(np.full((5, 1), 0.3), np.full((5, 1), 0.01))

    assert (answer.variance, answer.between) == (pytest.approx(0.01), 0.0)
    assert np.isinf(answer.freedom)


# ------------------------------------------------------------------ a block, cell by cell

FRAME = pupils(1500, seed=3).query("ks4_school_type == 'state'")
SEX = {"Female": ["F"], "Male": ["M"], "All": ["F", "M"]}
OWNER = {"Owner": ["owned", "mortgage"], "Renter": ["private"]}


def stacked(block, column, draws=0):
    """The moments of `sex x owner`, made pupil by pupil; draws of links change nothing."""
    known = FRAME.assign(owner=FRAME["tenure"].map(lambda t: 0 if t in OWNER["Owner"] else 1))
    known.loc[~FRAME["tenure"].isin(["owned", "mortgage", "private"]), "owner"] = 2
    cells = [
        [counted(known[(known.sex == sex) & (known.owner == owner)], column) for owner in range(3)]
        for sex in ("F", "M", "-")
    ]
    made = Moments(
        *(np.array([[[getattr(c, name) for c in row] for row in cells]]) for name in NAMES)
    )
    return made.each(lambda one: np.repeat(one, draws + 1, axis=0))


@pytest.fixture(scope="module")
def answers():
    block = analysis().tables[0].blocks[1]
    moments = {"level_2_em": stacked(block, "ks4_level_2_em", 2),
               "points": stacked(block, "ks4_points_capped", 2)}  # fmt: skip
    return {
        (*one.categories, one.measure): one for one in block_answers(block, moments, level=0.95)
    }


def test_every_cell_and_margin_is_told_and_only_needed_unknowns(answers):
    assert {key[0] for key in answers} == {"Female", "Male", "All"}
    assert {key[1] for key in answers} == {
        "Owner", "Renter", "Not known or not applicable", "All",
    }  # fmt: skip
    assert len(answers) == 3 * 4 * 2


def test_cells_and_margins_are_those_of_pandas(answers):
    for sex, codes in SEX.items():
        for owner, tenures in {**OWNER, "All": None}.items():
            cell = FRAME[FRAME.sex.isin(codes) & FRAME.is_linked]
            cell = cell[cell.tenure.isin(tenures)] if tenures else cell
            found = answers[sex, owner, "level_2_em"]
            weighted = np.average(cell.ks4_level_2_em, weights=cell.linkage_weight)
            assert (found.n, found.numerator) == (len(cell), cell.ks4_level_2_em.sum())
            assert found.estimate == pytest.approx(weighted)
            assert found.naive == pytest.approx(cell.ks4_level_2_em.mean())
            assert found.weighted_n == pytest.approx(cell.linkage_weight.sum())
            known = cell.dropna(subset=["ks4_points_capped"])
            points = answers[sex, owner, "points"]
            assert (points.n, points.numerator) == (len(known), None)
            assert points.estimate == pytest.approx(
                np.average(known.ks4_points_capped, weights=known.linkage_weight)
            )


def test_draws_that_move_the_answer_widen_the_interval_and_the_naive_one_stays():
    block = analysis().tables[0].blocks[1]
    still = stacked(block, "ks4_level_2_em", 20)
    moved = still.each(np.copy)
    moved.wy[1:] *= np.linspace(0.9, 1.1, 20)[:, None, None]
    points = stacked(block, "ks4_points_capped", 20)

    def told(moments):
        found = block_answers(block, {"level_2_em": moments, "points": points}, 0.95)
        return next(one for one in found if one.categories == ("All", "All"))

    calm, shaken = told(still), told(moved)
    assert calm.linkage_error == pytest.approx(0, abs=1e-12)
    assert shaken.linkage_error > 0.01
    assert shaken.high - shaken.low > 1.5 * (calm.high - calm.low)
    assert (shaken.naive_low, shaken.naive_high) == (calm.naive_low, calm.naive_high)


def test_a_profile_is_each_cell_s_share_of_all():
    analysed = analysis()
    block = analysed.tables[1].blocks[0]
    frame = FRAME.assign(one=1.0)
    parts = [frame[frame.is_fsm.eq(known).fillna(False)] for known in (False, True)]
    parts.append(frame[frame.is_fsm.isna()])
    cells = [counted(part, "one", weight="one") for part in parts]
    made = Moments(*(np.array([[getattr(cell, name) for cell in cells]]) for name in NAMES))
    found = [
        one
        for one in block_answers(block, {"linked": made, "profile": made}, 0.95)
        if one.measure == "profile"
    ]

    assert [one.estimate for one in found] == pytest.approx(
        [*(len(part) / len(frame) for part in parts), 1.0]
    )
    assert [(one.n, one.numerator) for one in found[:1]] == [(len(frame), len(parts[0]))]


# ------------------------------------------------------------------------ do they cover?


@pytest.mark.parametrize("target", [PROCESS, COHORT])
def test_intervals_cover_what_they_are_to_cover(target):
    """A share of `make coverage`: 1,500 drawn populations of 400, links more likely for some.

    The truth of ``process`` is the rate behind them, that of ``cohort`` each population's own.
    """
    block = dataclasses.replace(
        analysis().tables[0].blocks[0], measures=analysis().blocks[0].measures[:1]
    )
    rng = np.random.default_rng(20110327)
    hits = total = 0
    for _ in range(1500):
        group = rng.integers(0, 2, 400)
        y = (rng.random(400) < np.where(group, 0.35, 0.65)).astype(float)
        chance = np.where(rng.random(400) < 0.5, 0.95, 0.6)
        linked = rng.random(400) < chance
        cells = [
            Moments.of(y[rows], 1 / chance[rows])
            for rows in (linked & (group == 0), linked & (group == 1), linked & (group > 1))
        ]
        made = Moments(*(np.array([[getattr(cell, name) for cell in cells]]) for name in NAMES))
        for place, one in enumerate(
            list(block_answers(block, {"level_2_em": made}, 0.95, target))[:2]
        ):
            truth = y[group == place].mean() if target == COHORT else (0.65, 0.35)[place]
            hits += one.low <= truth <= one.high
            total += 1

    assert 0.93 <= hits / total <= 0.97
