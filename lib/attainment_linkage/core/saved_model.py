"""Saved model: whether a trained model fits another run, and how far that run has drifted.

A model fits where it compares the same fields by the same levels. It has drifted where pairs
of the same kind (random ones, and those of each training rule's blocks) no longer agree as
often as they did when it was trained: each comparison's shares of levels are held against the
trained ones by total variation distance, the share of pairs that would have to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.levels import Comparison, telling
from attainment_linkage.core.patterns import Patterns
from attainment_linkage.core.training import Settings
from attainment_linkage.domain.errors import ModelDriftedError, ModelRefusedError

Shares = Mapping[str, Mapping[str, Sequence[float]]]
"""By kind of pair and name of comparison: the share of pairs that show each telling level, and
last of those where it is not known."""
RANDOM = "random pairs"
_DECIMALS = 9


@dataclass(frozen=True)
class Drift:
    """How far the shares of one comparison lie from the trained ones, 0 to 1."""

    kind: str
    comparison: str
    distance: float


def level_shares(patterns: Patterns, comparisons: Sequence[Comparison]) -> dict[str, list[float]]:
    """The share of pairs that show each level of each comparison; last, that know none."""
    ones = np.ones(len(patterns.counts))
    total = float(patterns.counts.sum())
    shares = {}
    for place, comparison in enumerate(comparisons):
        known = patterns.level_counts(place, ones, len(telling(comparison)))
        counts = [*known, total - known.sum()]
        shares[_name(comparison)] = [round(float(c) / max(total, 1.0), _DECIMALS) for c in counts]
    return shares


def drifts(trained: Shares, now: Shares) -> list[Drift]:
    """The drift of every comparison that both have seen, the largest first."""
    found = [
        Drift(kind, name, _distance(trained[kind][name], now[kind][name]))
        for kind in sorted(trained.keys() & now.keys())
        for name in sorted(trained[kind].keys() & now[kind].keys())
        if sum(trained[kind][name]) and sum(now[kind][name])
    ]
    return sorted(found, key=lambda drift: (-drift.distance, drift.kind, drift.comparison))


def require_near(found: Sequence[Drift], largest: float) -> None:
    """Refuse a model from which the data have drifted further than this.

    Raises: ModelDriftedError naming the comparisons.
    """
    far = [drift for drift in found if drift.distance > largest]
    if far:
        named = ", ".join(f"{d.comparison} {d.distance:.3f} ({d.kind})" for d in far[:5])
        raise ModelDriftedError(
            f"model: {len(far)} of {len(found)} shares of levels lie further than {largest:g} from "
            f"those the model was trained on: {named}. Train anew (link.model empty), or raise "
            "link.largest_drift."
        )


def require_fitting(settings: Settings, comparisons: Sequence[Comparison]) -> None:
    """Refuse a saved model that compares other fields, or by other levels.

    Raises: ModelRefusedError naming the comparisons.
    """
    saved = {_name(one): _conditions(one) for one in settings.get("comparisons", [])}
    wanted = {_name(one): _conditions(one) for one in comparisons}
    missing = sorted(wanted.keys() - saved.keys())
    extra = sorted(saved.keys() - wanted.keys())
    other = sorted(n for n in wanted.keys() & saved.keys() if wanted[n] != saved[n])
    problems = [f"it lacks {', '.join(missing)}"] if missing else []
    problems += [f"it has {', '.join(extra)}"] if extra else []
    problems += [f"its levels differ in {', '.join(other)}"] if other else []
    if not problems and list(saved) != list(wanted):
        problems = ["its comparisons come in another order"]
    if problems:
        raise ModelRefusedError(
            f"model: the saved model was trained for other columns: {'; '.join(problems)}. Train "
            "anew (link.model empty), or name the model of this design."
        )


def _name(comparison: Comparison) -> str:
    return str(comparison.get("output_column_name", ""))


def _conditions(comparison: Comparison) -> list[str]:
    return [str(level["sql_condition"]) for level in comparison["comparison_levels"]]


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    if len(one) != len(other):
        return 1.0
    gaps = sum(abs(a - b) for a, b in zip(one, other, strict=True))
    return round(float(gaps) / 2, _DECIMALS)
