"""Window: an attack on what is told of some variables, written out over their cells.

The programme asks for the interval of every withheld group, of sums of withheld neighbours, of
the cells in which two outputs cross, and of what one output has and another has not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy
from numpy.typing import NDArray

from attainment_linkage.core.disclosure.register import (
    Condition,
    Group,
    in_words,
    pairs_of_siblings,
    spoken,
    spoken_together,
)
from attainment_linkage.core.disclosure.system import Flags, Numbers
from attainment_linkage.core.disclosure.windows import meeting, size_of

_MOST_CROSSED = 400
_EPSILON = 1e-5
_CONTRADICTION = 2  # HiGHS: infeasible
_TELLS_APART = 0.01  # people
_FOLLOWS = 1e-8
_FEW = 2
_SHAKEN = 0.9
"""Drawing targets about goes on while it settles more than a tenth of those left."""
Rows = NDArray[np.float64]
_Some = float | Numbers


@dataclass(frozen=True)
class Derived:
    """A group that follows from the outputs together: who, from which groups told.

    Or, with ``is_contradiction``, that no people at all can be as the outputs tell.
    """

    said: str
    told: tuple[Group, ...]
    is_contradiction: bool = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs that give it away."""
        return tuple(sorted({group.output for group in self.told}))


class Window:
    """The groups told in one set of variables, over the cells of its cross-classification."""

    def __init__(
        self,
        names: tuple[str, ...],
        groups: Sequence[Group],
        variables: Mapping[str, tuple[str, ...]],
        zeros: Sequence[Condition],
        new: str,
        threshold: int,
        is_zero_allowed: bool,
    ) -> None:
        self.names, self.variables, self.new = names, variables, new
        self.threshold, self.is_zero_allowed = threshold, is_zero_allowed
        self.codes = [variables[name] for name in names]
        self.axes: dict[tuple[str, frozenset[str]], Flags] = {}
        inside = [group for group in groups if {name for name, _ in group.condition} <= set(names)]
        unique: dict[tuple[Condition, float | None, float | None], Group] = {}
        for group in inside:
            unique.setdefault((group.condition, group.low, group.high), group)
        self.told = [group for group in unique.values() if group.low is not None]
        self.withheld = [group for group in inside if group.low is None]
        shape = tuple(len(codes) for codes in self.codes)
        self.possible = np.ones(shape, dtype=bool)
        for zero in zeros:
            if {name for name, _ in zero} <= set(names):
                self.possible &= ~self._mask(zero)

    def _mask(self, condition: Condition) -> Flags:
        """The cells of a condition, as an array with one axis for each variable."""
        mask = np.ones((1,) * len(self.names), dtype=bool)
        for name, kept in condition:
            if (name, kept) not in self.axes:
                shape = [1] * len(self.names)
                shape[self.names.index(name)] = -1
                line = np.array([code in kept for code in self.variables[name]])
                self.axes[name, kept] = line.reshape(shape)
            mask = mask & self.axes[name, kept]
        return np.broadcast_to(mask, tuple(len(codes) for codes in self.codes))

    def _line(self, condition: Condition) -> Flags:
        line: Flags = self._mask(condition)[self.possible]
        return line

    def _lines(self, conditions: Iterator[Condition]) -> Flags:
        found = [self._line(condition) for condition in conditions]
        return np.array(found, dtype=bool).reshape(len(found), int(self.possible.sum()))

    def first(self) -> Derived | None:
        """The first group that is given away; none where the new output tells nothing new."""
        told = self._lines(group.condition for group in self.told)
        low = np.array([group.low for group in self.told], dtype=float)
        high = np.array([group.high for group in self.told], dtype=float)
        difference = self._difference(told, low, high)
        if difference is not None:
            return difference
        targets = list(self._targets())
        if not targets:
            return None
        every = np.vstack([told, *(line for _, line, _ in targets)])
        counts = np.unique(every, axis=1).astype(float)
        self._open(counts[: len(told)], low, high)
        self._solved(np.zeros(counts.shape[1]), 1.0)  # are there any people that fit?
        weights = counts[len(told) :]
        follows, value = self._following(weights)
        self._shake(weights[~follows])
        for at, (said, _, is_withheld) in enumerate(targets):
            if follows[at] and not is_withheld and value[at] >= self.threshold - _EPSILON:
                continue
            weight = weights[at]
            found = self._narrow(weight, is_withheld)
            if found is not None:
                return Derived(said(), found)
        return None

    def _open(self, rows: Rows, low: Numbers, high: Numbers) -> None:
        """Keep the equations that do not follow from the others, and the ranges of rounded ones."""
        exact = np.flatnonzero(low == high)
        _, triangle, order = scipy.linalg.qr(rows[exact].T, mode="economic", pivoting=True)
        rank = int((np.abs(np.diag(triangle)) > _EPSILON).sum())
        self.exact = exact[np.sort(order[:rank])]
        ranged = np.flatnonzero(low != high)
        self.every, self.values = rows[exact], low[exact]
        self.free = ~rows.any(axis=0)
        self.seen = np.zeros((0, rows.shape[1]))
        self.equal, self.gives = rows[self.exact], low[self.exact]
        self.within = np.vstack([rows[ranged], -rows[ranged]]) if ranged.size else None
        self.limits = np.concatenate([high[ranged], -low[ranged]]) if ranged.size else None

    def _difference(self, told: Flags, low: Numbers, high: Numbers) -> Derived | None:
        """What one output has and another has not, where that is less than the threshold."""
        exact = np.flatnonzero(low == high)
        gap = low[exact][:, None] - low[exact][None, :]
        wide = told[exact].astype(np.float32)
        inside = wide @ wide.T == wide.sum(axis=1)[None, :]
        more = wide.sum(axis=1)[:, None] > wide.sum(axis=1)[None, :]
        least = _EPSILON if self.is_zero_allowed else -_EPSILON
        close = (gap < self.threshold - _EPSILON) & (gap > least) & inside & more
        for outer, inner in np.argwhere(close):
            pair = (self.told[exact[outer]], self.told[exact[inner]])
            return Derived(f"those in {spoken(pair[0])} and not in {spoken(pair[1])}", pair)
        return None

    def _targets(self) -> Iterator[tuple[Callable[[], str], Flags, bool]]:
        """What is tried: (how to say it, cells, whether it was withheld)."""
        tried = set()
        for group in self.withheld:
            if group.condition not in tried:
                tried.add(group.condition)
                yield partial(spoken, group), self._line(group.condition), True
        for one, other in pairs_of_siblings(self.withheld):
            line = self._line(one.condition) | self._line(other.condition)
            yield partial(spoken_together, one, other), line, False
        for condition in self._crossed():
            line = self._line(condition)
            if condition not in tried and line.any():
                tried.add(condition)
                yield partial(in_words, condition), line, False

    def _crossed(self) -> Iterator[Condition]:
        """The cells in which the new output crosses each other one, remainders included."""
        inside = [*self.told, *self.withheld]
        mine, every = meeting(inside, self.new), meeting(inside)
        for names in sorted({tuple(sorted(one | other)) for one in mine for other in every}):
            if size_of(names, self.variables) <= _MOST_CROSSED:
                for codes in itertools.product(*(self.variables[name] for name in names)):
                    yield frozenset(
                        (name, frozenset({code})) for name, code in zip(names, codes, strict=True)
                    )

    def _following(self, weights: Rows) -> tuple[Flags, Numbers]:
        """Which targets follow from the equations alone, and the number of each that does."""
        if not len(self.equal):
            return np.zeros(len(weights), dtype=bool), np.zeros(len(weights))
        found = np.linalg.lstsq(self.equal.T, weights.T, rcond=None)[0]
        left = np.abs(self.equal.T @ found - weights.T).max(axis=0)
        return left < _FOLLOWS, self.gives @ found

    def _shake(self, weights: Rows) -> None:
        """Find people that fit in which many targets at once are far from where they were.

        As many as may be are lifted to the threshold; then half of those left are drawn up and
        half down, by signs that are the same every time. What is found so only ever shows that
        a target is uncertain.
        """
        signs = np.random.default_rng(0)
        left = weights[~weights[:, self.free].any(axis=1)]
        while len(left) > _FEW:
            before = len(left)
            self._lift(left)
            drawn = signs.choice([-1.0, 1.0], size=before) @ left
            for sign in (1.0, -1.0):
                self._solved(drawn, sign)
            if not len(self.seen):
                return
            ends = self.seen @ left.T
            left = left[~self._are_open(ends.min(axis=0), ends.max(axis=0))]
            if len(left) > _SHAKEN * before:
                return

    def _lift(self, left: Rows) -> None:
        """See people that fit with as many targets as may be at the threshold or above."""
        size, more = left.shape[1], len(left)
        over = scipy.sparse.hstack([scipy.sparse.csr_array(-left), scipy.sparse.eye_array(more)])
        limits, most = [over], [np.zeros(more)]
        if self.within is not None and self.limits is not None:
            limits.append(scipy.sparse.csr_array(_beside(self.within, more)))
            most.append(self.limits)
        result = scipy.optimize.linprog(
            np.concatenate([np.zeros(size), -np.ones(more)]),
            A_eq=scipy.sparse.csr_array(_beside(self.equal, more)),
            b_eq=self.gives,
            A_ub=scipy.sparse.vstack(limits),
            b_ub=np.concatenate(most),
            bounds=np.array([(0, np.inf)] * size + [(0, self.threshold)] * more),
            method="highs",
        )
        if result.x is not None:
            self._see(result.x[:size])

    def _narrow(self, weight: Numbers, is_withheld: bool) -> tuple[Group, ...] | None:
        """The groups told that place a target too well; None where it stays uncertain.

        It does where it has a cell that nothing told reaches: any number of people may be there.
        """
        if weight[self.free].any():
            return None
        ends = self.seen @ weight
        low, high = float(ends.min(initial=np.inf)), float(ends.max(initial=-np.inf))
        used: set[int] = set()
        for sign in (1.0, -1.0):
            if self._are_open(low, high):
                return None
            end, rows = self._end(weight, sign)
            used |= rows
            low, high = min(low, end), max(high, end)
        is_safe = not is_withheld and low >= self.threshold - _EPSILON
        is_nobody = self.is_zero_allowed and high <= _EPSILON
        if self._are_open(low, high) or is_safe or is_nobody:
            return None
        return tuple(self.told[at] for at in sorted(used))

    def _are_open(self, low: _Some, high: _Some) -> Flags:
        is_wide = np.asarray(high - low >= self.threshold - _EPSILON)
        return is_wide | ((low <= _EPSILON) & (high >= self.threshold - 1 - _EPSILON))

    def _end(self, weight: Numbers, sign: float) -> tuple[float, set[int]]:
        result = self._solved(weight, sign)
        if result.x is None:
            return sign * np.inf, set()
        used = set(self.exact[np.abs(result.eqlin.marginals) > _EPSILON].tolist())
        return float(weight @ result.x), used

    def _solved(self, weight: Numbers, sign: float) -> scipy.optimize.OptimizeResult:
        """People that fit, with the most (sign 1) or least (-1) of a weighted sum; kept as seen."""
        result = scipy.optimize.linprog(
            -sign * weight,
            A_eq=self.equal,
            b_eq=self.gives,
            A_ub=self.within,
            b_ub=self.limits,
            bounds=(0, None),
            method="highs",
        )
        if result.status == _CONTRADICTION:
            raise ArithmeticError("the outputs contradict each other")
        if result.x is not None:
            self._see(result.x)
        return result

    def _see(self, people: Numbers) -> None:
        if np.abs(self.every @ people - self.values).max(initial=0.0) > _TELLS_APART:
            raise ArithmeticError("the outputs contradict each other")
        self.seen = np.vstack([self.seen, people])


def _beside(matrix: Rows, more: int) -> Rows:
    """A matrix with so many columns of zeros beside it."""
    return np.hstack([matrix, np.zeros((len(matrix), more))])
