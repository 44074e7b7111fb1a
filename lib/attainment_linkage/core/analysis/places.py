"""Places: in which category of a classification each pupil of a batch is, and what it adds.

A batch is columns of ``linked_pupils`` as Arrow holds them; values are compared as texts, as
definitions write them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.analysis.definitions import (
    LINKAGE,
    MEAN,
    OUT,
    PROFILE,
    Classification,
    Condition,
    Measure,
)
from attainment_linkage.core.analysis.moments import Floats

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Batch:
    """Columns of some pupils, read as often as asked and turned only once."""

    def __init__(self, columns: pa.RecordBatch) -> None:
        self.columns = columns
        self._kept: dict[tuple[str, str], npt.NDArray[np.generic]] = {}

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    def meets(self, condition: Condition) -> Bools:
        """Whether each pupil has one of the values of every column; what is null has none."""
        met = np.ones(len(self), dtype=bool)
        for name, values in condition.items():
            met &= self._positions(name, values) >= 0
        return met

    def places(self, one: Classification) -> list[tuple[Ints, Bools | None]]:
        """Each pupil's place in a classification, and who has it (None: everyone).

        Flags give one of each, as they overlap, and a last one for everyone.
        """
        unknown = len(one.categories) - 1
        everyone = np.full(len(self), unknown)
        if one.is_overlapping:
            found: list[tuple[Ints, Bools | None]] = [
                (np.full(len(self), at), self.flag(name)) for at, name in enumerate(one.flags)
            ]
            return [*found, (everyone, None)]
        if one.bands:
            at = np.digitize(self.number(one.column), [*one.bands]) - 1
            return [(np.where(np.isnan(self.number(one.column)) | (at < 0), unknown, at), None)]
        places = np.array([*(one.place(label) for label in one.codes.values()), unknown])
        return [(places[self._positions(one.column, tuple(one.codes))], None)]

    def base(self, measure: Measure) -> Bools:
        """Whether each pupil is measured at all."""
        met = self.meets(measure.where)
        if measure.kind != PROFILE and measure.unknown == OUT:
            met = met & self.known(measure.column)
        if measure.weight == LINKAGE:
            met = met & self.flag("is_linked") & self.known("linkage_weight")
        return met

    def terms(self, measure: Measure, names: tuple[str, ...], sign: Floats) -> list[Floats]:
        """What each pupil adds to each sum: sign, times powers of weight and value."""
        value = np.ones(len(self))
        if measure.kind == MEAN:
            value = np.nan_to_num(self.number(measure.column))
        elif measure.kind != PROFILE:
            value = (self._positions(measure.column, measure.values) >= 0).astype(float)
        weight = np.ones(len(self))
        if measure.weight == LINKAGE:
            weight = np.nan_to_num(self.number("linkage_weight"))
        once = np.where(self.base(measure), sign, 0.0)
        return [once * weight ** name.count("w") * value ** name.count("y") for name in names]

    def known(self, name: str) -> Bools:
        """Whether a column has a value."""
        return self._turned(name, "known", lambda column: pc.is_valid(column)).astype(bool)

    def flag(self, name: str) -> Bools:
        """Whether a flag is true; null is not."""
        return self._turned(name, "flag", lambda column: pc.fill_null(column, False)).astype(bool)

    def number(self, name: str) -> Floats:
        """A column as numbers; null is not a number."""

        def turned(column: pa.Array) -> pa.Array:
            return pc.fill_null(column.cast(pa.float64()), np.nan)

        return self._turned(name, "number", turned).astype(float)

    def _positions(self, name: str, values: tuple[str, ...]) -> Ints:
        """The place of each value among some; -1 for none of them."""

        def turned(column: pa.Array) -> pa.Array:
            texts = column if pa.types.is_string(column.type) else column.cast(pa.string())
            found = pc.index_in(texts, value_set=pa.array(values, pa.string()), skip_nulls=True)
            return pc.fill_null(found, -1)

        return self._turned(name, "|".join(values), turned).astype(np.int64)

    def _turned(
        self, name: str, into: str, turn: Callable[[pa.Array], pa.Array]
    ) -> npt.NDArray[np.generic]:
        if (name, into) not in self._kept:
            column = self.columns.column(name)
            self._kept[name, into] = turn(column).to_numpy(zero_copy_only=False)
        return self._kept[name, into]
