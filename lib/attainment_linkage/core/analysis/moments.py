"""Moments: the sums over the pupils of a cell from which every estimate follows.

They add up: those of a margin are the sum of its cells', those of a draw of links are those
of the links as made plus what changed. Each is an array of one shape: one number a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Sums over pupils in the base of a measure: of 1, y, y², and by weight w and w².

    ``n`` pupils; ``y`` and ``yy`` unweighted; ``w``, ``wy``, ``wyy`` by weight; ``ww``,
    ``wwy``, ``wwyy`` by the square of the weight.
    """

    n: Floats
    y: Floats
    yy: Floats
    w: Floats
    wy: Floats
    wyy: Floats
    ww: Floats
    wwy: Floats
    wwyy: Floats

    @staticmethod
    def of(y: Floats, w: Floats) -> Moments:
        """Moments of one cell from its pupils' values and weights."""
        sums = (np.ones_like(y), y, y * y, w, w * y, w * y * y, w * w, w * w * y, w * w * y * y)
        return Moments(*(np.asarray(one.sum(), dtype=float) for one in sums))

    @staticmethod
    def zeros(shape: tuple[int, ...]) -> Moments:
        """Moments of empty cells."""
        return Moments(*(np.zeros(shape) for _ in NAMES))

    def __add__(self, other: Moments) -> Moments:
        return Moments(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def each(self, act: Callable[[Floats], Floats]) -> Moments:
        """The same act on every array: reshaping, taking, summing along an axis."""
        return Moments(*(act(getattr(self, name)) for name in NAMES))

    def with_margin(self, axis: int) -> Moments:
        """A last place along an axis: the sum of the others."""
        return self.each(
            lambda one: np.concatenate([one, one.sum(axis=axis, keepdims=True)], axis=axis)
        )

    def profile(self, total: Moments) -> Moments:
        """Moments of 'is in this cell' over all pupils of the total, cell by cell."""
        inside = replace(
            self, y=self.n, yy=self.n, wy=self.w, wyy=self.w, wwy=self.ww, wwyy=self.ww
        )
        return replace(
            inside, n=self.n * 0 + total.n, w=self.w * 0 + total.w, ww=self.ww * 0 + total.ww
        )

    @property
    def estimate(self) -> Floats:
        """Weighted mean; not a number where no pupil is."""
        return _ratio(self.wy, self.w)

    @property
    def process_variance(self) -> Floats:
        """Variance of the estimate as one of the rate behind the pupils there are.

        Linearised: sum of w² (y - mean)² over (sum of w)², times n / (n - 1).
        """
        return _ratio(self._squares(self.ww, self.wwy, self.wwyy), self.w**2) * self._correction

    @property
    def cohort_variance(self) -> Floats:
        """Variance of the estimate as one of these very pupils' rate, linked or not.

        Each pupil was linked with the chance 1 / w (Poisson sampling): sum of
        w (w - 1) (y - mean)² over (sum of w)²; nought where every weight is one.
        """
        spread = self._squares(self.ww, self.wwy, self.wwyy) - self._squares(
            self.w, self.wy, self.wyy
        )
        return _ratio(np.maximum(spread, 0.0), self.w**2) * self._correction

    @property
    def naive(self) -> Moments:
        """As if every link were right and none were missed: all weights one."""
        return Moments(self.n, self.y, self.yy, self.n, self.y, self.yy, self.n, self.y, self.yy)

    def _squares(self, one: Floats, first: Floats, second: Floats) -> Floats:
        mean = np.nan_to_num(self.estimate)
        return np.maximum(second - 2 * mean * first + mean**2 * one, 0.0)

    @property
    def _correction(self) -> Floats:
        return np.where(self.n > 1, self.n / np.maximum(self.n - 1, 1), np.nan)


NAMES = tuple(one.name for one in fields(Moments))


def _ratio(part: Floats, whole: Floats) -> Floats:
    found = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
