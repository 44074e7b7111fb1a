"""Definitions: what a table of the analysis is: its universe, its measures, its classifications.

They are data (``conf/analysis.toml``, read by ``core.analysis.reading``): a new table is a
few lines there and no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LINKAGE, NO_WEIGHT = "linkage", "none"
WEIGHTS = (LINKAGE, NO_WEIGHT)
SHARE, MEAN, PROFILE = "share", "mean", "profile"
KINDS = (SHARE, MEAN, PROFILE)
OUT, NO = "out", "no"
"""What a share makes of pupils whose column is not known: left out, or without what is counted."""
UNKNOWN = (OUT, NO)
PROCESS, COHORT = "process", "cohort"
"""What an interval is to cover: the rate behind the pupils there are, or these pupils' own."""
TARGETS = (PROCESS, COHORT)
ALL, NOT_KNOWN = "All", "Not known or not applicable"

Condition = Mapping[str, tuple[str, ...]]
"""Column to the values it may have, as texts; a pupil meets it where every column does."""


@dataclass(frozen=True)
class Universe:
    """Which pupils a table is of."""

    name: str
    label: str
    where: Condition


@dataclass(frozen=True)
class Measure:
    """What is measured of the pupils of a cell.

    ``share``: of pupils whose ``column`` has one of ``values``. ``mean``: of ``column``.
    ``profile``: the cell's share of all pupils of its block. ``weight`` ``linkage`` counts
    linked pupils by linkage weight; ``none`` counts every pupil once. ``unknown`` ``out``:
    a share is of those whose column is known; ``no``: of all, who is not known not being so.
    """

    name: str
    label: str
    kind: str
    unit: str
    weight: str
    column: str = ""
    values: tuple[str, ...] = ()
    where: Condition = field(default_factory=dict)
    unknown: str = OUT


@dataclass(frozen=True)
class Classification:
    """How pupils are told apart: by the codes of a column, its bands, or flags that overlap.

    ``codes``: value -> label; values of one label are one category. ``bands``: lowest value
    -> label, in rising order. ``flags``: column -> label; a pupil may have several. With none
    of them it is open: its codes are those found in the data (places). ``geography``: the
    level of a place's code, as the column declares it.
    """

    name: str
    label: str
    column: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    bands: Mapping[float, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    geography: str = ""

    @property
    def is_overlapping(self) -> bool:
        """Whether a pupil may stand in several categories, so that they do not add up."""
        return bool(self.flags)

    @property
    def is_open(self) -> bool:
        """Whether its codes are not known before the data are seen."""
        return not (self.codes or self.bands or self.flags)

    @property
    def categories(self) -> tuple[str, ...]:
        """Labels in order: of the values, then ``Not known``; of flags, then ``All``."""
        if self.is_overlapping:
            return (*self.flags.values(), ALL)
        named = self.codes or self.bands
        return (*dict.fromkeys(named.values()), NOT_KNOWN)

    def place(self, label: str) -> int:
        """The place of a category."""
        return self.categories.index(label)


@dataclass(frozen=True)
class Nobody:
    """Categories that nobody can be in together, and why: classification to its labels.

    With ``measures`` only of what these stand on is nobody there.
    """

    cell: Mapping[str, tuple[str, ...]]
    reason: str
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """Cells of one crossing of classifications, of one table; ``number`` is its own."""

    number: int
    table: str
    universe: Universe
    by: tuple[Classification, ...]
    measures: tuple[Measure, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many categories each classification has."""
        return tuple(len(one.categories) for one in self.by)

    @property
    def name(self) -> str:
        """The crossing as it is written."""
        return " x ".join(one.name for one in self.by)


@dataclass(frozen=True)
class TableDefinition:
    """One table: blocks of cells side by side, each with every measure."""

    name: str
    title: str
    universe: Universe
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class ModelDefinition:
    """A logistic model of a share, by main effects; ``number`` is its own.

    The first category of each factor is its reference. ``gaps_of`` are the factors of
    which the gap to the reference is told before and after adjustment for all others;
    without any, the coefficients are told.
    """

    number: int
    name: str
    title: str
    universe: Universe
    measure: Measure
    factors: tuple[Classification, ...]
    gaps_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """Everything that is analysed; how sure its intervals are to be, and of what.

    ``measures`` and ``classifications`` are all that are defined, used or not. ``same``: a
    column and a value of it that is one of these categories: (classification, label).
    ``nobody``: where no one can be.
    """

    level: float
    target: str
    tables: tuple[TableDefinition, ...]
    models: tuple[ModelDefinition, ...]
    measures: tuple[Measure, ...] = ()
    classifications: Mapping[str, Classification] = field(default_factory=dict)
    same: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    nobody: tuple[Nobody, ...] = ()

    @property
    def open_columns(self) -> tuple[str, ...]:
        """Columns whose codes must be found in the data before cells can be numbered."""
        used = [one for block in self.blocks for one in block.by]
        used += [one for model in self.models for one in model.factors]
        return tuple(sorted({one.column for one in used if one.is_open}))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of every table, each at the place of its number."""
        return tuple(block for table in self.tables for block in table.blocks)
