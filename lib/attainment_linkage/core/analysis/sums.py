"""Sums: how cells are numbered over all blocks, and what Spark counted, back as moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.analysis.definitions import (
    MEAN,
    NO_WEIGHT,
    PROFILE,
    Block,
    Measure,
)
from attainment_linkage.core.analysis.moments import NAMES, Floats, Moments

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pass:
    """Blocks that are summed in one pass over the pupils: those with the same measures."""

    measures: tuple[Measure, ...]
    blocks: tuple[Block, ...]

    @property
    def cells(self) -> int:
        """How many cells its blocks have together."""
        return sum(prod(block.shape) for block in self.blocks)

    @property
    def terms(self) -> int:
        """How many sums each cell has: the needed moments of every measure."""
        return sum(len(needed(measure)) for measure in self.measures)

    def first_cell(self, block: Block) -> int:
        """The number of a block's first cell; the others follow in order."""
        before = self.blocks[: self.blocks.index(block)]
        return sum(prod(one.shape) for one in before)


def passes(blocks: Sequence[Block]) -> tuple[Pass, ...]:
    """The blocks by their measures: as few passes as there are lists of measures."""
    by_measures: dict[tuple[str, ...], list[Block]] = {}
    for block in blocks:
        by_measures.setdefault(tuple(one.name for one in block.measures), []).append(block)
    return tuple(Pass(found[0].measures, tuple(found)) for found in by_measures.values())


def needed(measure: Measure) -> tuple[str, ...]:
    """The moments of a measure that do not follow from others."""
    names = ["n"] if measure.kind == PROFILE else ["n", "y"]
    names += ["yy"] if measure.kind == MEAN else []
    if measure.weight != NO_WEIGHT:
        names += [name for name in ("w", "wy", "ww", "wwy") if "y" in names or "y" not in name]
        names += ["wyy", "wwyy"] if measure.kind == MEAN else []
    return tuple(names)


def moments_of(
    this: Pass, draws: int, draw: Ints, cell: Ints, sums: Floats
) -> dict[tuple[int, str], Moments]:
    """The moments of every block and measure of a pass: first axis the links as made, then draws.

    Args:
        this: the pass.
        draws: how many draws of links there are.
        draw: of each row: 0 the links as made; else what a draw changes.
        cell: of each row: the cell's number in the pass. A draw's cell may have several rows.
        sums: rows x the ``needed`` moments of each measure, in order.
    """
    at, size = draw * this.cells + cell, (draws + 1) * this.cells
    found, columns = {}, iter(sums.T)
    for measure in this.measures:
        laid = {}
        for name in needed(measure):
            whole = np.bincount(at, next(columns), size).astype(float)
            grid = whole.reshape(draws + 1, this.cells)
            grid[1:] += grid[0]
            laid[name] = grid
        moments = _completed(measure, laid)
        for block in this.blocks:
            cut = partial(_cut, first=this.first_cell(block), shape=block.shape)
            found[block.number, measure.name] = moments.each(cut)
    return found


def _cut(grid: Floats, first: int, shape: tuple[int, ...]) -> Floats:
    """The cells of one block, in its shape, for the links as made and each draw."""
    return grid[:, first : first + prod(shape)].reshape(-1, *shape)


def _completed(measure: Measure, laid: dict[str, Floats]) -> Moments:
    """All moments: of a share y² is y, unweighted w is 1; a profile's y is never asked for."""
    zeros = np.zeros_like(laid["n"])
    for name in NAMES:
        if name in laid:
            continue
        unweighted = name.replace("w", "") or "n"
        if measure.weight == NO_WEIGHT and name != unweighted:
            laid[name] = laid[unweighted]
        else:
            laid[name] = laid.get(name.replace("yy", "y"), zeros)
    return Moments(**laid)
