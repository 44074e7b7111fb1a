"""Register: everything ever released from one universe, as counts of groups of people.

A group is a condition: variable to the codes that are in. Filters are conditions; so is a
count that is part of another (the variable of its name, ``yes`` or ``no``), and a code that
overlaps others. Every table says of some groups how many people they are, and of others that
this is withheld.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from attainment_linkage.core.disclosure.equations import Shown
from attainment_linkage.core.disclosure.tables import (
    MODEL,
    ROUNDING,
    Classification,
    Codes,
    Description,
)

YES, NO = "yes", "no"
OUTSIDE = "*"
"""The code of those whom no table has under any of a variable's codes."""

Condition = frozenset[tuple[str, frozenset[str]]]


@dataclass(frozen=True)
class Released:
    """One released output: its package and name, what it was of, and what was shown."""

    package: str
    name: str
    description: Description
    shown: Shown
    base: int = 0

    @property
    def title(self) -> str:
        """How it is named to people: output and package."""
        return f"{self.name} ({self.package})" if self.package else self.name


@dataclass(frozen=True)
class Group:
    """A group of people in one output: who, and between which numbers it was told to lie.

    ``low`` and ``high`` are equal where the count was shown, and None where it was withheld.
    ``siblings`` names the sum that it is a part of, so that sums of withheld ones are tried.
    """

    output: str
    cell: Codes
    column: str
    condition: Condition
    low: float | None
    high: float | None
    siblings: tuple[str, ...] = ()


def groups_of(one: Released) -> Iterator[Group]:
    """The groups that an output tells of, remainders included; a model tells of its total."""
    description = one.description
    filters = {name: frozenset(codes) for name, codes in description.filter.items()}
    margin, own = one.base / 2, _own_roots(one)
    for (codes, column), value in one.shown.items():
        if column not in {each.column for each in description.count}:
            continue
        if description.kind == MODEL and value is None:
            continue
        condition = _condition(description, codes, column, filters, own)
        if value is None:
            yield Group(one.title, codes, column, condition, None, None, _siblings(codes, column))
        elif not one.base:
            yield Group(one.title, codes, column, condition, value, value)
        elif description.method == ROUNDING and _is_finest(description, codes, column):
            low, high = max(0.0, value - margin), value + margin - 1
            yield Group(one.title, codes, column, condition, low, high)


def _siblings(codes: Codes, column: str) -> tuple[str, ...]:
    lines = [(*codes[:at], "", *codes[at + 1 :], column) for at in range(len(codes))]
    return tuple("|".join([str(at), *line]) for at, line in enumerate(lines))


def _is_finest(description: Description, codes: Codes, column: str) -> bool:
    """Whether a rounded count was rounded itself; the others are sums of such."""
    is_leaf = all(
        code in one.codes for one, code in zip(description.classification, codes, strict=True)
    )
    return is_leaf and column not in {each.of for each in description.count}


def _condition(
    description: Description,
    codes: Codes,
    column: str,
    filters: Mapping[str, frozenset[str]],
    own: set[str],
) -> Condition:
    found = dict(filters)

    def narrow(variable: str, kept: frozenset[str]) -> None:
        found[variable] = found.get(variable, kept) & kept

    if description.kind != MODEL:
        for one, code in zip(description.classification, codes, strict=True):
            if one.overlaps:
                if code != one.total:
                    narrow(f"{one.variable}={code}", frozenset({YES}))
            else:
                narrow(one.variable, frozenset(leaves(one, code)))
    counts = {each.column: each for each in description.count}
    while counts[column].of:
        parting = counts[column].parting
        narrow(parting or column, frozenset({column if parting else YES}))
        column = counts[column].of
    if column in own:
        narrow(column, frozenset({YES}))
    return frozenset(found.items())


def _own_roots(one: Released) -> set[str]:
    """Counts that are no part of another and are of other people than the first such count."""
    first, *others = (each.column for each in one.description.count if not each.of)
    cells = {codes for codes, _ in one.shown}
    return {
        column
        for column in others
        if any(one.shown.get((c, column)) != one.shown.get((c, first)) for c in cells)
    }


def leaves(one: Classification, code: str) -> tuple[str, ...]:
    """The finest codes that a code is the sum of; itself, if it is one."""
    members = dict(one.sums).get(code)
    if members is None:
        return (code,)
    return tuple(leaf for member in members for leaf in leaves(one, member))


def variables_of(outputs: Sequence[Released]) -> dict[str, tuple[str, ...]]:
    """Every variable with its codes; OUTSIDE is one unless the totals say that it is empty."""
    codes: dict[str, set[str]] = {}
    classified: set[str] = set()
    for one in outputs:
        for group in groups_of(one):
            for variable, kept in group.condition:
                codes.setdefault(variable, set()).update(kept)
        classified |= {
            each.variable for each in one.description.classification if not each.overlaps
        }
    full = _exhausted(outputs)
    full |= {each.parting for one in outputs for each in one.description.count if each.parting}
    found: dict[str, tuple[str, ...]] = {}
    for variable, known in codes.items():
        if known <= {YES, NO} and variable not in classified:
            found[variable] = (NO, YES)
        else:
            outside = () if variable in full else (OUTSIDE,)
            found[variable] = (*sorted(known), *outside)
    return found


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


def _totals(one: Released) -> Iterator[tuple[frozenset[str], Condition, float, float]]:
    """Each shown root count under the total of any variables: those, its condition, its range."""
    description = one.description
    filters = {name: frozenset(codes) for name, codes in description.filter.items()}
    roots, own = {each.column for each in description.count if not each.of}, _own_roots(one)
    finest = math.prod(len(each.codes) for each in description.classification)
    room = one.base / 2 * finest
    for (codes, column), value in one.shown.items() if description.kind != MODEL else ():
        names = frozenset(
            each.variable
            for each, code in zip(description.classification, codes, strict=True)
            if code == each.total and not each.overlaps
        )
        if value is not None and column in roots and names:
            kept = _condition(description, codes, column, filters, own)
            alone = frozenset(each for each in kept if each[0] not in names - set(filters))
            yield names, alone, value - room, value + room


def simplified(groups: Sequence[Group], variables: Mapping[str, tuple[str, ...]]) -> list[Group]:
    """The groups with conditions that hold for everyone left out."""
    found = []
    for group in groups:
        kept = frozenset(
            (name, codes) for name, codes in group.condition if set(codes) != set(variables[name])
        )
        found.append(
            Group(group.output, group.cell, group.column, kept, group.low, group.high,
                  group.siblings)
        )  # fmt: skip
    return found


def pairs_of_siblings(groups: Sequence[Group]) -> Iterator[tuple[Group, Group]]:
    """Withheld groups of one output that are parts of one sum, two by two."""
    lines: dict[tuple[str, str], list[Group]] = {}
    for group in groups:
        for line in group.siblings if group.low is None else ():
            lines.setdefault((group.output, line), []).append(group)
    for members in lines.values():
        yield from itertools.combinations(members, 2)


def spoken(group: Group) -> str:
    """A group in words, with the output that tells of it."""
    return f"{in_words(group.condition)} of {group.output}"


def in_words(condition: Condition) -> str:
    """A condition in words: `fsm=yes, region=a or b`."""
    parts = []
    for name, codes in sorted(condition, key=lambda each: each[0]):
        if "=" in name or set(codes) <= {YES, NO}:
            parts.append(name if YES in codes else f"not {name}")
        else:
            parts.append(f"{name}={' or '.join(sorted(codes))}")
    return ", ".join(parts) or "everyone"
