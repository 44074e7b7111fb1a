"""Anonymity: how many rows of an extract share their quasi-identifiers with few others.

A report, for whoever decides on the extract; it changes nothing. k is the size of the
smallest class of rows that agree on every quasi-identifier, nulls agreeing with nulls.

Source: Sweeney 2002, k-anonymity, Int. J. Uncertainty, Fuzziness 10(5):557-570.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BINS = ((1, 1), (2, 4), (5, 9), (10, 19), (20, 49), (50, None))
"""Class sizes counted together, both ends included."""


@dataclass(frozen=True)
class SizeBin:
    """Classes of about one size: how many there are, and their rows."""

    least: int
    most: int | None
    classes: int
    rows: int

    @property
    def name(self) -> str:
        """The bin as a reader has it."""
        if self.most is None:
            return f"{self.least} or more"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


@dataclass(frozen=True)
class Anonymity:
    """The report on one extract."""

    quasi_identifiers: tuple[str, ...]
    rows: int
    classes: int
    smallest_class: int
    bins: tuple[SizeBin, ...]

    def share_under(self, k: int) -> float:
        """Share of rows in classes of fewer than k rows; k is a bin's least."""
        few = sum(one.rows for one in self.bins if one.least < k)
        return few / self.rows if self.rows else 0.0


def anonymity(quasi_identifiers: tuple[str, ...], classes_by_size: Mapping[int, int]) -> Anonymity:
    """The report, from how many classes there are of each size."""
    bins = []
    for least, most in BINS:
        sizes = {
            size: classes
            for size, classes in classes_by_size.items()
            if size >= least and (most is None or size <= most)
        }
        rows = sum(size * classes for size, classes in sizes.items())
        bins.append(SizeBin(least, most, sum(sizes.values()), rows))
    return Anonymity(
        quasi_identifiers,
        rows=sum(one.rows for one in bins),
        classes=sum(one.classes for one in bins),
        smallest_class=min(classes_by_size, default=0),
        bins=tuple(bins),
    )
