"""Doubles: what tells a person counted twice from a relative, and whose line stands for whom.

m and the u of home levels come from the pairs of lines of one home, a mixture of people
counted twice and people who live together, by expectation maximisation; all other u from
random pairs. Pairs are accepted down to the weight at which the expected share of false ones
among them reaches what the configuration allows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from attainment_linkage.core.doubles_model import is_elsewhere
from attainment_linkage.core.levels import AT_HOME, Comparison, is_home, telling
from attainment_linkage.core.patterns import Bools, Floats, Patterns, chances, posterior

FIRST_SHARE = 0.002
"""Share of people counted twice among pairs of one home, to begin with: most are relatives."""
EXPECTED_SHARE = 0.02
"""Share of lines that double another one, to begin with."""
PULL_PAIRS = 20.0
"""Weight of the starting chances, in pairs."""
HELD = ("forename", "birth")
"""Comparisons of whose last level m is never learnt to be more than it starts from."""
UNSEEN_PAIRS = 0.5
"""Random pairs that a level which none of them showed is taken to have had."""
STEPS, SETTLED = 300, 1e-9
POSSIBLE_BITS = 0.0
"""Weight at the estimated prior from which two lines may be one person: likelier than not."""
BEYOND = "doubles expected beyond those found"
"""The note of how many people counted twice stay unfound; ``link`` reads it."""


@dataclass(frozen=True)
class Acceptance:
    """From which weight on pairs are doubles, and what is expected of them.

    ``shift_bits`` takes weights at the starting prior to the estimated one;
    ``least_bits`` is on the shifted scale. ``expected_doubles`` counts pairs, and
    ``expected_beyond`` those of them that are not accepted.
    """

    shift_bits: float
    least_bits: float
    expected_doubles: float
    expected_beyond: float = 0.0


def starting_prior(lines: int) -> float:
    """The chance of a random pair of lines to be one person, before any is weighed."""
    return min(EXPECTED_SHARE * lines / _possible(lines), 0.5)


def with_random_u(settings: Mapping[str, Any], random: Patterns) -> dict[str, Any]:
    """Settings with u of the levels of random pairs, nearly all of two people; the rest stays.

    Home levels keep the u they start from: that is of pairs of one home. Both parts add up
    to one apart. A level that no random pair shows is taken to have had ``UNSEEN_PAIRS``.
    """
    changed: dict[str, Any] = deepcopy(dict(settings))
    for number, comparison in enumerate(changed["comparisons"]):
        levels = telling(comparison)
        seen = random.level_counts(number, np.ones(len(random.counts)), len(levels))
        away = [place for place, one in enumerate(levels) if not is_home(one)]
        found = np.maximum(seen[away], UNSEEN_PAIRS)
        for place, u in zip(away, (found / found.sum()).tolist(), strict=True):
            levels[place]["u_probability"] = u
    return changed


def fitted(settings: Mapping[str, Any], home: Patterns) -> dict[str, Any]:
    """Settings with m of all levels and u of home levels, from patterns of pairs of one home.

    u of the other levels stays: it is that of random pairs. Where the levels of a comparison
    are parted by home, both parts get the same m, level by level, as far as they are alike.
    """
    comparisons: list[Comparison] = settings["comparisons"]
    pairs = max(float(home.counts.sum()), 1.0)
    fits = [_Fit(comparison, number) for number, comparison in enumerate(comparisons)]
    share = FIRST_SHARE
    for _ in range(STEPS):
        same = posterior(home, [fit.m for fit in fits], [fit.u for fit in fits], share)
        found = float(same @ home.counts) / pairs
        for fit in fits:
            fit.learn(home, same)
        is_settled, share = abs(found - share) < SETTLED, min(max(found, 1e-9), 0.5)
        if is_settled:
            break
    changed: dict[str, Any] = deepcopy(dict(settings))
    for comparison, fit in zip(changed["comparisons"], fits, strict=True):
        fit.write(telling(comparison))
    return changed


class _Fit:
    """The chances of one comparison among pairs of one home, as they are being learnt.

    Levels that a pair of one home can show come in parts that each add up to one: its home
    levels, and the others; of the place, the first two.
    """

    def __init__(self, comparison: Comparison, number: int) -> None:
        levels = telling(comparison)
        self.number, self.name = number, comparison["output_column_name"]
        self.home = np.array([is_home(one) for one in levels], bool)
        self.away = ~self.home & ~np.array([is_elsewhere(one) for one in levels], bool)
        if self.name == "where":
            self.away[2:] = False
        self.first_m = self._parted(chances(comparison, "m_probability"))
        self.first_u = self._parted(chances(comparison, "u_probability"))
        self.m, self.u = self.first_m, self.first_u

    def _parted(self, values: Floats) -> Floats:
        """Each part adding up to one; the levels of neither nearly nought."""
        found = np.full(len(values), 1e-9)
        for part in (self.home, self.away):
            if part.any():
                found[part] = np.maximum(values[part] / values[part].sum(), 1e-9)
        return found

    def learn(self, home: Patterns, same: Floats) -> None:
        """New m; new u too, where it is that of pairs of one home."""
        part = self.home if self.home.any() else self.away
        self.m = self._held(self._pulled(home, same, self.first_m, part))
        if self.home.any() or self.name == "where":
            self.u = self._pulled(home, 1 - same, self.first_u, part)

    def _pulled(self, home: Patterns, weight: Floats, first: Floats, part: Bools) -> Floats:
        """The shares of a part's levels among the weighted pairs, pulled to the first ones."""
        seen = home.level_counts(self.number, weight, len(first)) + PULL_PAIRS * first
        found = first.copy()
        found[part] = np.maximum(seen[part] / seen[part].sum(), 1e-9)
        return found

    def _held(self, m: Floats) -> Floats:
        """A twin's other forename, a father's birthday are not learnt as of one person."""
        part = np.flatnonzero(self.home if self.home.any() else self.away)
        most = self.first_m[part[-1]]
        if self.name not in HELD or m[part[-1]] <= most:
            return m
        found = m.copy()
        found[part[:-1]] *= (1 - most) / m[part[:-1]].sum()
        found[part[-1]] = most
        return found

    def write(self, levels: Sequence[dict[str, Any]]) -> None:
        """Put the chances into the levels; away from home the m of the same level at home."""
        part = self.home if self.home.any() else self.away
        kept = 1.0
        if self.name == "where":
            kept = sum(levels[place]["m_probability"] for place in np.flatnonzero(part).tolist())
        learnt = {}
        for place in np.flatnonzero(part).tolist():
            m = kept * float(self.m[place])
            learnt[levels[place]["label_for_charts"].removeprefix(AT_HOME)] = m
            levels[place]["m_probability"] = m
            if self.home.any():
                levels[place]["u_probability"] = float(self.u[place])
        for one in levels:
            one["m_probability"] = learnt.get(one["label_for_charts"], one["m_probability"])


