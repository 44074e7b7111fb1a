"""Training: what is sampled, and how the sessions' answers become one model. No Splink here.

u comes from random pairs, m from expectation maximisation on whole blocks of each training
rule. Each session estimates the comparisons that its rule does not already settle. A level
takes the mean of the sessions that saw it, weighted by the matches each found, and is pulled
towards its starting chance as by a few matches more: a level nobody showed keeps a plausible
chance, one that thousands showed its own. Home levels add up to one apart from the others
and are estimated in ``core.homes``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from attainment_linkage.core.default_rules import RELATED_FIELDS
from attainment_linkage.core.levels import Comparison, is_held, is_home, telling
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule

SAMPLE_STEPS = 1_000_000
FLOOR_PROBABILITY = 1e-5
"""Chance of a level without a starting one that no pair showed: never log of zero."""
FEWEST_MATCHES = 20
"""A session that found fewer matches says nothing of how matches look."""
MOST_MATCHES = 1.5
"""A session that found more matches than this many per record took strangers for them."""
SMOOTHING_MATCHES, SMOOTHING_SHARE = 20.0, 0.03
"""Weight of the starting chances: as of so many matches, or of this share of those found."""
Settings = dict[str, Any]


@dataclass(frozen=True)
class TrainingBudget:
    """How much is drawn for training. Counts of records and of pairs."""

    random_records: int = 100_000
    random_pairs: int = 1_000_000
    session_pairs: int = 1_000_000
    session_records: int = 1_000_000
    seed: int = 20_110_327

    def block_share(self, candidate_pairs: int, records: int) -> float:
        """The share of a rule's blocks, 0 to 1, that keeps a session within its pairs.

        And within its records, which all come to the driver: a narrow rule over millions of
        them forms a pair of every fourth.
        """
        of_pairs = self.session_pairs / max(candidate_pairs, 1)
        return min(1.0, of_pairs, self.session_records / max(records, 1))

    def record_share(self, records: int) -> float:
        """The share of records drawn for random pairs, 0 to 1."""
        return min(1.0, self.random_records / max(records, 1))


@dataclass(frozen=True)
class Session:
    """What one training session found.

    ``comparisons`` are the trained ones by their place in the model; ``matches`` how many
    of the rule's pairs, in all records, it took for one person.
    """

    comparisons: Mapping[int, Comparison]
    matches: float

    def is_sound(self, left_records: int, right_records: int) -> bool:
        """Whether it found enough matches to learn from, and not more than there can be."""
        most = MOST_MATCHES * max(left_records, right_records)
        return FEWEST_MATCHES <= self.matches <= most


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
    """Comparisons that a session blocked on the rule can estimate.

    None of the rule's own columns; not where people live, where the rule holds a part of it
    equal; not sex, where it holds the forename equal: forenames settle it.
    """
    fixed = {*rule.left_columns, *rule.right_columns}
    settled = {"sex"} if "forename" in fixed else set()
    if fixed & RELATED_FIELDS:
        settled |= {"where", "region"}
    return tuple(
        number
        for number, comparison in enumerate(model.comparisons)
        if comparison.get("output_column_name") not in settled
        and not any(_reads(comparison, column) for column in fixed)
    )


def has_starting_chances(model: LinkageModel) -> bool:
    """Whether every level has an m to start from, so that it can stand untrained."""
    return all("m_probability" in level for one in model.comparisons for level in telling(one))


def combined(
    with_u: Settings,
    sessions: Sequence[Session],
    starting: Sequence[Comparison],
) -> tuple[Settings, tuple[str, ...]]:
    """One model of the random pairs' u and the sound sessions' m.

    ``starting`` are the model's own comparisons, with the chances training started from.
    Returns the settings and the names of comparisons that no session could estimate: those
    keep the m they started from.
    """
    settings = deepcopy(with_u)
    untrained = []
    for number, comparison in enumerate(settings["comparisons"]):
        levels, given = telling(comparison), telling(starting[number])
        places = [n for n, level in enumerate(given) if not is_home(level)]
        start = [_chance(given[n], "m_probability") for n in places]
        seen = [
            (_seen(session.comparisons[number], places, start), session.matches)
            for session in sessions
            if number in session.comparisons
        ]
        seen = [(shares, matches) for shares, matches in seen if shares]
        if not seen:
            untrained.append(str(comparison.get("output_column_name", number)))
        held = [is_held(given[n]) for n in places]
        for place, m in zip(places, _held(_smoothed(seen, start), start, held), strict=True):
            levels[place]["m_probability"] = m
        _start_home_levels(levels, given)
    return settings, tuple(untrained)


def _start_home_levels(levels: Sequence[dict[str, Any]], given: Sequence[Any]) -> None:
    """Home levels keep the chances they started from, until ``core.homes`` estimates them."""
    for name in ("m_probability", "u_probability"):
        at_home = [n for n, level in enumerate(given) if is_home(level)]
        shares = _shares([_chance(given[n], name) or FLOOR_PROBABILITY for n in at_home])
        for place, share in zip(at_home, shares, strict=True):
            levels[place][name] = share


def _seen(trained: Comparison, places: list[int], start: list[float | None]) -> list[float]:
    """The shares a session gives the levels; nothing where it saw none of them.

    Splink leaves a level that no pair showed at its starting value: equal to it is unseen.
    """
    levels = telling(trained)
    values = [_chance(levels[n], "m_probability") for n in places]
    known = [
        0.0 if value is None or value == first else value
        for value, first in zip(values, start, strict=True)
    ]
    return _shares(known) if sum(known) > 0 else []


def _smoothed(seen: list[tuple[list[float], float]], start: list[float | None]) -> list[float]:
    """The match-weighted mean of the sessions, pulled towards the starting chances."""
    given = [value for value in start if value is not None]
    first = _shares(given) if len(given) == len(start) else []
    if not seen:
        return first or _shares([FLOOR_PROBABILITY if v is None else v for v in start])
    total = sum(matches for _, matches in seen)
    mean = [sum(shares[n] * matches for shares, matches in seen) / total for n in range(len(start))]
    if not first:
        return _shares([max(value, FLOOR_PROBABILITY) for value in mean])
    matches = total / len(seen)
    weight = max(SMOOTHING_MATCHES, SMOOTHING_SHARE * matches)
    return [
        (value * matches + weight * one) / (matches + weight)
        for value, one in zip(mean, first, strict=True)
    ]


def _held(learnt: list[float], start: list[float | None], held: Sequence[bool]) -> list[float]:
    """The learnt chances, those of held levels at most what they started from."""
    cut = [
        first if is_one and first is not None and first < value else None
        for value, first, is_one in zip(learnt, start, held, strict=True)
    ]
    rest = sum(value for value, least in zip(learnt, cut, strict=True) if least is None)
    kept = sum(least for least in cut if least is not None)
    if not kept or not rest:
        return learnt
    return [
        value * (1 - kept) / rest if least is None else least
        for value, least in zip(learnt, cut, strict=True)
    ]


def _chance(level: Mapping[str, Any], name: str) -> float | None:
    value = level.get(name)
    return float(value) if isinstance(value, (int, float)) else None


def _shares(values: list[float]) -> list[float]:
    total = sum(values)
    return [value / total for value in values]


def _reads(comparison: Comparison, column: str) -> bool:
    """Whether some level reads the column; home levels are trained apart and do not count."""
    reads_column = re.compile(rf"\b{re.escape(column)}_[lr]\b")
    return any(
        reads_column.search(level["sql_condition"])
        for level in comparison["comparison_levels"]
        if not is_home(level)
    )
