"""Decide: one output from what was brought to what may be shown, or why not.

Unsafe items, then further ones until nothing can be worked out, then the audit: a breach it
finds becomes a target more, and the table is made again. What does not hold is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from attainment_linkage.core.disclosure import audit, rounding
from attainment_linkage.core.disclosure.attacker import Target
from attainment_linkage.core.disclosure.equations import Key
from attainment_linkage.core.disclosure.families import MOST_ITEMS, by_family
from attainment_linkage.core.disclosure.optimum import cheapest
from attainment_linkage.core.disclosure.primary import Unsafe, unsafe
from attainment_linkage.core.disclosure.rules import REFUSE, REVIEW, Finding, Rules
from attainment_linkage.core.disclosure.suppress import suppressed, targets_of
from attainment_linkage.core.disclosure.system import (
    REST,
    Flags,
    Numbers,
    System,
    additive_columns,
    system_of,
)
from attainment_linkage.core.disclosure.tables import MODEL, ROUNDING, Codes, Table

APPROVABLE, CORRECTED, REFUSED = "as brought", "corrected", "refused"
EXACT_ITEMS = 36
"""Tables of up to so many items are solved to the optimum."""
_TRIES = 6


@dataclass(frozen=True)
class Checked:
    """What may be shown of an output: by cell and column, None where it is withheld.

    ``primary`` and ``secondary`` are withheld by a rule, or to protect those that are.
    """

    table: Table
    status: str
    shown: Mapping[Key, float | None]
    primary: frozenset[Key]
    secondary: frozenset[Key]
    findings: tuple[Finding, ...]

    @property
    def review(self) -> tuple[Finding, ...]:
        """What the checker has to look at and answer for."""
        return tuple(one for one in self.findings if one.severity == REVIEW)


def checked(table: Table, rules: Rules, also: frozenset[Key] = frozenset()) -> Checked:
    """An output as it may be shown; ``also`` and itself name items to be withheld besides."""
    description = table.description
    also |= {
        (tuple(one.cell[name] for name in description.variables), one.column)
        for one in description.withhold
    }
    system = system_of(table)
    found = unsafe(table, system, rules)
    if any(one.severity == REFUSE for one in found.findings):
        return _refused(table, found.findings)
    if table.description.method == ROUNDING:
        return _rounded(table, found, rules)
    if table.description.kind == MODEL:
        return _model(table, found, rules, also)
    share = _unsafe_share(system, found)
    is_large = len(system.values) > MOST_ITEMS and rules.mostly_unsafe.is_on
    if is_large and share > rules.mostly_unsafe.limit:
        said = f"more than {rules.mostly_unsafe.limit:g}% of its counts are unsafe by themselves"
        return _unsafe(table, found, "mostly_unsafe", said)
    try:
        withheld = _protected(table, system, found, rules, also)
    except ArithmeticError:
        return _unsafe(
            table, found, "audit", "the attack on it came to no end, so nothing is proved"
        )
    if withheld is None:
        return _unsafe(table, found, "secondary", "no pattern of withheld cells keeps it safe")
    return _suppressed(table, system, found, withheld, also)


def _unsafe(table: Table, found: Unsafe, rule: str, said: str) -> Checked:
    said = f"{said}; bring it with fewer or coarser codes"
    return _refused(table, (*found.findings, Finding(rule, REFUSE, table.name, "table", said)))


def _unsafe_share(system: System, found: Unsafe) -> float:
    """Of the counts that would be shown, the percent that are unsafe."""
    shown = system.is_count & ~system.hidden
    return 100.0 * float((found.items & shown).sum()) / max(1, int(shown.sum()))


def _refused(table: Table, findings: tuple[Finding, ...]) -> Checked:
    return Checked(table, REFUSED, {}, frozenset(), frozenset(), findings)


def demand_of(rules: Rules, widths: Mapping[Key, float]) -> audit.Demand:
    """What the audit asks of every interval."""
    return audit.Demand(rules.threshold, not rules.zeros.is_on, widths)


def _protected(
    table: Table, system: System, found: Unsafe, rules: Rules, also: frozenset[Key]
) -> Flags | None:
    """Withheld items that pass the audit: counts first, then the sums that stand on them.

    None where no pattern was found that does.
    """
    place = system.place
    asked = np.zeros(len(system.values), dtype=bool)
    asked[[place[(*codes, column)] for codes, column in also]] = True
    extra: list[Target] = []
    widths = dict(found.widths)
    by_key = {_key(system.labels[at]): width for at, width in widths.items()}
    for _ in range(_TRIES):
        items = (found.items | asked) & system.is_count
        withheld = _of_counts(table, system, items, found.hidden, extra, rules)
        forced = _standing_on(table, system, withheld) | found.items | asked
        if additive_columns(table):
            items = withheld | (forced & ~system.is_count)
            withheld = _pattern(system, items, found.hidden, widths, extra, rules)
        shown = _shown(table, system, withheld, found)
        broken = audit.breaches(table.description, shown, demand_of(rules, by_key))
        if not broken:
            return withheld
        extra += [_target(system, one, rules.threshold) for one in broken]
    return None


def _of_counts(
    table: Table, system: System, items: Flags, hidden: Flags, extra: list[Target], rules: Rules
) -> Flags:
    """What to withhold of the counts: as one system, or family by family where that is large."""

    def protect(part: System, items: Flags, hidden: Flags, extra: list[Target]) -> Flags:
        """What to withhold of one system of counts."""
        return _pattern(part, items, hidden, {}, extra, rules)

    if len(system.values) <= MOST_ITEMS or additive_columns(table):
        return protect(system, items, hidden, extra)
    return by_family(table.description, system, items, hidden, extra, protect)


def _pattern(
    system: System,
    items: Flags,
    hidden: Flags,
    widths: dict[int, float],
    extra: list[Target],
    rules: Rules,
) -> Flags:
    targets = targets_of(system, items, hidden, widths, rules.threshold) + extra
    cost = costs(system)
    found = suppressed(system, items, targets, cost, rules.threshold)
    if len(system.values) <= EXACT_ITEMS and (found & ~items).any():
        best = cheapest(system, items, targets, cost, rules.threshold)
        found = found if best is None else best
    return found


def costs(system: System) -> Numbers:
    """What it costs to withhold an item: one, and a little more for margins and large cells."""
    depth = np.array([sum(map(bool, row)) for row in _is_whole(system)], dtype=float)
    size = np.log10(1.0 + np.abs(system.values))
    return np.asarray(1.0 + 0.02 * depth + 0.01 * size / (1.0 + size.max(initial=0.0)))


def _is_whole(system: System) -> list[list[bool]]:
    """For each item and each place of its label: whether the code there is a sum of others."""
    wholes = {
        (at, label)
        for row in range(system.matrix.shape[0])
        for at, label in [_whole_of(system, row)]
    }
    return [[(at, code) in wholes for at, code in enumerate(label)] for label in system.labels]


def _whole_of(system: System, row: int) -> tuple[int, str]:
    span = slice(system.matrix.indptr[row], system.matrix.indptr[row + 1])
    at, signs = system.matrix.indices[span], system.matrix.data[span]
    whole, part = system.labels[at[signs > 0][0]], system.labels[at[signs < 0][0]]
    place = next(place for place, code in enumerate(whole) if part[place] != code)
    return place, whole[place]


def _standing_on(table: Table, system: System, withheld: Flags) -> Flags:
    """Sums of cells whose counts are withheld: a weighted count would give the count away."""
    place, found = system.place, np.zeros(len(withheld), dtype=bool)
    for one in table.description.estimate:
        if one.column in additive_columns(table):
            for codes in table.cells:
                if any(withheld[place[(*codes, name)]] for name in one.stands_on):
                    found[place[(*codes, one.column)]] = True
    return found


def _key(label: Codes) -> Key:
    return label[:-1], label[-1]


def _target(system: System, breach: audit.Breach, threshold: int) -> Target:
    """A breach as a target; the audit's names of remainders begin with `~`."""
    place = system.place
    labels = [
        tuple(code.replace("~", REST) if code.startswith("~") else code for code in (*codes, name))
        for codes, name in breach.items
    ]
    return Target(tuple(sorted(place[label] for label in labels)), float(threshold) + 1.0)