def acceptance(
    weights: Floats, pairs: Floats, lines: int, prior: float, false_share: float
) -> Acceptance:
    """The weight from which on pairs are accepted as doubles.

    ``weights`` are match weights in bits at the starting prior ``prior``, in any order, and
    ``pairs`` how many pairs have each. The number of doubles is the one that agrees with the
    chances it gives; accepted are the heaviest pairs whose chances of being false add up to
    at most ``false_share`` of them.
    """
    evidence = weights - math.log2(prior / (1 - prior))
    expected = max(prior * _possible(lines), 1e-3)
    for _ in range(STEPS):
        chance = _chance(evidence + math.log2(expected / _possible(lines)))
        again = max(float(chance @ pairs), 1e-3)
        is_settled, expected = abs(again - expected) < 1e-3, again
        if is_settled:
            break
    shift = round(math.log2(expected / _possible(lines)) - math.log2(prior / (1 - prior)), 3)
    order = np.argsort(-weights, kind="stable")
    total = np.cumsum(pairs[order])
    false = np.cumsum(pairs[order] * (1 - _chance(weights[order] + shift)))
    good = np.flatnonzero(false <= false_share * total)
    least = float(weights[order][good[-1]] + shift) if len(good) else math.inf
    beyond = weights + shift < least - 1e-9
    unfound = float(_chance(weights[beyond] + shift) @ pairs[beyond])
    return Acceptance(shift, least, expected, unfound)


def groups(
    left: Sequence[str], right: Sequence[str], weight: Sequence[float]
) -> list[tuple[str, ...]]:
    """Lines that are one person, from accepted pairs: each group in the order of its ids.

    Groups grow from the heaviest pair on and join only where every line of one is accepted
    with every line of the other: two twins do not become one person through a copy of one.
    Equal weights are taken in the order of ids, so that no order of rows decides.
    """
    accepted = {frozenset(pair) for pair in zip(left, right, strict=True)}
    members: dict[str, set[str]] = {}
    by_weight = sorted(zip(weight, left, right, strict=True), key=lambda p: (-p[0], p[1], p[2]))
    for _, one, other in by_weight:
        ours = members.setdefault(one, {one})
        theirs = members.setdefault(other, {other})
        if ours is theirs:
            continue
        if all(frozenset((a, b)) in accepted for a in ours for b in theirs):
            ours |= theirs
            for name in theirs:
                members[name] = ours
    found = {id(group): tuple(sorted(group)) for group in members.values() if len(group) > 1}
    return sorted(found.values())


def _possible(lines: int) -> float:
    return max(lines * (lines - 1) / 2, 1.0)


def _chance(bits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -60, 60))))
