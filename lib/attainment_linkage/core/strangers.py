"""Strangers: u, the chances of each level among pairs that are not one person.

Random pairs are nearly all strangers, but not quite: one in some thousands is a true pair.
Of two people one in a million shares an identifier, so that most of the random pairs that do
are true ones, and counting them would make u a hundred times too large. So each pattern of
random pairs counts as far as it is none of one person, by the model's own m and u, until both
agree. Source: u as in Fellegi and Sunter 1969, JASA 64:1183-1210; Splink counts all pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from attainment_linkage.core.levels import is_home, telling
from attainment_linkage.core.patterns import Bools, Floats, Patterns, chances, posterior

UNSEEN_PAIRS = 0.5
"""Random pairs that a level which none of them showed is taken to have had."""
STEPS = 20
SETTLED = 1e-3


def first_u(settings: Mapping[str, Any], patterns: Patterns) -> dict[str, Any]:
    """The settings with u of every level, all random pairs taken for strangers."""
    return _with_u(settings, _counted(settings, patterns, np.zeros(len(patterns.counts))))


def purged_u(settings: Mapping[str, Any], patterns: Patterns, prior: float) -> dict[str, Any]:
    """The settings with u counted on the pairs as far as they are none of one person.

    ``prior``: the share of true pairs among random ones, as far as known. m stays, and so do
    home levels, which are estimated among the pairs of homes.
    """
    m = [chances(one, "m_probability") for one in settings["comparisons"]]
    u = [chances(one, "u_probability") for one in settings["comparisons"]]
    for _ in range(STEPS):
        same = posterior(patterns, m, u, prior)
        again = _counted(settings, patterns, same)
        moved = max(
            float(np.abs(np.log(new / old)).max()) for new, old in zip(again, u, strict=True)
        )
        u = again
        if moved < SETTLED:
            break
    return _with_u(settings, u)


def _counted(settings: Mapping[str, Any], patterns: Patterns, same: Floats) -> list[Floats]:
    """u of every comparison's levels; of home levels the present one, where there is one."""
    found = []
    for number, comparison in enumerate(settings["comparisons"]):
        levels = telling(comparison)
        home = np.array([is_home(level) for level in levels], bool)
        seen = patterns.level_counts(number, 1 - same, len(levels))
        u = _shares(np.maximum(seen, UNSEEN_PAIRS), ~home)
        for place in np.flatnonzero(home):
            u[place] = float(levels[place].get("u_probability", 0.0))
        found.append(u)
    return found


def _shares(seen: Floats, chosen: Bools) -> Floats:
    """The chosen levels' shares of their sum; the others nought."""
    kept = np.where(chosen, seen, 0.0)
    return np.asarray(kept / kept.sum())


def _with_u(settings: Mapping[str, Any], u: Sequence[Floats]) -> dict[str, Any]:
    changed: dict[str, Any] = deepcopy(dict(settings))
    for comparison, values in zip(changed["comparisons"], u, strict=True):
        for level, value in zip(telling(comparison), values.tolist(), strict=True):
            level["u_probability"] = value
    return changed
