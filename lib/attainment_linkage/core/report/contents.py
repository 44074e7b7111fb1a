"""Contents: all that the report of a run shows. Shares are 0 to 1; None is what is not shown.

No value of a person is here: names of tables and columns, counts, shares and weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from attainment_linkage.core.proportions import Share

Number = int | None


@dataclass(frozen=True)
class Outcome:
    """What became of the pupils: linked, left for review, left without any pair to look at."""

    pupils: Number
    linked: Number
    review: Number
    without: Number


@dataclass(frozen=True)
class TableLine:
    """A table of the road: rows, what its gate found, seconds of writing and of its gate."""

    stage: str
    name: str
    grain: str
    rows: Number
    expectations: int
    unmet: tuple[str, ...]
    seconds: float
    gate_seconds: float
    content_hash: str


@dataclass(frozen=True)
class StageLine:
    """A stage: whether it was made in this run, seconds of its making, peak memory in MiB."""

    name: str
    summary: str
    is_skipped: bool
    seconds: float
    gate_seconds: float
    peak_memory_mib: int
    key: str


@dataclass(frozen=True)
class WeightBar:
    """Pairs of one fate (linked, review, neither) from ``low`` to under ``high`` bits."""

    fate: str
    low: float
    high: float
    pairs: int


@dataclass(frozen=True)
class GroupLine:
    """A group of pupils and the share of it that is linked, with its 95% interval."""

    characteristic: str
    category: str
    pupils: Number
    link_rate: Share | None


@dataclass(frozen=True)
class RuleLine:
    """A blocking rule: pairs its equalities form, pairs and links it was first to find."""

    number: int
    rule: str
    candidate_pairs: Number
    kept_pairs: Number
    links: Number


@dataclass(frozen=True)
class KeyLine:
    """A matchkey: pairs, conflicts and links whose strictest key it is, and who is left over."""

    number: int
    name: str
    rule: str
    pairs: Number
    conflicts: Number
    links: Number
    left_over: int


@dataclass(frozen=True)
class LevelLine:
    """A level of a comparison: its m and u, and the bits it adds: log2(m / u)."""

    comparison: str
    level: str
    m: float
    u: float
    bits: float


@dataclass(frozen=True)
class ColumnLine:
    """A column of the linkage record and the share of each side's records that have it."""

    column: str
    attainment: float
    census: float


@dataclass(frozen=True)
class Report:
    """The report of one run, section by section."""

    run_id: str
    made_at: str
    seconds: float
    outcome: Outcome
    link_rate: Share | None
    false_links: Share | None
    missed_links: Share | None
    truth: Mapping[str, float]
    gaps: Mapping[str, str]
    accept_bits: float
    review_bits: float
    tables: tuple[TableLine, ...] = ()
    stages: tuple[StageLine, ...] = ()
    weights: tuple[WeightBar, ...] = ()
    groups: tuple[GroupLine, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    ladder: tuple[KeyLine, ...] = ()
    model: tuple[LevelLine, ...] = ()
    unlinkable: tuple[tuple[float, float], ...] = ()
    columns: tuple[ColumnLine, ...] = ()
    notes: tuple[tuple[str, str, float | int | str], ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    audit_head: str = ""
