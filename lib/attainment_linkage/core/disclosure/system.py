"""System: a table as linear equations between all the numbers that follow from each other.

Items are the table's additive numbers: for each cell its counts, its weighted counts and its
sums, and the hidden remainders that a reader can work out (those not in a numerator; those
not under a code that overlaps). Each total is the sum of its parts: one equation. Sums and
means are in units of the mean of one person, so that "ten wide" means ten people everywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from attainment_linkage.core.disclosure.tables import ADDITIVE, MODEL, Classification, Codes, Table

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

REST = "not "
"""Before the name of a code or count: the hidden rest of its total."""


@dataclass(frozen=True)
class Axis:
    """One way to go through a table: codes, which are sums of which, which are never shown."""

    codes: tuple[str, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    hidden: frozenset[str]


@dataclass(frozen=True)
class System:
    """The items of a table, in the order of ``labels``, and the equations ``matrix @ x = 0``.

    ``hidden``: never shown, but derivable; ``known``: structural zeros; ``is_count``: people,
    to be judged by the minimum count; ``lower``: the least value that a reader must assume.
    """

    labels: tuple[Codes, ...]
    values: Numbers
    matrix: scipy.sparse.csr_array
    hidden: Flags
    known: Flags
    is_count: Flags
    lower: Numbers

    @property
    def place(self) -> dict[Codes, int]:
        """Where each item stands: codes, then the column."""
        return {label: at for at, label in enumerate(self.labels)}


def additive_columns(table: Table) -> tuple[str, ...]:
    """The estimates that add up: weighted counts and sums, and means as sums over people."""
    kinds = (*ADDITIVE, "mean")
    return tuple(one.column for one in table.description.estimate if one.kind in kinds)


def system_of(table: Table) -> System:
    """The system of a table. A model's is its total alone: terms are no parts of each other."""
    axes = [axis_of(one) for one in table.description.classification]
    if table.description.kind == MODEL:
        axes = [Axis((one.total,), (), frozenset()) for one in table.description.classification]
    columns = _column_axis(table)
    every = [*axes, columns]
    labels = tuple(itertools.product(*(axis.codes for axis in every)))
    place = {label: at for at, label in enumerate(labels)}
    counts = {one.column for one in table.description.count}
    is_count = np.array([label[-1].removeprefix(REST) in counts for label in labels])
    values = _values(table, every, labels, place)
    return System(
        labels,
        values,
        _equations(every, place),
        np.array([_is_hidden(every, label) for label in labels]),
        np.array([_is_known(table, label) for label in labels]),
        is_count,
        _lower(labels, values, is_count),
    )


def axis_of(one: Classification) -> Axis:
    """The axis of a classification; codes that overlap each have a hidden rest."""
    if not (one.overlaps and one.total):
        return Axis(one.all_codes, one.sums, frozenset())
    rests = {code: f"{REST}{code}" for code in one.codes}
    sums = tuple((one.total, (code, rest)) for code, rest in rests.items())
    return Axis((*one.all_codes, *rests.values()), sums, frozenset(rests.values()))


def _column_axis(table: Table) -> Axis:
    codes: list[str] = []
    sums: list[tuple[str, tuple[str, ...]]] = []
    for one in table.description.count:
        codes.append(one.column)
        if one.of:
            sums.append((one.of, (one.column, f"{REST}{one.column}")))
    rests = [parts[1] for _, parts in sums]
    sums += table.description.partings
    return Axis((*codes, *rests, *additive_columns(table)), tuple(sums), frozenset(rests))


def _is_hidden(axes: Sequence[Axis], label: Codes) -> bool:
    return any(code in axis.hidden for axis, code in zip(axes, label, strict=True))


def _is_known(table: Table, label: Codes) -> bool:
    """Whether it is nobody by declaration; what is not in a part is where its whole is."""
    *codes, column = label
    if any(code.startswith(REST) for code in codes):
        return False
    of_rest = {f"{REST}{one.column}": one.of for one in table.description.count}
    return table.description.is_structural_zero(tuple(codes), of_rest.get(column, column))


def _values(
    table: Table, axes: Sequence[Axis], labels: Sequence[Codes], place: dict[Codes, int]
) -> Numbers:
    """Shown items from the table; a hidden one is its total less the part beside it."""
    values = np.zeros(len(labels))
    of_mean = {one.column: one.stands_on[0] for one in table.description.estimate
               if one.kind == "mean"}  # fmt: skip
    for at, label in enumerate(labels):
        if not _is_hidden(axes, label):
            row = table.cells[label[:-1]]
            people = float(row[of_mean[label[-1]]] or 0) if label[-1] in of_mean else 1.0
            values[at] = (row[label[-1]] or 0.0) * people
    for depth, axis in enumerate(axes):
        for whole, parts in axis.sums:
            if parts[-1] in axis.hidden:
                for at, label in enumerate(labels):
                    if label[depth] == parts[-1]:
                        total = place[(*label[:depth], whole, *label[depth + 1 :])]
                        part = place[(*label[:depth], parts[0], *label[depth + 1 :])]
                        values[at] = values[total] - values[part]
    return _in_people(table, labels, values)


def _in_people(table: Table, labels: Sequence[Codes], values: Numbers) -> Numbers:
    """Sums over people divided by the mean of one person, so that all items are in people."""
    for one in table.description.estimate:
        if one.kind in ("sum", "mean"):
            of = np.array([label[-1] == one.column for label in labels])
            base = np.array([label[-1] == one.stands_on[0] for label in labels])
            people, total = np.abs(values[base]).sum(), np.abs(values[of]).sum()
            values[of] *= people / total if total else 1.0
    return values


def _lower(labels: Sequence[Codes], values: Numbers, is_count: Flags) -> Numbers:
    """Zero; no bound at all in a column of sums that go below it."""
    lower = np.zeros(len(labels))
    for column in {label[-1] for label in labels}:
        of = np.array([label[-1] == column for label in labels])
        if (values[of & ~is_count] < 0).any():
            lower[of] = -np.inf
    return lower


def _equations(axes: Sequence[Axis], place: dict[Codes, int]) -> scipy.sparse.csr_array:
    rows, columns, signs, count = [], [], [], 0
    for depth, axis in enumerate(axes):
        others = [one.codes for at, one in enumerate(axes) if at != depth]
        for whole, parts in axis.sums:
            for rest in itertools.product(*others):
                at = [place[(*rest[:depth], code, *rest[depth:])] for code in (whole, *parts)]
                rows += [count] * len(at)
                columns += at
                signs += [1.0] + [-1.0] * len(parts)
                count += 1
    shape = (count, len(place))
    return scipy.sparse.csr_array((signs, (rows, columns)), shape=shape, dtype=np.float64)
