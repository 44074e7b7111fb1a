"""Review sampling: which strata the scored pairs fall in, and how many pairs to draw of each.

A cell is one outcome x score band x key x opaque stratum code. The budget is halved between
linked and other pairs (one half tells precision, the other what recall lacks) and spread by
the size and expected spread of each cell (Neyman 1934, JRSS 97:558-625), with the model's
probability standing in for the unknown share of matches. Cells that would get too few pairs
are merged: first over codes, then over keys; never over outcomes or bands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from attainment_linkage.domain.review import LINKED

ANY = "*"
LEAST_SPREAD = 0.02
"""A cell is planned as if at least this share of its pairs went against the model."""

CellName = tuple[str, int, str, str]
"""Outcome, number of the score band, key, opaque stratum code."""


@dataclass(frozen=True)
class Cell:
    """A cell of the frame: its name, its pairs, the mean of their match probabilities."""

    name: CellName
    pairs: int
    probability: float

    @property
    def spread(self) -> float:
        """Pairs times the expected standard deviation of a decision."""
        p = min(max(self.probability, LEAST_SPREAD), 1 - LEAST_SPREAD)
        return self.pairs * sqrt(p * (1 - p))


@dataclass(frozen=True)
class Stratum:
    """A stratum of the sample: its pairs in the frame, and how many are drawn."""

    number: int
    name: CellName
    pairs: int
    drawn: int

    @property
    def is_linked(self) -> bool:
        """Whether its pairs are links."""
        return self.name[0] == LINKED


@dataclass(frozen=True)
class Design:
    """The strata, and the number of the stratum that each cell fell in."""

    strata: tuple[Stratum, ...]
    stratum_of: Mapping[CellName, int]


@dataclass(frozen=True)
class _Group:
    """Cells that are one stratum, and the pairs of the budget that fall to them."""

    name: CellName
    cells: tuple[Cell, ...]
    expected: float

    @property
    def pairs(self) -> int:
        """Pairs of all its cells."""
        return sum(cell.pairs for cell in self.cells)


def design(cells: Iterable[Cell], budget: int, least: int) -> Design:
    """The strata of a sample of about ``budget`` pairs, at least ``least`` of each stratum.

    A stratum with fewer pairs than ``least`` is drawn whole. The same cells give the same
    design, in whatever order they come.
    """
    ordered = sorted(cells, key=lambda cell: cell.name)
    groups = list(_merged(ordered, _expected(ordered, budget), least))
    strata = tuple(
        Stratum(number, one.name, one.pairs, min(one.pairs, max(least, round(one.expected))))
        for number, one in enumerate(groups)
    )
    return Design(
        strata, {cell.name: number for number, one in enumerate(groups) for cell in one.cells}
    )


def _expected(cells: Sequence[Cell], budget: int) -> dict[CellName, float]:
    """Pairs of the budget that fall to each cell."""
    sides = [[c for c in cells if (c.name[0] == LINKED) == side] for side in (True, False)]
    sides = [side for side in sides if side]
    expected: dict[CellName, float] = {}
    for side in sides:
        total = sum(cell.spread for cell in side)
        expected |= {cell.name: budget / len(sides) * cell.spread / total for cell in side}
    return expected


def _merged(
    cells: Sequence[Cell], expected: Mapping[CellName, float], least: int
) -> Iterator[_Group]:
    """Groups of cells: large cells alone, the rest of a key together, the rest of a band."""
    level = [_Group(cell.name, (cell,), expected[cell.name]) for cell in cells]
    for coarser in (_of_any_code, _of_any_key):
        rest: dict[CellName, list[_Group]] = defaultdict(list)
        for group in level:
            if group.expected >= least:
                yield group
            else:
                rest[coarser(group.name)].append(group)
        level = [_together(name, groups) for name, groups in rest.items()]
    yield from level


def _of_any_code(name: CellName) -> CellName:
    return (name[0], name[1], name[2], ANY)


def _of_any_key(name: CellName) -> CellName:
    return (name[0], name[1], ANY, ANY)


def _together(name: CellName, groups: Sequence[_Group]) -> _Group:
    cells = tuple(cell for group in groups for cell in group.cells)
    return _Group(name, cells, sum(group.expected for group in groups))
