"""Tables: the form in which a table or a model is brought to output checking.

A description (TOML or JSON, `conf/README.md`) says what a CSV file holds: which columns
classify, which are unweighted counts of people, which are estimates and on which counts each
stands. One row is one cell; margins are rows too, under the code of the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TABLE, MODEL = "table", "model"
SUPPRESSION, ROUNDING = "suppression", "rounding"

COUNTED = ("percent", "mean", "difference", "coefficient", "percentile")
"""Kinds of estimate that do not add up over cells; they stand on the counts they name."""
ADDITIVE = ("weighted_count", "sum")
"""Kinds that add up to their margins, as counts do."""
EXTREMES = ("minimum", "maximum")
"""Kinds that are a single person's value."""
KINDS = (*COUNTED, *ADDITIVE, *EXTREMES)

Meaning = Mapping[str, tuple[str, ...]]
"""Who a name stands for: variable to the values it may have; every variable must fit."""
Codes = tuple[str, ...]
"""The codes of one cell, one for each classification, in their order."""


@dataclass(frozen=True)
class Classification:
    """One variable that parts the population: its codes, groups of codes, and its total.

    ``codes`` are the finest ones. ``groups`` name sums of codes or of other groups.
    ``total`` is the code of the margin; empty where the table has none. With ``overlaps``
    a person may be under several codes, so codes do not add up to the total.
    ``geography`` is the level of an area (`conf/disclosure.toml` says how fine it may be).
    """

    variable: str
    codes: tuple[str, ...]
    title: str = ""
    total: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overlaps: bool = False
    geography: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Every code that a row may have: codes, groups, total."""
        return (*self.codes, *self.groups, *([self.total] if self.total else []))

    @property
    def sums(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each code that is a sum, with the codes it is the sum of."""
        found = [(group, tuple(members)) for group, members in self.groups.items()]
        if self.total and not self.overlaps:
            inside = {member for members in self.groups.values() for member in members}
            top = tuple(code for code in (*self.codes, *self.groups) if code not in inside)
            found.append((self.total, top))
        return tuple(found)


@dataclass(frozen=True)
class Count:
    """A column of unweighted counts of people; ``of`` names the count it is a part of.

    The counts of one ``parting`` part theirs: everybody is in just one of them.
    """

    column: str
    of: str = ""
    title: str = ""
    parting: str = ""


@dataclass(frozen=True)
class Estimate:
    """A column of weighted estimates, with its interval and the counts it stands on.

    ``kind`` is one of ``KINDS``. ``counts`` are the columns of unweighted counts behind it
    (of a percentage: ``numerator`` and ``denominator``). ``with_columns`` go with it and are
    withheld with it (a naive interval). ``top1`` and ``top2`` are columns with the largest
    and second largest person's contribution in absolute value, of kinds ``sum`` and ``mean``;
    they are evidence and never released. ``percentile`` is 1 to 99.
    """

    column: str
    kind: str
    title: str = ""
    unit: str = ""
    numerator: str = ""
    denominator: str = ""
    counts: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    with_columns: tuple[str, ...] = ()
    top1: str = ""
    top2: str = ""
    percentile: float = 0.0

    @property
    def stands_on(self) -> tuple[str, ...]:
        """The columns of counts behind the estimate, each once."""
        named = [name for name in (self.numerator, self.denominator) if name]
        return tuple(dict.fromkeys([*named, *self.counts]))

    @property
    def released_columns(self) -> tuple[str, ...]:
        """The columns that are shown, and withheld, with the estimate."""
        return (self.column, *(name for name in (self.low, self.high) if name), *self.with_columns)

    @property
    def evidence_columns(self) -> tuple[str, ...]:
        """The columns that only the check sees."""
        return tuple(name for name in (self.top1, self.top2) if name)


@dataclass(frozen=True)
class StructuralZero:
    """Cells that nobody can be in, and why: one code for each variable it names.

    With ``columns`` only these counts are nobody there; all that are a part of one are among them.
    """

    cell: Mapping[str, str]
    reason: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withhold:
    """A cell, one code for each variable, whose count is to be withheld besides the unsafe."""

    cell: Mapping[str, str]
    column: str


@dataclass(frozen=True)
class Description:
    """What a CSV file holds.

    ``universe`` names the set of records counted from: tables of one universe are checked
    against each other. ``filter`` says who of them is in: variable to codes kept; empty:
    everyone. ``population`` says the same in words. ``means`` says of names (of a
    classification, in the filter, of a count) whom each code stands for, so that a group has
    one name in the register; the code of a count is ``yes``. A name without is its own.
    """

    title: str
    universe: str
    population: str
    weights: str
    count: tuple[Count, ...]
    kind: str = TABLE
    method: str = SUPPRESSION
    filter: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    classification: tuple[Classification, ...] = ()
    estimate: tuple[Estimate, ...] = ()
    structural_zero: tuple[StructuralZero, ...] = ()
    withhold: tuple[Withhold, ...] = ()
    means: Mapping[str, Mapping[str, Meaning]] = field(default_factory=dict)
    residual_degrees_of_freedom: float = -1.0
    is_saturated: bool = False
    note: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns that classify, in order."""
        return tuple(one.variable for one in self.classification)

    @property
    def partings(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each count that others part, with those that do."""
        named = dict.fromkeys((one.of, one.parting) for one in self.count if one.parting)
        return tuple(
            (of, tuple(one.column for one in self.count if (one.of, one.parting) == (of, name)))
            for of, name in named
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the CSV must have, in the order in which it is released."""
        counts = [one.column for one in self.count]
        estimates = [name for one in self.estimate for name in one.released_columns]
        evidence = [name for one in self.estimate for name in one.evidence_columns]
        return tuple(dict.fromkeys([*self.variables, *counts, *estimates, *evidence]))

    @property
    def released_columns(self) -> tuple[str, ...]:
        """The columns of the released CSV: all but the evidence."""
        evidence = {name for one in self.estimate for name in one.evidence_columns}
        return tuple(name for name in self.columns if name not in evidence)

    def is_structural_zero(self, codes: Codes, column: str) -> bool:
        """Whether a declared structural zero covers a count of a cell."""
        cell = dict(zip(self.variables, codes, strict=True))
        return any(
            all(cell.get(variable) == code for variable, code in zero.cell.items())
            and (not zero.columns or column in zero.columns)
            for zero in self.structural_zero
        )


@dataclass(frozen=True)
class Table:
    """A table or model brought to be checked: its name, description, and numbers.

    ``cells``: one entry per cell, codes to column to number; None where there is no number
    (an estimate of an empty cell). Counts are whole numbers from 0.
    """

    name: str
    description: Description
    cells: Mapping[Codes, Mapping[str, float | None]]

    def count(self, codes: Codes, column: str) -> int:
        """One unweighted count."""
        return int(self.cells[codes][column] or 0)