def _shown(table: Table, system: System, withheld: Flags, found: Unsafe) -> dict[Key, float | None]:
    """Counts and estimates as they would be released; an estimate needs all its counts."""
    place, shown = system.place, {}
    counts = [one.column for one in table.description.count]
    additive = set(additive_columns(table))
    for codes, row in table.cells.items():
        open_counts = {name for name in counts if not withheld[place[(*codes, name)]]}
        for name in counts:
            shown[codes, name] = row[name] if name in open_counts else None
        for one in table.description.estimate:
            is_open = (
                set(one.stands_on) <= open_counts and (codes, one.column) not in found.estimates
            )
            if one.column in additive:
                is_open = is_open and not withheld[place[(*codes, one.column)]]
            for name in one.released_columns:
                shown[codes, name] = row[name] if is_open else None
    return shown


def _suppressed(
    table: Table,
    system: System,
    found: Unsafe,
    withheld: Flags,
    also: frozenset[Key],
) -> Checked:
    shown = _shown(table, system, withheld, found)
    primary = {_key(system.labels[at]) for at in np.flatnonzero(found.items)}
    primary |= found.estimates
    secondary = {key for key, value in shown.items() if value is None} - primary
    secondary -= {key for key in secondary if table.cells[key[0]][key[1]] is None}
    status = CORRECTED if primary or secondary or also else APPROVABLE
    return Checked(table, status, shown, frozenset(primary), frozenset(secondary), found.findings)


def _model(table: Table, found: Unsafe, rules: Rules, also: frozenset[Key]) -> Checked:
    """A model: its total count and its coefficients; the count of a term stays in the room."""
    (terms,) = table.description.classification
    shown: dict[Key, float | None] = {}
    withheld = set(found.estimates)
    for codes, row in table.cells.items():
        for count in table.description.count:
            is_total = codes == (terms.total,) and row[count.column] is not None
            is_open = is_total and (row[count.column] or 0) >= rules.threshold
            is_open = is_open and not also & {(codes, count.column), (codes, count.of)}
            shown[codes, count.column] = row[count.column] if is_open else None
        for one in table.description.estimate:
            is_open = (codes, one.column) not in withheld
            for name in one.released_columns:
                shown[codes, name] = row[name] if is_open else None
    status = CORRECTED if withheld or also else APPROVABLE
    return Checked(table, status, shown, frozenset(withheld), frozenset(also), found.findings)


def _rounded(table: Table, found: Unsafe, rules: Rules) -> Checked:
    problem = rounding.unfit(table)
    if problem:
        finding = Finding("rounding", REFUSE, table.name, "table", problem)
        return _refused(table, (*found.findings, finding))
    base = int(rules.rounding.limit * rules.threshold)
    shown = rounding.rounded(table, base)
    return Checked(table, CORRECTED, shown, frozenset(), frozenset(), found.findings)
