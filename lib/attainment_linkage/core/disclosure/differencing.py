"""Differencing: what follows from everything ever released, taken as one linear system.

The unknowns are the cells of the cross-classification of all variables and filters; those that
no output tells apart are one unknown. Every released count is an equation. The programme asks
for the interval of every withheld group, of every remainder, of sums of withheld neighbours,
of the cells in which two outputs cross, and of what one output has and another has not.

Where the whole cross-classification is too large to be written out, it is attacked in windows
of the variables that meet in the new output, and by ``span``, exactly, over all of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.optimize import linprog

from attainment_linkage.core.disclosure import span
from attainment_linkage.core.disclosure.register import (
    Condition,
    Group,
    Released,
    groups_of,
    in_words,
    pairs_of_siblings,
    simplified,
    spoken,
    variables_of,
)
from attainment_linkage.core.disclosure.system import Flags, Numbers
from attainment_linkage.core.disclosure.windows import meeting, size_of, windows

_MOST_CROSSED = 400
_EPSILON = 1e-5
_CONTRADICTION = 2  # HiGHS: infeasible
_TELLS_APART = 0.01  # people
Rows = NDArray[np.float64]


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


def derived(
    new: Released, earlier: Sequence[Released], threshold: int, is_zero_allowed: bool = False
) -> Derived | None:
    """The first group under the threshold that the outputs give away together; None if none."""
    outputs = [one for one in earlier if one.description.universe == new.description.universe]
    groups = [group for one in (*outputs, new) for group in groups_of(one)]
    variables = variables_of((*outputs, new))
    groups = simplified(groups, variables)
    zeros = [condition for one in (*outputs, new) for condition in structural(one)]
    for window in windows(groups, variables, new.title):
        attack = _Window(window, groups, variables, zeros, new.title, threshold, is_zero_allowed)
        try:
            found = attack.first()
        except ArithmeticError:
            return Derived("", tuple(attack.told), is_contradiction=True)
        if found is not None:
            return found
    determined = span.determined(groups, variables, threshold)
    return Derived(*determined) if determined is not None else None


def structural(one: Released) -> Iterator[Condition]:
    """The conditions under which an output declares that nobody can be."""
    for zero in one.description.structural_zero:
        yield frozenset((name, frozenset({code})) for name, code in zero.cell.items())


class _Window:
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
        kept = dict(condition)
        mask = np.ones((1,) * len(self.names), dtype=bool)
        for at, name in enumerate(self.names):
            line = np.array([name not in kept or code in kept[name] for code in self.codes[at]])
            mask = mask & line.reshape([-1 if each == at else 1 for each in range(len(self.names))])
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
        for (said, _, is_withheld), weight in zip(targets, counts[len(told) :], strict=True):
            found = self._narrow(weight, is_withheld)
            if found is not None:
                return Derived(said, found)
        return None

    def _open(self, rows: Rows, low: Numbers, high: Numbers) -> None:
        """Keep the equations that do not follow from the others, and the ranges of rounded ones."""
        exact = np.flatnonzero(low == high)
        _, triangle, order = qr(rows[exact].T, mode="economic", pivoting=True)
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

    def _targets(self) -> Iterator[tuple[str, Flags, bool]]:
        """What is tried: (in words, cells, whether it was withheld)."""
        tried = set()
        for group in self.withheld:
            if group.condition not in tried:
                tried.add(group.condition)
                yield spoken(group), self._line(group.condition), True
        for one, other in pairs_of_siblings(self.withheld):
            line = self._line(one.condition) | self._line(other.condition)
            yield f"{spoken(one)} together with {spoken(other)}", line, False
        for condition in self._crossed():
            line = self._line(condition)
            if condition not in tried and line.any():
                tried.add(condition)
                yield in_words(condition), line, False

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
            if self._is_open(low, high):
                return None
            end, rows = self._end(weight, sign)
            used |= rows
            low, high = min(low, end), max(high, end)
        is_safe = not is_withheld and low >= self.threshold - _EPSILON
        is_nobody = self.is_zero_allowed and high <= _EPSILON
        if self._is_open(low, high) or is_safe or is_nobody:
            return None
        return tuple(self.told[at] for at in sorted(used))

    def _is_open(self, low: float, high: float) -> bool:
        return high - low >= self.threshold - _EPSILON or (
            low <= _EPSILON and high >= self.threshold - 1 - _EPSILON
        )

    def _end(self, weight: Numbers, sign: float) -> tuple[float, set[int]]:
        result = linprog(
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
        if result.x is None:
            return sign * np.inf, set()
        if np.abs(self.every @ result.x - self.values).max(initial=0.0) > _TELLS_APART:
            raise ArithmeticError("the outputs contradict each other")
        self.seen = np.vstack([self.seen, result.x])
        used = set(self.exact[np.abs(result.eqlin.marginals) > _EPSILON].tolist())
        return float(weight @ result.x), used
