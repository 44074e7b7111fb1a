"""Patterns: how pairs agree, as the place of the level that holds in each comparison.

Pairs that show the same pattern are alike to the model, so that a few thousand patterns with
their counts stand for a million pairs, and what is estimated from them does not depend on
the order or the number of threads they were counted in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.cheap_sql import cheap_first
from attainment_linkage.core.levels import Comparison, is_null, telling

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEAST_CHANCE = 1e-9
_LARGEST_LOG_ODDS = 50.0


@dataclass(frozen=True)
class Patterns:
    """Distinct patterns of pairs and how many pairs show each.

    ``places``: patterns x comparisons, the place among the telling levels, -1 for not known.
    """

    places: Ints
    counts: Floats

    def where(self, chosen: Bools) -> Patterns:
        """These patterns alone."""
        return Patterns(self.places[chosen], self.counts[chosen])

    def level_counts(self, comparison: int, weight: Floats, levels: int) -> Floats:
        """How many weighted pairs show each level of a comparison."""
        places = self.places[:, comparison]
        known = places >= 0
        seen = np.bincount(places[known], (self.counts * weight)[known], minlength=levels)
        return seen.astype(np.float64)


def pattern_sql(comparisons: Sequence[Comparison]) -> str:
    """DuckDB select list of the pattern; it reads columns ``<field>_l`` and ``<field>_r``."""
    columns = []
    for number, comparison in enumerate(comparisons):
        cases, place = [], 0
        for level in comparison["comparison_levels"]:
            value = -1 if is_null(level) else place
            place += 0 if is_null(level) else 1
            condition = cheap_first(level["sql_condition"])
            cases.append(
                f"ELSE {value}" if condition == "ELSE" else f"WHEN {condition} THEN {value}"
            )
        columns.append(f"CASE {' '.join(cases)} END AS pattern_{number}")
    return ", ".join(columns)


def chances(comparison: Comparison, name: str) -> Floats:
    """m or u of the telling levels, never nought."""
    values = np.array([float(level[name]) for level in telling(comparison)])
    return np.asarray(np.maximum(values, LEAST_CHANCE))


def posterior(
    patterns: Patterns, m: Sequence[Floats], u: Sequence[Floats], share_same: float
) -> Floats:
    """The chance, per pattern, that its pairs are one person, when that share of all is."""
    log_odds = np.full(len(patterns.counts), np.log(share_same / (1 - share_same)))
    for number in range(patterns.places.shape[1]):
        weight = np.append(np.log(m[number] / u[number]), 0.0)
        log_odds += weight[patterns.places[:, number]]
    bounded = np.clip(log_odds, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)
    return np.asarray(1 / (1 + np.exp(-bounded)))
