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

from attainment_linkage.core.levels import Comparison, is_held, is_home, telling
from attainment_linkage.core.patterns import Bools, Floats, Patterns, chances, posterior

PRIOR_PAIRS = 30.0
"""Weight of the starting chances, in pairs, against what the pairs of homes show."""
FIRST_SHARE_SAME = 0.3
STEPS = 200
SETTLED = 1e-6


@dataclass(frozen=True)
class Mixture:
    """Chances per comparison and level among the same person (m) and others (u) of a home.

    The home levels' chances add up to one; all others are the given ones.
    """

    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    share_same: float
    pairs: float


def fitted(patterns: Patterns, trained: Sequence[Comparison]) -> Mixture | None:
    """The mixture that explains the patterns of the pairs of homes best; None without such pairs.

    ``trained`` are the comparisons with m and u of the other sessions, and with the chances
    that the home levels start from: forename and sex keep theirs, so that the classes remain
    persons, and cannot become, say, the sexes.
    """
    at_home = [np.array([is_home(level) for level in telling(c)], bool) for c in trained]
    is_home_pair = np.zeros(len(patterns.counts), bool)
    for number, home in enumerate(at_home):
        is_home_pair |= np.append(home, False)[patterns.places[:, number]]
    patterns = patterns.where(is_home_pair)
    pairs = float(patterns.counts.sum())
    if pairs == 0:
        return None
    m = [chances(comparison, "m_probability") for comparison in trained]
    u = [chances(comparison, "u_probability") for comparison in trained]
    first_m, first_u, share_same = list(m), list(u), FIRST_SHARE_SAME
    for _ in range(STEPS):
        same = posterior(patterns, m, u, share_same)
        new_share = float((same * patterns.counts).sum()) / pairs
        for n, home in enumerate(at_home):
            if home.any():
                held = np.array([is_held(level) for level in telling(trained[n])], bool)
                learnt = _mixed(patterns.level_counts(n, same, len(home)), first_m[n], home)
                m[n] = _held(learnt, first_m[n], home, held)
                u[n] = _mixed(patterns.level_counts(n, 1 - same, len(home)), first_u[n], home)
        moved, share_same = abs(new_share - share_same), min(max(new_share, 1e-6), 1 - 1e-6)
        if moved < SETTLED:
            break
    return Mixture(tuple(m), tuple(u), share_same, pairs)


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


def _mixed(seen: Floats, start: Floats, home: Bools) -> Floats:
    """New chances of the home levels; the other levels keep theirs."""
    mixed = (seen + PRIOR_PAIRS * start) * home
    return np.asarray(np.where(home, mixed / mixed.sum(), start))


def _held(learnt: Floats, start: Floats, home: Bools, held: Bools) -> Floats:
    """The learnt chances, those of held home levels at most what they started from."""
    cut = home & held & (learnt > start)
    if not cut.any():
        return learnt
    found = np.where(cut, start, learnt)
    rest = home & ~cut
    found[rest] *= (1 - found[cut].sum()) / found[rest].sum()
    return np.asarray(found)
