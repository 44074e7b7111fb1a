"""New pairs: how many of a rule's pairs no rule before it forms, estimated from sampled slices.

Counting them exactly would need all pairs. Slices are drawn by hash of the key, so a few of
them, of big ones a part, are a sample of blocks: the share of new pairs among their pairs,
times the exact count of the rule's pairs, is the estimate. Source: ratio estimator and its
linearised variance under cluster sampling, Cochran 1977, Sampling Techniques, 6.4 and 9A.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from attainment_linkage.core.layout import Layout, Slice, Task

SAMPLED_SLICES = 12
MOST_PAIRS_OF_A_UNIT = 500_000
"""Pairs of a slice above which only a part of it is sampled."""
Z95 = 1.96


@dataclass(frozen=True)
class Unit:
    """One sampled slice, or a part of one that stands for ``weight`` of its parts.

    ``pairs``: what the rule's equalities form there; ``new_pairs``: those of no rule before.
    """

    pairs: float
    new_pairs: int
    weight: int = 1


@dataclass(frozen=True)
class Looked:
    """What was found in one sampled task: its records, their bytes as they are moved, and how
    many pairs are new to each rule."""

    task: int
    records: int
    bytes: int
    new_pairs: Mapping[int, int]


@dataclass(frozen=True)
class Estimate:
    """Pairs that are new to a rule, with a 95% interval; without width where all was looked at."""

    pairs: int
    least: int
    most: int


def sample(cut: Layout, slices: Sequence[Slice], most: int = SAMPLED_SLICES) -> tuple[Task, ...]:
    """The tasks that look at the first slices of each group; places are drawn by hash already.

    A slice with many pairs is looked at in part: the first part of as many as it needs.
    """
    drawn = []
    for number, group in enumerate(cut.groups):
        own = [one for one in slices if one.group_number == number]
        for one in own[:most]:
            parts = max(1, math.ceil(one.pairs(group.rule_numbers) / MOST_PAIRS_OF_A_UNIT))
            looked_at = range(min(parts, most)) if cut.is_whole else (0,)
            cuts_left = one.left_records >= one.right_records
            drawn += [
                Task(number, group, (one.number,), part, parts, cuts_left) for part in looked_at
            ]
    return tuple(drawn)


def estimates(
    cut: Layout,
    slices: Sequence[Slice],
    sampled: Sequence[Task],
    looked: Iterable[Looked],
) -> dict[int, Estimate]:
    """The new pairs of each rule, from those of the sampled tasks."""
    found = {(one.task, rule): new for one in looked for rule, new in one.new_pairs.items()}
    by_place = {(one.group_number, one.number): one for one in slices}
    rules = {n: number for number, group in enumerate(cut.groups) for n in group.rule_numbers}
    made = {}
    for rule, number in sorted(rules.items()):
        own = [one for one in slices if one.group_number == number]
        units = [
            Unit(
                by_place[number, task.slices[0]].pairs([rule]) / task.parts,
                found.get((place, rule), 0),
                1 if cut.is_whole else task.parts,
            )
            for place, task in enumerate(sampled)
            if task.group_number == number
        ]
        population = len(own)
        if cut.is_whole:
            population = max((task.parts for task in sampled), default=0)
        made[rule] = estimate(units, sum(one.pairs([rule]) for one in own), population)
    return made


def estimate(units: Sequence[Unit], pairs: int, population: int) -> Estimate:
    """The new pairs of a rule from the units looked at.

    ``pairs``: its pairs over all slices, exact; ``population``: how many units there are.
    """
    formed = sum(unit.pairs * unit.weight for unit in units)
    if not formed:
        return Estimate(pairs, 0, pairs)
    share = sum(unit.new_pairs * unit.weight for unit in units) / formed
    found = share * pairs
    if not found:  # none among so many: the rule of three
        most = math.ceil(3 * pairs / formed) if len(units) < population else 0
        return Estimate(0, 0, min(pairs, most))
    half = Z95 * _standard_error(units, share, pairs, population)
    return Estimate(round(found), max(0, round(found - half)), min(pairs, round(found + half)))


def _standard_error(units: Sequence[Unit], share: float, pairs: int, population: int) -> float:
    """Of the estimated total: residuals from the share, over the units looked at."""
    count = len(units)
    is_every_one_whole = all(unit.weight == 1 for unit in units)
    unseen = max(0.0, 1 - count / population) if is_every_one_whole else 1.0
    if not unseen:
        return 0.0
    if count < 2:
        return float(pairs)
    residuals = sum(((unit.new_pairs - share * unit.pairs) * unit.weight) ** 2 for unit in units)
    mean_pairs = sum(unit.pairs * unit.weight for unit in units) / count
    return pairs * math.sqrt(unseen * residuals / (count - 1) / count) / mean_pairs
