"""Variables: what tells people apart in a register, with its codes, as few as they can be."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from attainment_linkage.core.disclosure.register import (
    MODELLED,
    NO,
    OUTSIDE,
    YES,
    Condition,
    Group,
    Released,
    condition_of,
    groups_of,
    is_exact,
    meaning,
    own_roots,
)
from attainment_linkage.core.disclosure.tables import MODEL, Description

Variables = Mapping[str, tuple[str, ...]]


def taken_together(
    outputs: Sequence[Released],
) -> tuple[list[Group], list[Group], list[Condition], dict[str, tuple[str, ...]]]:
    """What outputs tell, in the fewest words: of whom, of nobody; who can be nobody; variables."""
    variables = variables_of(outputs)
    groups = simplified([group for one in outputs for group in groups_of(one)], variables)
    empty = list(nobody(groups, variables))
    zeros = [condition for one in outputs for condition in structural(one)]
    zeros += [group.condition for group in empty]
    used = {group.condition for group in groups} | set(zeros)
    new, variables = merged(used, variables)
    told, of_nobody = (
        [replace(group, condition=new[group.condition]) for group in each]
        for each in (groups, empty)
    )
    return told, of_nobody, [new[condition] for condition in zeros], variables


def variables_of(outputs: Sequence[Released]) -> dict[str, tuple[str, ...]]:
    """Every variable with its codes; OUTSIDE is one unless the totals say that it is empty."""
    codes: dict[str, set[str]] = {}
    classified: set[str] = set()
    for one in outputs:
        for group in groups_of(one):
            for variable, kept in group.condition:
                codes.setdefault(variable, set()).update(kept)
        for each in one.description.classification:
            if not each.overlaps:
                classified |= _behind(one.description, each.variable)
    full = _exhausted(outputs)
    full |= {name for one in outputs for name in _parted(one.description)}
    found: dict[str, tuple[str, ...]] = {}
    for variable, known in codes.items():
        is_flag = known <= {YES, NO} and not variable.startswith(MODELLED)
        if is_flag and variable not in classified:
            found[variable] = (NO, YES)
        else:
            is_open = OUTSIDE in known or variable not in full
            found[variable] = (*sorted(known - {OUTSIDE}), *([OUTSIDE] if is_open else []))
    return found


def _behind(description: Description, name: str) -> set[str]:
    """The variables that a name of a description stands for."""
    told = description.means.get(name)
    return {name} if told is None else {each for of in told.values() for each in of}


def _parted(description: Description) -> Iterator[str]:
    """The variables of which counts that part their base are the codes."""
    for each in description.count:
        if each.parting:
            said = each.column in description.means
            yield from _behind(description, each.column) if said else [each.parting]


def _exhausted(outputs: Sequence[Released]) -> set[str]:
    """Variables under whose codes everybody is: their totals are the greatest of each group.

    One total that is shown anywhere says so, be it of all people or of a group that another
    variable tells apart: outputs of one filter are of the same people.
    """
    most: dict[Condition, float] = {}
    totals = [total for one in outputs for total in _totals(one)]
    for _, kept, low, _ in totals:
        most[kept] = max(most.get(kept, 0.0), low)
    full = {name for names, kept, _, high in totals if high >= most[kept] for name in names}
    return full - {name for names, kept, _, high in totals if high < most[kept] for name in names}


def _totals(one: Released) -> Iterator[tuple[set[str], Condition, float, float]]:
    """Each shown root count under the total of any variables: those, its condition, its range."""
    description = one.description
    fixed = {each for name in description.filter for each in _behind(description, name)}
    roots, own = {each.column for each in description.count if not each.of}, own_roots(one)
    finest = math.prod(len(each.codes) for each in description.classification)
    room = one.base / 2 * finest
    for (codes, column), value in one.shown.items() if description.kind != MODEL else ():
        names = {
            name
            for each, code in zip(description.classification, codes, strict=True)
            if code == each.total and not each.overlaps
            for name in _behind(description, each.variable)
        }
        if value is not None and column in roots and names:
            kept = condition_of(one, codes, column, own)
            alone = frozenset(each for each in kept if each[0] not in names - fixed)
            yield names, alone, value - room, value + room


def simplified(groups: Sequence[Group], variables: Variables) -> list[Group]:
    """The groups with conditions that hold for everyone left out."""
    return [
        replace(group, condition=frozenset(
            (name, codes) for name, codes in group.condition if set(codes) != set(variables[name])
        ))
        for group in groups
    ]  # fmt: skip


def structural(one: Released) -> Iterator[Condition]:
    """The conditions under which an output declares that nobody can be."""
    description, own = one.description, own_roots(one)
    overlapping = {each.variable for each in description.classification if each.overlaps}
    for zero in description.structural_zero:
        if not zero.columns:
            yield frozenset(
                pair
                for name, code in zero.cell.items()
                for pair in meaning(
                    description, name, {code}, f"{name}={code}" if name in overlapping else name
                ).items()
            )
        for codes, column in one.shown:
            cell = dict(zip(description.variables, codes, strict=True))
            if column in zero.columns and zero.cell.items() <= cell.items():
                yield condition_of(one, codes, column, own)


def nobody(groups: Sequence[Group], variables: Variables) -> Iterator[Group]:
    """The groups of those under no code of a variable, where the counts told say it is nobody.

    All under any code are as many as all there are. It is no finding that of some people
    nothing is left to be known; that all of them are under one code would be one.
    """
    told = {group.condition: group for group in groups if is_exact(group)}
    for condition, group in told.items():
        for name, kept in condition:
            known = set(variables[name]) - {OUTSIDE}
            rest = condition - {(name, kept)}
            is_any = len(known) > 1 or name.startswith(MODELLED)
            is_all = is_any and kept == known != set(variables[name])
            if is_all and rest in told and told[rest].low == group.low:
                outside = rest | {(name, frozenset({OUTSIDE}))}
                yield replace(group, condition=outside, low=0.0, high=0.0)


def merged(
    conditions: Collection[Condition], variables: Variables
) -> tuple[dict[Condition, Condition], dict[str, tuple[str, ...]]]:
    """Conditions and variables with one code for those that no condition tells apart."""
    kept: dict[str, set[frozenset[str]]] = {name: set() for name in variables}
    for condition in conditions:
        for name, codes in condition:
            kept[name].add(codes)
    called: dict[str, dict[str, str]] = {}
    for name, every in variables.items():
        alike: dict[tuple[bool, ...], list[str]] = {}
        lines = sorted(kept[name], key=sorted)
        for code in every:
            alike.setdefault(tuple(code in line for line in lines), []).append(code)
        called[name] = {code: " or ".join(of) for of in alike.values() for code in of}
    new = {
        condition: frozenset(
            (name, frozenset(called[name][code] for code in codes if code in called[name]))
            for name, codes in condition
        )
        for condition in conditions
    }
    return new, {name: tuple(dict.fromkeys(of.values())) for name, of in called.items()}
