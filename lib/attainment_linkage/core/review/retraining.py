"""Retraining: what decided matches say of m, put beside what training found.

Matches that reviewers decided are counted by the level that holds in each comparison, each
with the pairs it stands for, scaled to their effective number (Kish 1965, Survey Sampling,
11.7). Trained m counts as a number of matches of its own, a Dirichlet prior (Gelman et al.
2013, Bayesian Data Analysis, 3.4): few decisions move it little. Levels of one home have
chances of their own and are updated among themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from attainment_linkage.core.levels import Comparison, is_home, telling

NOT_KNOWN = -1

Evidence = Mapping[str, Mapping[str, float]]
"""Per comparison, by its name, per level, by its condition: matches that showed it."""


def evidence(
    comparisons: Sequence[Comparison], places: Sequence[Sequence[int]], weights: Sequence[float]
) -> dict[str, dict[str, float]]:
    """The evidence of decided matches.

    ``places``: of each match, per comparison, the place of the level that holds among the
    telling ones, -1 where nothing is known; ``weights``: the pairs each match stands for.
    """
    total, squares = sum(weights), sum(weight**2 for weight in weights)
    scale = total / squares if squares else 0.0
    found: dict[str, dict[str, float]] = {}
    for number, comparison in enumerate(comparisons):
        conditions = [str(level["sql_condition"]) for level in telling(comparison)]
        counts = dict.fromkeys(conditions, 0.0)
        for place, weight in zip((row[number] for row in places), weights, strict=True):
            if place != NOT_KNOWN:
                counts[conditions[place]] += weight * scale
        found[str(comparison["output_column_name"])] = counts
    return found


def with_evidence(
    settings: Mapping[str, Any], found: Evidence, prior_matches: float
) -> tuple[dict[str, Any], int]:
    """Settings whose m is moved by the evidence, and how many comparisons it spoke of.

    A comparison whose levels are not those of the evidence keeps its m: the evidence is of
    another model.
    """
    changed: dict[str, Any] = deepcopy(dict(settings))
    moved = 0
    for comparison in changed["comparisons"]:
        levels = telling(comparison)
        counts = found.get(str(comparison["output_column_name"]), {})
        if set(counts) != {str(level["sql_condition"]) for level in levels}:
            continue
        moved += 1
        for group in ([x for x in levels if is_home(x)], [x for x in levels if not is_home(x)]):
            _move(group, counts, prior_matches)
    return changed, moved


def _move(
    levels: Sequence[dict[str, Any]], counts: Mapping[str, float], prior_matches: float
) -> None:
    """Move the chances of levels that share one total; the total stays as it was."""
    total = sum(float(level["m_probability"]) for level in levels)
    seen = sum(counts[str(level["sql_condition"])] for level in levels)
    if not total or not seen:
        return
    for level in levels:
        trained = prior_matches * float(level["m_probability"]) / total
        share = (trained + counts[str(level["sql_condition"])]) / (prior_matches + seen)
        level["m_probability"] = total * share
