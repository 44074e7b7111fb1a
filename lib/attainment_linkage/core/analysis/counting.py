"""Counting: the sums of every table and model over a stream of batches of pupils, in one go.

Each task counts what it is given into arrays of all cells and draws, and hands on what is not
nought; rows of tasks add up (``block_moments``, ``model_patterns``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.analysis.definitions import Analysis, Block, ModelDefinition
from attainment_linkage.core.analysis.design import PatternCounts
from attainment_linkage.core.analysis.moments import Floats, Moments
from attainment_linkage.core.analysis.places import Batch, Bools, Ints
from attainment_linkage.core.analysis.sums import Pass, moments_of, needed, passes

COLUMNS = "part int, draw int, cell bigint, sums array<double>"
"""One row per part (a pass, or a model after them), draw and cell, or pattern, with its sums."""
MODEL_SUMS = ("n", "y", "w", "wy", "ww", "wwy")
_PENDING = 500_000


def columns_of(analysis: Analysis) -> tuple[str, ...]:
    """The columns of pupils that an analysis reads."""
    blocks, models = analysis.blocks, analysis.models
    measures = [one for block in blocks for one in block.measures]
    measures += [model.measure for model in models]
    classes = [one for block in blocks for one in block.by]
    classes += [one for model in models for one in model.factors]
    names = {"is_linked", "linkage_weight"}
    names |= {name for block in blocks for name in block.universe.where}
    names |= {name for model in models for name in model.universe.where}
    names |= {name for one in measures for name in (one.column, *one.where)}
    names |= {name for one in classes for name in (one.column, *one.flags)}
    return tuple(sorted(names - {""}))


class Counter:
    """The sums of an analysis so far: of the links as made (draw 0), and what draws change.

    A batch has the columns of ``columns_of``, ``draw``, and ``sign`` (1 a pupil that comes,
    -1 one that goes).
    """

    def __init__(self, analysis: Analysis, draws: int) -> None:
        self.draws = draws
        self.parts: list[_PassCounter | _ModelCounter] = [
            *(_PassCounter(this, draws) for this in passes(analysis.blocks)),
            *(_ModelCounter(model) for model in analysis.models),
        ]

    def add(self, columns: pa.RecordBatch) -> None:
        """Count a batch."""
        batch = Batch(columns)
        draw, sign = batch.number("draw").astype(np.int64), batch.number("sign")
        for part in self.parts:
            part.add(batch, draw, sign)

    def rows(self) -> pa.Table:
        """What was counted, in the shape of ``COLUMNS``."""
        return pa.concat_tables(_table(at, *part.rows()) for at, part in enumerate(self.parts))


def _table(part: int, draw: Ints, cell: Ints, sums: Floats) -> pa.Table:
    ends = np.arange(len(sums) + 1, dtype=np.int32) * sums.shape[1]
    columns = {
        "part": pa.array(np.full(len(draw), part), pa.int32()),
        "draw": pa.array(draw, pa.int32()),
        "cell": pa.array(cell, pa.int64()),
        "sums": pa.ListArray.from_arrays(pa.array(ends), pa.array(sums.ravel())),
    }
    return pa.table(columns)


class _PassCounter:
    """The sums of one pass: by term, draw and cell."""

    def __init__(self, this: Pass, draws: int) -> None:
        self.this = this
        self.sums = np.zeros((this.terms, draws + 1, this.cells))

    def add(self, batch: Batch, draw: Ints, sign: Floats) -> None:
        """Count a batch."""
        terms = [one for measure in self.this.measures
                 for one in batch.terms(measure, needed(measure), sign)]  # fmt: skip
        draws = int(draw.max(initial=0)) + 1
        for block in self.this.blocks:
            inside = batch.meets(block.universe.where)
            first, size = self.this.first_cell(block), prod(block.shape)
            for cell, is_in in _cells(batch, block, inside):
                at = np.where(is_in, draw * size + cell, draws * size)
                for number, term in enumerate(terms):
                    found = np.bincount(at, term, draws * size + 1)[:-1].reshape(draws, size)
                    self.sums[number, :draws, first : first + size] += found

    def rows(self) -> tuple[Ints, Ints, Floats]:
        """Draw, cell number and sums (rows x terms) of what is not nought."""
        draw, cell = np.nonzero((self.sums != 0).any(axis=0))
        return draw, cell, np.ascontiguousarray(self.sums[:, draw, cell].T)


def _cells(batch: Batch, block: Block, inside: Bools) -> Iterator[tuple[Ints, Bools]]:
    """The number of each pupil's cell in a block, and who is in it; of flags, once for each."""
    for places in product(*(batch.places(one) for one in block.by)):
        cell, is_in = np.zeros(len(batch), dtype=np.int64), inside
        for size, (place, has_place) in zip(block.shape, places, strict=True):
            cell = cell * size + place
            is_in = is_in if has_place is None else is_in & has_place
        yield cell, is_in


