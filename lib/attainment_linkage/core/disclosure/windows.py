"""Windows: sets of variables whose cross-classification is small enough to be attacked written out.

All variables at once, where that can be. Else one window for each set that meets in a group of
the new output with each that meets in any; but not where the two say nothing of each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from attainment_linkage.core.disclosure.register import Group
from attainment_linkage.core.disclosure.system import Flags

MOST_ATOMS = 3_000
"""Cells of a cross-classification that are written out at once."""
_WINDOW_ATOMS = 300
Variables = Mapping[str, tuple[str, ...]]
Names = frozenset[str]


def windows(groups: Sequence[Group], variables: Variables, new: str) -> Iterator[tuple[str, ...]]:
    """The windows to attack for a new output, each filled up with others as far as they fit."""
    names = sorted(variables)
    if size_of(names, variables) <= MOST_ATOMS:
        yield tuple(names)
        return
    mine, every = meeting(groups, new), meeting(groups)
    seen: list[Names] = []
    for one, other in itertools.product(mine, every):
        pair = one | other
        if any(pair <= window for window in seen) or size_of(pair, variables) > MOST_ATOMS:
            continue
        if one != other and _are_apart(one, other, every, groups, variables):
            continue
        window = pair
        for more in sorted((*mine, *every), key=lambda each: (len(each - pair), sorted(each))):
            if size_of(window | more, variables) <= _WINDOW_ATOMS:
                window = window | more
        seen.append(window)
        yield tuple(sorted(window))


def meeting(groups: Sequence[Group], output: str = "") -> list[Names]:
    """The largest sets of variables that meet in one group, of one output or of all."""
    found = {
        frozenset(name for name, _ in group.condition)
        for group in groups
        if output in ("", group.output)
    }
    largest = [one for one in found if not any(one < other for other in found)]
    return sorted(largest, key=sorted)


def size_of(names: Collection[str], variables: Variables) -> int:
    """How many cells the cross-classification of some variables has."""
    size = 1
    for name in names:
        size *= len(variables[name])
    return size


def _are_apart(
    one: Names, other: Names, every: Sequence[Names], groups: Sequence[Group], variables: Variables
) -> bool:
    """Whether nothing about one set of variables follows from the other.

    What they share is told exactly, in every cell that any of their groups reaches, and no third
    set meets both. Then any people that fit the one fit the other too: within each shared cell
    c, those of a and b are anything between max(0, a + b - c) and min(a, b), which is as wide as
    the least of a, b, c - a and c - b; and these are attacked in the windows of each alone.
    """
    shared = one & other
    if any(third & (one - shared) and third & (other - shared) for third in every):
        return False
    names = sorted(shared)
    if size_of(names, variables) > _WINDOW_ATOMS:
        return False
    of_both = [group for group in groups if {n for n, _ in group.condition} <= one | other]
    lines = np.array([_line(group, names, variables) for group in of_both])
    # cells that no group tells apart are one; those that none reaches are none
    cells = np.unique(lines[:, lines.any(axis=0)], axis=1).shape[1]
    told = [
        _line(group, names, variables)
        for group in of_both
        if group.low is not None
        and group.low == group.high
        and {name for name, _ in group.condition} <= shared
    ]
    if not told:
        return False
    return bool(np.linalg.matrix_rank(np.array(told, dtype=float)) == cells)


def _line(group: Group, names: Sequence[str], variables: Variables) -> Flags:
    """The cells of some variables' cross-classification that a group reaches."""
    kept = dict(group.condition)
    line = np.ones(1, dtype=bool)
    for name in names:
        codes = variables[name]
        axis = np.array([name not in kept or code in kept[name] for code in codes])
        line = np.outer(line, axis).ravel()
    return line
