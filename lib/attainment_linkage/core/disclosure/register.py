"""Register: everything ever released from one universe, as counts of groups of people.

A group is a condition: variable to the codes that are in. Filters are conditions; so is a
count that is part of another (the variable of its name, ``yes`` or ``no``), and a code that
overlaps others. Every table says of some groups how many people they are, and of others that
this is withheld.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from attainment_linkage.core.disclosure.equations import Shown
from attainment_linkage.core.disclosure.tables import (
    MODEL,
    ROUNDING,
    Classification,
    Codes,
    Count,
    Description,
)

YES, NO = "yes", "no"
OUTSIDE = "*"
"""The code of those whom no table has under any of a variable's codes."""

MODELLED = "modelled in "
"""Before the name of a model: the variable of those who were complete enough to be in it."""

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
    margin, own = one.base / 2, own_roots(one)
    for (codes, column), value in one.shown.items():
        if column not in {each.column for each in description.count}:
            continue
        if description.kind == MODEL and value is None:
            continue
        condition = condition_of(one, codes, column, own)
        if any(not kept for _, kept in condition):
            continue
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


def condition_of(one: Released, codes: Codes, column: str, own: Collection[str]) -> Condition:
    """Who a count of a cell is of: the filter, the codes, and the counts that it is a part of.

    A model counts those of the filter who are complete; only it knows whom it left out.
    """
    description = one.description
    found: dict[str, frozenset[str]] = {}

    def narrow(name: str, kept: frozenset[str], label: str = "") -> None:
        """Only those who have one of these values of a variable too."""
        for variable, values in meaning(description, name, kept, label or name).items():
            found[variable] = found.get(variable, values) & values

    for name, kept in description.filter.items():
        narrow(name, frozenset(kept))
    is_model = description.kind == MODEL
    if is_model:
        found[f"{MODELLED}{one.title}"] = frozenset({YES})
    for each, code in () if is_model else zip(description.classification, codes, strict=True):
        if not each.overlaps:
            narrow(each.variable, frozenset(leaves(each, code)))
        elif code != each.total:
            narrow(each.variable, frozenset({code}), f"{each.variable}={code}")
    counts = {each.column: each for each in description.count}
    while column:
        _narrow_count(counts[column], description, own, narrow)
        column = counts[column].of
    return frozenset(found.items())


def _narrow_count(
    count: Count,
    description: Description,
    own: Collection[str],
    narrow: Callable[[str, frozenset[str]], None],
) -> None:
    if count.column in description.means or count.of or count.column in own:
        is_parting = count.parting and count.column not in description.means
        code = count.column if is_parting else YES
        narrow(count.parting if is_parting else count.column, frozenset({code}))


def meaning(
    description: Description, name: str, kept: Collection[str], label: str
) -> Mapping[str, frozenset[str]]:
    """What some codes of a name mean, variable by variable; the name itself where it is not said.

    An overlapping code is a variable of its own, called ``label``, unless its meaning is said.
    """
    told = description.means.get(name)
    if told is None:
        return {label: frozenset(kept) if label == name else frozenset({YES})}
    found: dict[str, frozenset[str]] = {}
    for code in kept:
        for variable, values in told[code].items():
            found[variable] = found.get(variable, frozenset()) | frozenset(values)
    return found


def own_roots(one: Released) -> set[str]:
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


def is_exact(group: Group) -> bool:
    """Whether the count of the group is told, to the person."""
    return group.low is not None and group.low == group.high


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


def spoken_together(one: Group, other: Group) -> str:
    """Two groups in words."""
    return f"{spoken(one)} together with {spoken(other)}"


def in_words(condition: Condition) -> str:
    """A condition in words: `fsm=yes, region=a or b`."""
    parts = []
    for name, codes in sorted(condition, key=lambda each: each[0]):
        if "=" in name or set(codes) <= {YES, NO}:
            parts.append(name if YES in codes else f"not {name}")
        else:
            parts.append(f"{name}={' or '.join(sorted(codes))}")
    return ", ".join(parts) or "everyone"
