"""Primary: what is unsafe by itself, by the rules, before anything is derived from it.

Findings say the rule and the cell, never the number. Items to be withheld are given with the
width that their interval must have in the end, in people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from attainment_linkage.core.disclosure.cells import shown
from attainment_linkage.core.disclosure.rules import Finding, Rule, Rules
from attainment_linkage.core.disclosure.system import Flags, System
from attainment_linkage.core.disclosure.tables import EXTREMES, MODEL, Codes, Estimate, Table


@dataclass(frozen=True)
class Unsafe:
    """What is unsafe: items of the system, estimates of cells, and the findings.

    ``items``: shown items to be withheld; ``hidden``: remainders that must not be derivable;
    ``widths``: items whose interval must be wider than the minimum count, in people;
    ``estimates``: (cell, column) of estimates that do not add up.
    """

    items: Flags
    hidden: Flags
    widths: dict[int, float] = field(default_factory=dict)
    estimates: frozenset[tuple[Codes, str]] = frozenset()
    findings: tuple[Finding, ...] = ()


def unsafe(table: Table, system: System, rules: Rules) -> Unsafe:
    """All that the rules find in one table or model."""
    small = _small(system, rules)
    findings = [*_of_whole(table, rules), *_small_findings(table, system, small, rules)]
    findings += _class_disclosure(table, rules)
    items = small & ~system.hidden
    widths: dict[int, float] = {}
    for at, width, finding in _dominated(table, system, rules):
        items[at] = True
        widths[at] = width
        findings.append(finding)
    estimates = dict(_estimates(table, rules))
    findings += [finding for finding in estimates.values() if finding.rule != "minimum_count"]
    return Unsafe(items, small & system.hidden, widths, frozenset(estimates), tuple(findings))


def is_small(value: float, rules: Rules) -> bool:
    """Whether so few people may not be seen; nobody counts by the rule on zeros."""
    if value <= 0:
        return rules.zeros.is_on
    return rules.minimum_count.is_on and value < rules.threshold


def _small(system: System, rules: Rules) -> Flags:
    small = np.array([is_small(value, rules) for value in system.values])
    return small & system.is_count & ~system.known


def _found(name: str, rule: Rule, table: Table, where: str, said: str) -> Finding:
    return Finding(name, rule.severity, table.name, where, said)


def _of_whole(table: Table, rules: Rules) -> Iterator[Finding]:
    description = table.description
    if description.kind == MODEL:
        freedom, least = description.residual_degrees_of_freedom, rules.degrees_of_freedom.limit
        if freedom < least:
            said = f"the model has {freedom:g} residual degrees of freedom; at least {least:g}"
            yield _found("degrees_of_freedom", rules.degrees_of_freedom, table, "model", said)
        if description.is_saturated:
            said = "a saturated model gives its cells back"
            yield _found("saturated_model", rules.saturated_model, table, "model", said)
    for one in description.classification:
        if one.geography and one.geography not in rules.geography.values:
            said = f"areas of level {one.geography}; at finest {rules.geography.values[-1]}"
            yield _found("geography", rules.geography, table, one.variable, said)
    for estimate in description.estimate:
        if estimate.kind in EXTREMES:
            said = f"a {estimate.kind} is one person's value"
            yield _found("extremes", rules.extremes, table, estimate.column, said)
        elif not estimate.low:
            said = "an estimate without its interval"
            yield _found("interval", rules.interval, table, estimate.column, said)


def _small_findings(table: Table, system: System, small: Flags, rules: Rules) -> Iterator[Finding]:
    for at in np.flatnonzero(small):
        *codes, column = system.labels[at]
        where = f"{shown(table.description, tuple(codes))}: {column}"
        if system.values[at] <= 0:
            said = "nobody; a structural zero must be declared with its reason"
            yield _found("zeros", rules.zeros, table, where, said)
        else:
            said = f"fewer than {rules.threshold} people"
            yield _found("minimum_count", rules.minimum_count, table, where, said)


def _class_disclosure(table: Table, rules: Rules) -> Iterator[Finding]:
    """A group nearly all of whom are in one category: it says it of each of them."""
    rule, description = rules.class_disclosure, table.description
    if not rule.is_on or description.kind == MODEL:
        return
    for codes in table.cells:
        at = shown(description, codes)
        for one in description.count:
            whole = table.count(codes, one.of) if one.of else 0
            if whole and 100 * table.count(codes, one.column) > rule.limit * whole:
                said = f"more than {rule.limit:g}% of {one.of} are {one.column}"
                yield _found("class_disclosure", rule, table, at, said)
    column = description.count[0].column
    for place, variable in enumerate(description.classification):
        for whole_code, parts in variable.sums if len(variable.codes) > 1 else ():
            for codes in (codes for codes in table.cells if codes[place] == whole_code):
                row = [(*codes[:place], part, *codes[place + 1 :]) for part in parts]
                most = max(table.count(inner, column) for inner in row)
                if 100 * most > rule.limit * max(1, table.count(codes, column)):
                    said = f"more than {rule.limit:g}% are in one {variable.variable}"
                    yield _found("class_disclosure", rule, table, shown(description, codes), said)


def _dominated(table: Table, system: System, rules: Rules) -> Iterator[tuple[int, float, Finding]]:
    """Sums and means of which one or two people make too much, with the width they need."""
    place = system.place
    for one in table.description.estimate:
        for codes in table.cells if one.top1 and one.top2 else ():
            total = _sum_of(table, one, codes)
            first, second = (table.cells[codes][name] or 0.0 for name in (one.top1, one.top2))
            at = place[(*codes, one.column)]
            scale = abs(system.values[at] / total) if total else 1.0
            for name, room in _rooms(abs(total), first, second, rules):
                where = f"{shown(table.description, codes)}: {one.column}"
                said = "one or two people make too much of it"
                finding = _found(name, getattr(rules, name), table, where, said)
                yield at, max(rules.threshold, 2 * room * scale), finding


def _sum_of(table: Table, one: Estimate, codes: Codes) -> float:
    value = table.cells[codes][one.column] or 0.0
    return value * table.count(codes, one.stands_on[0]) if one.kind == "mean" else value


def _rooms(total: float, first: float, second: float, rules: Rules) -> Iterator[tuple[str, float]]:
    """Each rule that is broken, with how far off an estimate of the sum must be able to be."""
    if rules.dominance_one.is_on and 100 * first > rules.dominance_one.limit * total:
        yield "dominance_one", 100 * first / rules.dominance_one.limit - total
    if rules.dominance_two.is_on and 100 * (first + second) > rules.dominance_two.limit * total:
        yield "dominance_two", 100 * (first + second) / rules.dominance_two.limit - total
    rest = total - first - second
    if rules.p_percent.is_on and 100 * rest < rules.p_percent.limit * first:
        yield "p_percent", rules.p_percent.limit * first / 100 - rest


def _estimates(table: Table, rules: Rules) -> Iterator[tuple[tuple[Codes, str], Finding]]:
    """Estimates that stand on too few people, or on too few on one side of a percentile."""
    description = table.description
    for one in description.estimate:
        for codes in table.cells:
            counts = [table.count(codes, name) for name in one.stands_on]
            where = f"{shown(description, codes)}: {one.column}"
            if any(is_small(count, rules) for count in counts):
                said = f"it stands on fewer than {rules.threshold} people"
                finding = _found("minimum_count", rules.minimum_count, table, where, said)
                yield (codes, one.column), finding
            elif one.kind == "percentile" and rules.percentile_side.is_on:
                share = min(one.percentile, 100 - one.percentile) / 100
                if share * counts[0] < rules.percentile_side.limit:
                    said = f"fewer than {rules.percentile_side.limit:g} people on one side of it"
                    rule = rules.percentile_side
                    yield (codes, one.column), _found("percentile_side", rule, table, where, said)
