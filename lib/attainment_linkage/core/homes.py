"""Homes: what agreement means between two records of one home, estimated apart.

Two people of one home share its address, mostly a surname and, as twins, a birthday. The
pairs of one home are therefore a mixture of their own: the same person twice, or two people
who live together. The chances of the home levels are found by expectation maximisation, all
others staying as trained, and are pulled towards their starting values, so that a level that
nobody showed keeps a plausible one. Splink frees m or u of all levels at once, and stops at a
chance of nought; hence this small one. Source: Winkler 1988, ASA Proc. SRM, 667-671.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.levels import Comparison, is_home, is_null, telling

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PRIOR_PAIRS = 30.0
"""Weight of the starting chances, in pairs, against what the pairs of homes show."""
FIRST_SHARE_SAME = 0.3
STEPS = 200
SETTLED = 1e-6
LEAST_CHANCE = 1e-9


@dataclass(frozen=True)
class Mixture:
    """Chances per comparison and level among the same person (m) and others (u) of a home.

    Those of comparisons without home levels are the given ones; of the others, the home
    levels' chances add up to one, the rest are as given.
    """

    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    share_same: float
    pairs: float


def pattern_sql(comparisons: Sequence[Comparison]) -> str:
    """DuckDB select list: per comparison the place of the level that holds, -1 for not known.

    It reads columns ``<field>_l`` and ``<field>_r``.
    """
    columns = []
    for number, comparison in enumerate(comparisons):
        cases, place = [], 0
        for level in comparison["comparison_levels"]:
            value = -1 if is_null(level) else place
            place += 0 if is_null(level) else 1
            condition = level["sql_condition"]
            cases.append(
                f"ELSE {value}" if condition == "ELSE" else f"WHEN {condition} THEN {value}"
            )
        columns.append(f"CASE {' '.join(cases)} END AS pattern_{number}")
    return ", ".join(columns)


def fitted(patterns: Ints, counts: Floats, trained: Sequence[Comparison]) -> Mixture | None:
    """The mixture that explains the patterns of the pairs of homes best; None without such pairs.

    ``patterns`` has a row per distinct pattern and a column per comparison; ``counts`` is how
    many pairs show it. ``trained`` are the comparisons with m and u of the other sessions, and
    with the chances that the home levels start from: forename and sex keep theirs, so that the
    classes remain persons, and cannot become, say, the sexes.
    """
    at_home = [np.array([is_home(level) for level in telling(c)], bool) for c in trained]
    is_home_pair = np.zeros(len(patterns), bool)
    for number, home in enumerate(at_home):
        is_home_pair |= np.append(home, False)[patterns[:, number]]
    patterns, counts = patterns[is_home_pair], counts[is_home_pair]
    if counts.sum() == 0:
        return None
    m = [_chances(comparison, "m_probability") for comparison in trained]
    u = [_chances(comparison, "u_probability") for comparison in trained]
    first_m, first_u, share_same = list(m), list(u), FIRST_SHARE_SAME
    for _ in range(STEPS):
        same = _responsibility(patterns, m, u, share_same)
        new_share = float((same * counts).sum() / counts.sum())
        for n, home in enumerate(at_home):
            if home.any():
                m[n] = _mixed(patterns[:, n], same * counts, first_m[n], home)
                u[n] = _mixed(patterns[:, n], (1 - same) * counts, first_u[n], home)
        moved, share_same = abs(new_share - share_same), min(max(new_share, 1e-6), 1 - 1e-6)
        if moved < SETTLED:
            break
    return Mixture(tuple(m), tuple(u), share_same, float(counts.sum()))


def with_homes(
    settings: Mapping[str, Any], mixture: Mixture, places: Sequence[int]
) -> dict[str, Any]:
    """The settings with the home levels' chances; ``places``: the mixture's comparisons."""
    changed: dict[str, Any] = deepcopy(dict(settings))
    for number, place in enumerate(places):
        for level, m, u in zip(
            telling(changed["comparisons"][place]),
            mixture.m[number].tolist(),
            mixture.u[number].tolist(),
            strict=True,
        ):
            if is_home(level):
                level["m_probability"], level["u_probability"] = m, u
    return changed


def _chances(comparison: Comparison, name: str) -> Floats:
    values = np.array([float(level[name]) for level in telling(comparison)])
    return np.maximum(values, LEAST_CHANCE)


def _responsibility(
    patterns: Ints, m: Sequence[Floats], u: Sequence[Floats], share_same: float
) -> Floats:
    """The chance, per pattern, that the two records are one person."""
    log_odds = np.full(len(patterns), np.log(share_same / (1 - share_same)))
    for number in range(patterns.shape[1]):
        weight = np.append(np.log(m[number] / u[number]), 0.0)
        log_odds += weight[patterns[:, number]]
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))


def _mixed(pattern: Ints, weight: Floats, start: Floats, home: Bools) -> Floats:
    """New chances of the home levels; the other levels keep theirs."""
    known = pattern >= 0
    seen = np.bincount(pattern[known], weight[known], minlength=len(start))
    mixed = (seen + PRIOR_PAIRS * start) * home
    return np.asarray(np.where(home, mixed / mixed.sum(), start))
