"""Audit: an attack on a table as it would be released, from the released numbers alone.

It shares nothing with what chose the withheld cells: it reads the description and the shown
numbers, writes its own equations, and asks the interior-point solver for the interval of every
withheld cell, of sums of withheld cells within an equation, and of remainders. Then linear
algebra looks for pairs and triples whose sum is determined.

What must hold (trust.md 4.3): an interval contains 0 to 9 or is at least ten wide; a sum or a
remainder may also be known when it is not below ten.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from attainment_linkage.core.disclosure.equations import (
    Equation,
    Key,
    Shown,
    apart,
    equations_of,
    keys_of,
)
from attainment_linkage.core.disclosure.tables import ADDITIVE, Description

_EPSILON = 1e-5
_FAR = 1e7
_Some = float | NDArray[np.float64]
_PAIRS, _TRIPLES = 1000, 150


@dataclass(frozen=True)
class Demand:
    """What an interval must hold: ``threshold`` people; wider where ``widths`` says so."""

    threshold: int
    is_zero_allowed: bool
    widths: Mapping[Key, float]


@dataclass(frozen=True)
class Breach:
    """A sum of withheld numbers that a reader can place too well; one item or several."""

    items: tuple[Key, ...]


def breaches(description: Description, shown: Shown, demand: Demand) -> list[Breach]:
    """Everything that the shown numbers give away; empty where the table holds.

    Raises: ArithmeticError: the programmes find no numbers that fit; nothing is proved.
    """
    found: list[Breach] = []
    groups = [[one.column for one in description.count]]
    groups += [[one.column] for one in description.estimate if one.kind in (*ADDITIVE, "mean")]
    for columns in groups:
        values: Shown = {key: shown[key] for key in shown if key[1] in columns}
        if columns[0] in {one.column for one in description.estimate}:
            values = _as_people(description, columns[0], shown)
        equations = list(equations_of(description, columns))
        zeros = {key for key in keys_of(equations, values) if _is_structural(description, key)}
        is_exact = columns == groups[0]
        least = None if any((value or 0) < 0 for value in values.values()) else 0.0
        for lines, own in apart(equations, values, zeros):
            found += _Attack(lines, own, zeros, demand, least, is_exact=is_exact).breaches()
    return found


def _is_structural(description: Description, key: Key) -> bool:
    codes, column = key
    if any(code.startswith("~") for code in codes):
        return False
    of_rest = {f"~{one.column}": one.of for one in description.count}
    return description.is_structural_zero(codes, of_rest.get(column, column))


def _as_people(description: Description, column: str, shown: Shown) -> Shown:
    """An additive estimate in people: a sum over the mean of one person, as far as shown."""
    one = next(one for one in description.estimate if one.column == column)
    if one.kind == "weighted_count":
        return {key: value for key, value in shown.items() if key[1] == column}
    values: dict[Key, float | None] = {}
    total, people = 0.0, 0.0
    for key, value in shown.items():
        if key[1] != column:
            continue
        count = shown.get((key[0], one.stands_on[0]))
        if value is not None and (count is not None or one.kind == "sum"):
            value = value * count if one.kind == "mean" and count is not None else value
            total, people = total + abs(value), people + (count or 0.0)
        else:
            value = None
        values[key] = value
    scale = people / total if total and people else 1.0
    return {key: None if value is None else value * scale for key, value in values.items()}


class _Attack:
    """One set of numbers that hang together.

    Counts do exactly; estimates are rounded, and a mean by weight is not that of the people
    counted, so theirs hold with the least room that they need, and as much again.
    """

    def __init__(
        self,
        equations: Sequence[Equation],
        values: Shown,
        zeros: set[Key],
        demand: Demand,
        lower: float | None,
        *,
        is_exact: bool,
    ) -> None:
        self.demand = demand
        self.known = {key: value for key, value in values.items() if value is not None}
        inside = keys_of(equations, values)
        self.known |= {key: 0.0 for key in inside if key in zeros}
        keys = [key for key in inside if key not in self.known]
        self.unknown = {key: at for at, key in enumerate(keys)}
        self.withheld = {key for key in values if key in self.unknown}
        self.lower = lower
        self._open(equations)
        self.room = 0.0 if is_exact or not self.matrix.size else 2 * self._least_room() + _EPSILON
        self.seen: list[np.ndarray] = []

    def _open(self, equations: Sequence[Equation]) -> None:
        """The equations that still hold an unknown, as a matrix and what it must give."""
        rows, gives, self.groups = [], [], []
        for one in equations:
            parts = [key for key in one.parts if key in self.unknown]
            if not parts and one.whole in self.known:
                continue
            row = np.zeros(len(self.unknown))
            row[[self.unknown[key] for key in parts]] = 1.0
            give = -sum(self.known[key] for key in one.parts if key in self.known)
            if one.whole in self.known:
                give += self.known[one.whole]
                self.groups.append(tuple(parts))
            else:
                row[self.unknown[one.whole]] -= 1.0
            rows.append(row)
            gives.append(give)
        self.matrix = np.array(rows).reshape(len(rows), len(self.unknown))
        self.gives = np.array(gives)

    def _least_room(self) -> float:
        """By how much the equations must be let out, each alike, so that any numbers fit."""
        size = len(self.unknown)
        out = np.ones((len(self.matrix), 1))
        result = scipy.optimize.linprog(
            np.append(np.zeros(size), 1.0),
            A_ub=np.vstack([np.hstack([self.matrix, -out]), np.hstack([-self.matrix, -out])]),
            b_ub=np.concatenate([self.gives, -self.gives]),
            bounds=[*[(self.lower, _FAR)] * size, (0.0, None)],
            method="highs",
        )
        if result.x is None:
            raise ArithmeticError(f"audit: HiGHS found no solution ({result.status})")
        return float(result.fun)

    def breaches(self) -> list[Breach]:
        """Items first, then sums of what holds by itself."""
        if not self.unknown:
            return []
        found = [Breach((key,)) for key in self.unknown if not self.holds((key,))]
        groups = {tuple(sorted(group)) for group in self.groups if len(group) > 1}
        pairs = {pair for group in sorted(groups) for pair in self._pairs(group)}
        found += [Breach(group) for group in sorted(groups | pairs) if not self.holds(group)]
        return found + [Breach(group) for group in self._determined()]

    def _pairs(self, group: tuple[Key, ...]) -> Iterator[tuple[Key, Key]]:
        """The pairs of a group that no numbers seen so far leave uncertain enough."""
        places = [self.unknown[key] for key in group]
        widths = np.array([self.demand.widths.get(key, self.demand.threshold) for key in group])
        seen = np.array(self.seen)[:, places] if self.seen else np.zeros((0, len(group)))
        for at in range(len(group) - 1):
            sums = seen[:, [at]] + seen[:, at + 1 :]
            low = sums.min(axis=0, initial=np.inf)
            high = sums.max(axis=0, initial=-np.inf)
            width = np.maximum(widths[at], widths[at + 1 :])
            is_enough = self._is_enough(low, high, width)
            yield from ((group[at], group[at + 1 + int(n)]) for n in np.flatnonzero(~is_enough))

    def holds(self, group: tuple[Key, ...]) -> bool:
        """Whether the sum of the group stays as uncertain as it must."""
        width = max(self.demand.widths.get(key, self.demand.threshold) for key in group)
        is_withheld = len(group) == 1 and group[0] in self.withheld
        places = [self.unknown[key] for key in group]
        ends = [float(one[places].sum()) for one in self.seen]
        low, high = min(ends, default=np.inf), max(ends, default=-np.inf)
        for sign in (1.0, -1.0):
            if self._is_enough(low, high, width):
                return True
            end = self._end(places, sign)
            low, high = min(low, end), max(high, end)
        is_safe_sum = not is_withheld and low >= self.demand.threshold - _EPSILON
        is_safe_zero = self.demand.is_zero_allowed and high <= _EPSILON
        return bool(self._is_enough(low, high, width)) or is_safe_sum or is_safe_zero

    def _is_enough(self, low: _Some, high: _Some, width: _Some) -> NDArray[np.bool_]:
        is_open = (low <= _EPSILON) & (high >= self.demand.threshold - 1 - _EPSILON)
        is_wide = high - low >= width - _EPSILON
        return np.asarray(is_wide | (is_open & (width <= self.demand.threshold)))

    def _end(self, places: Sequence[int], sign: float) -> float:
        weight = np.zeros(len(self.unknown))
        weight[list(places)] = sign
        limits: dict[str, np.ndarray] = {}
        if self.matrix.size and self.room > 0:
            limits["A_ub"] = np.vstack([self.matrix, -self.matrix])
            limits["b_ub"] = np.concatenate([self.gives, -self.gives]) + self.room
        elif self.matrix.size:
            limits |= {"A_eq": self.matrix, "b_eq": self.gives}
        for solver in ("highs-ipm", "highs-ds"):
            result = scipy.optimize.linprog(
                -weight, bounds=(self.lower, _FAR), method=solver, **limits
            )
            if result.x is not None:
                break
        else:  # the shown numbers contradict each other: nothing is proved
            raise ArithmeticError(f"audit: HiGHS found no solution ({result.status})")
        self.seen.append(result.x)
        return float(result.x[list(places)].sum())

    def _determined(self) -> Iterator[tuple[Key, ...]]:
        """Pairs and triples of unknowns whose sum follows exactly, and is below the threshold."""
        if not self.matrix.size or len(self.unknown) > _PAIRS:
            return
        keys, free, value = list(self.unknown), scipy.linalg.null_space(self.matrix), self.seen[0]
        least = _EPSILON if self.demand.is_zero_allowed else -_EPSILON
        gram = free @ free.T
        alone = np.diag(gram)
        pair = alone[:, None] + alone[None, :] + 2 * gram
        for size in (2, 3) if len(keys) <= _TRIPLES else (2,):
            moves = pair
            if size == 3:
                both = gram[:, None, :] + gram[None, :, :]
                moves = pair[:, :, None] + alone[None, None, :] + 2 * both
            for places in np.argwhere(moves < _EPSILON**2):
                total = float(value[places].sum())
                is_ordered = all(one < other for one, other in itertools.pairwise(places))
                if is_ordered and least < total < self.demand.threshold - _EPSILON:
                    yield tuple(keys[at] for at in places)
