"""An attacker who has only what was released, and the cells that people can be in.

The unknowns are the finest cells, written out; each shown count is one equation. It shares no
code with the project: what was shown comes in as (set of cells, number).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

THRESHOLD, EPSILON = 10, 1e-5


@dataclass
class Attacker:
    """Shown counts over ``size`` finest cells: ``lines`` by ``size`` zeros and ones."""

    lines: np.ndarray
    counts: np.ndarray

    def __post_init__(self):
        kept = np.unique(np.column_stack([self.lines, self.counts]), axis=0)
        self.lines, self.counts = kept[:, :-1], kept[:, -1]
        self.seen = np.zeros((0, self.lines.shape[1]))

    def recovers(self, target, *, is_withheld):
        """Whether the count of a set of cells is placed better than the rule allows."""
        ends = self.seen @ target
        low, high = ends.min(initial=np.inf), ends.max(initial=-np.inf)
        for sign in (1.0, -1.0):
            if self._is_open(low, high):
                return False
            end = self._end(target, sign)
            low, high = min(low, end), max(high, end)
        is_large = not is_withheld and low >= THRESHOLD - EPSILON
        return not (self._is_open(low, high) or is_large)

    def _is_open(self, low, high):
        is_ten_wide = high - low >= THRESHOLD - EPSILON
        return is_ten_wide or (low <= EPSILON and high >= THRESHOLD - 1 - EPSILON)

    def _end(self, target, sign):
        found = linprog(
            -sign * target,
            A_eq=self.lines if len(self.lines) else None,
            b_eq=self.counts if len(self.lines) else None,
            bounds=(0, 1e6),
            method="highs",
        )
        assert found.x is not None, "what was released contradicts itself"
        self.seen = np.vstack([self.seen, found.x])
        return float(found.x @ target)
