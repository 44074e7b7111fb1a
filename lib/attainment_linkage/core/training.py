"""Training: what is sampled, and how the sessions' answers become one model. No Splink here.

u comes from random pairs, m from expectation maximisation on whole blocks of each training
rule. Each session estimates the comparisons that its rule does not already fix; a level
takes the median of the sessions that saw it, as in Splink.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from statistics import median
from typing import Any

from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule

SAMPLE_STEPS = 1_000_000
FLOOR_PROBABILITY = 1e-5
"""A level that no pair of a session showed still has a chance: never log of zero."""

Settings = dict[str, Any]


@dataclass(frozen=True)
class TrainingBudget:
    """How much is drawn for training. Counts of records and of pairs."""

    random_records: int = 60_000
    random_pairs: int = 1_000_000
    session_pairs: int = 1_000_000
    seed: int = 20_110_327

    def block_share(self, candidate_pairs: int) -> float:
        """The share of a rule's blocks that keeps a session within its pairs, 0 to 1."""
        return min(1.0, self.session_pairs / max(candidate_pairs, 1))

    def record_share(self, records: int) -> float:
        """The share of records drawn for random pairs, 0 to 1."""
        return min(1.0, self.random_records / max(records, 1))


def splink_settings(model: LinkageModel, prior: float) -> Settings:
    """The untrained model as Splink's settings, for linking two files."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "record_id",
        "probability_two_random_records_match": prior,
        "comparisons": [deepcopy(dict(comparison)) for comparison in model.comparisons],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "em_convergence": 0.0001,
        "max_iterations": 50,
    }


def comparisons_free_of(rule: Rule, model: LinkageModel) -> tuple[int, ...]:
    """Comparisons that a session blocked on the rule can estimate: none of its columns."""
    fixed = {*rule.left_columns, *rule.right_columns}
    return tuple(
        number
        for number, comparison in enumerate(model.comparisons)
        if not any(_reads(comparison, column) for column in fixed)
    )


def combined(
    with_u: Settings, sessions: Sequence[tuple[Settings, Sequence[int]]]
) -> tuple[Settings, tuple[str, ...]]:
    """One model of the random pairs' u and the sessions' m.

    ``sessions`` holds a trained settings dictionary and the comparisons it estimated.
    Returns the settings and the names of comparisons that no session could estimate:
    those keep the m they were given.
    """
    settings = deepcopy(with_u)
    untrained = []
    for number, comparison in enumerate(settings["comparisons"]):
        seen = [trained for trained, estimated in sessions if number in estimated]
        if not seen:
            untrained.append(str(comparison.get("output_column_name", number)))
        levels = [level for level in comparison["comparison_levels"] if not _is_null(level)]
        for place, level in enumerate(levels):
            values = [_m(trained, number, place) for trained in seen]
            known = [value for value in values if value is not None]
            if known:
                level["m_probability"] = median(known)
        _normalise(levels, "m_probability")
        _normalise(levels, "u_probability")
    return settings, tuple(untrained)


def _m(trained: Mapping[str, Any], number: int, place: int) -> float | None:
    levels = trained["comparisons"][number]["comparison_levels"]
    level = [level for level in levels if not _is_null(level)][place]
    value = level.get("m_probability")
    return float(value) if isinstance(value, (int, float)) else None


def _normalise(levels: Sequence[dict[str, Any]], name: str) -> None:
    """Fill what was never seen with the floor, and make the levels add up to one."""
    for level in levels:
        value = level.get(name)
        level[name] = (
            max(float(value), FLOOR_PROBABILITY)
            if isinstance(value, (int, float))
            else (FLOOR_PROBABILITY)
        )
    total = sum(level[name] for level in levels)
    for level in levels:
        level[name] = level[name] / total


def _is_null(level: Mapping[str, Any]) -> bool:
    return bool(level.get("is_null_level", False))


def _reads(comparison: Mapping[str, Any], column: str) -> bool:
    reads_column = re.compile(rf"\b{re.escape(column)}_[lr]\b")
    return any(
        reads_column.search(level["sql_condition"]) for level in comparison["comparison_levels"]
    )