class _ModelCounter:
    """The sums of a model: by draw and pattern of its factors' categories."""

    def __init__(self, model: ModelDefinition) -> None:
        self.model = model
        self.size = prod(len(one.categories) for one in model.factors)
        self.keys: list[Ints] = []
        self.sums: list[Floats] = []

    def add(self, batch: Batch, draw: Ints, sign: Floats) -> None:
        """Count a batch."""
        model = self.model
        kept = batch.meets(model.universe.where) & batch.base(model.measure)
        key = draw.copy()
        for one in model.factors:
            ((place, _),) = batch.places(one)
            key = key * len(one.categories) + place
        terms = batch.terms(model.measure, MODEL_SUMS, sign)
        self.keys.append(key[kept])
        self.sums.append(np.stack(terms)[:, kept])
        if sum(map(len, self.keys)) > _PENDING:
            self._merge()

    def _merge(self) -> None:
        if self.keys:
            key, sums = _together(np.concatenate(self.keys), np.concatenate(self.sums, axis=1))
            self.keys, self.sums = [key], [sums]

    def rows(self) -> tuple[Ints, Ints, Floats]:
        """Draw, pattern number and sums (rows x terms) of what was counted."""
        self._merge()
        key = self.keys[0] if self.keys else np.zeros(0, dtype=np.int64)
        sums = self.sums[0] if self.sums else np.zeros((len(MODEL_SUMS), 0))
        return key // self.size, key % self.size, np.ascontiguousarray(sums.T)


def _together(key: Ints, sums: Floats) -> tuple[Ints, Floats]:
    """Each key once, with the sums (terms x keys) of all its rows."""
    found, at = np.unique(key, return_inverse=True)
    whole = [np.bincount(at, one, len(found)).astype(float) for one in sums]
    return found, np.stack(whole)


# ------------------------------------------------------------------------- back from Spark


def block_moments(
    analysis: Analysis, rows: pa.Table, draws: int
) -> Iterator[tuple[Block, dict[str, Moments]]]:
    """The moments of each block, by measure, from the rows of all tasks.

    First axis: the links as made, then each draw of them; then the block's shape.
    """
    for part, this in enumerate(passes(analysis.blocks)):
        moments = moments_of(this, draws, *_part(rows, part, this.terms))
        for block in this.blocks:
            yield block, {one.name: moments[block.number, one.name] for one in block.measures}


def model_patterns(
    analysis: Analysis, rows: pa.Table
) -> Iterator[tuple[ModelDefinition, PatternCounts]]:
    """The counted patterns of each model, each once, from the rows of all tasks."""
    first = len(passes(analysis.blocks))
    for part, model in enumerate(analysis.models, first):
        draw, cell, sums = _part(rows, part, len(MODEL_SUMS))
        shape = tuple(len(one.categories) for one in model.factors)
        key, whole = _together(draw * prod(shape) + cell, sums.T)
        codes = np.column_stack(np.unravel_index(key % prod(shape), shape))
        yield model, PatternCounts(key // prod(shape), codes, *whole)


def _part(rows: pa.Table, part: int, terms: int) -> tuple[Ints, Ints, Floats]:
    """Of the rows of a part: draw, cell, and sums (rows x terms)."""
    mine = rows.filter(pc.equal(rows["part"], part)).combine_chunks()
    draw, cell = mine["draw"].to_numpy().astype(np.int64), mine["cell"].to_numpy()
    return draw, cell, pc.list_flatten(mine["sums"]).to_numpy().reshape(-1, terms)
