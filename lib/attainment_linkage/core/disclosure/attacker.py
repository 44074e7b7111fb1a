"""Attacker: between which values a reader can place what is withheld, by linear programming.

All items that are shown are known; the others are any numbers that fit the equations and are
not below their lower bound. HiGHS gives the least and greatest value of any sum of items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from attainment_linkage.core.disclosure.system import Flags, Numbers, System

_SLACK = 1e-6


@dataclass(frozen=True)
class Target:
    """A sum of items that must stay uncertain by ``width`` people."""

    items: tuple[int, ...]
    width: float


@dataclass(frozen=True)
class Extreme:
    """The end of an interval, and what each shown item's room would add to it, per unit.

    ``rises`` and ``falls``: by how much the end moves for each unit that an item may lie above
    or below its true value (the dual values).
    """

    value: float
    rises: Numbers
    falls: Numbers


class Attacker:
    """Attacks one system; what it finds feasible is kept, and spares later programmes."""

    def __init__(self, system: System) -> None:
        """Prepare the equations by column, and start from the truth."""
        self.system = system
        self.by_column: scipy.sparse.csc_array = system.matrix.tocsc()
        self.most = 4.0 * float(np.abs(system.values).max(initial=0.0)) + 1000.0
        self._witnesses = system.values[None, :]
        self._moved = np.zeros((1, len(system.values)), dtype=np.float32)

    def keep(self, witness: Numbers) -> None:
        """A table that fits the equations: proof of what is uncertain when its moves are."""
        moved = np.abs(witness - self.system.values) > _SLACK
        self._witnesses = np.vstack([self._witnesses, witness])
        self._moved = np.vstack([self._moved, moved.astype(np.float32)])

    def is_wide(self, target: Target, free: Flags) -> bool:
        """Whether the target stays uncertain when just the free items are not shown."""
        items = list(target.items)
        fits = self._moved @ (~free).astype(np.float32) == 0
        seen = self._witnesses[fits][:, items].sum(axis=1)
        low, high = float(seen.min()), float(seen.max())
        for sign in (1.0, -1.0):
            if high - low >= target.width - _SLACK:
                return True
            found = self.extreme(target.items, free, sign).value
            low, high = min(low, found), max(high, found)
        return high - low >= target.width - _SLACK

    def extreme(self, items: Sequence[int], free: Flags, sign: float) -> Extreme:
        """The greatest (sign 1) or least (sign -1) sum of the items, and its witness kept."""
        places = np.flatnonzero(free)
        weight = np.zeros(len(free))
        weight[list(items)] = sign
        base = self.system.values
        truth = float(base[list(items)].sum())
        nothing = np.zeros(len(free))
        if not places.size:
            return Extreme(truth, np.maximum(weight, 0), np.maximum(-weight, 0))
        equations = self.by_column[:, places]
        result = scipy.optimize.linprog(
            -weight[places],
            A_eq=equations,
            b_eq=equations @ base[places],
            bounds=np.column_stack([self.system.lower[places], np.full(places.size, self.most)]),
            method="highs-ds",
        )
        if result.x is None:  # numerically stuck: claim nothing
            return Extreme(truth, nothing, nothing)
        witness = base.copy()
        witness[places] = result.x
        self.keep(witness)
        gain = weight - self.by_column.T @ (-result.eqlin.marginals)
        return Extreme(
            float(witness[list(items)].sum()), np.maximum(gain, 0.0), np.maximum(-gain, 0.0)
        )
