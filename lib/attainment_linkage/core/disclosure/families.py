"""Families: a large table of counts protected count by count, its bases first.

With the bases settled, the counts that stand on them say nothing of each other but where they
part one base. So each such family is a small system of its own, in which a shown base is known
and a withheld one may be anything. What is chosen so is cheapest within a family, not over all
of them together; the audit attacks the table as a whole, as it does any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from attainment_linkage.core.disclosure.attacker import Target
from attainment_linkage.core.disclosure.system import REST, Flags, System
from attainment_linkage.core.disclosure.tables import Description

MOST_ITEMS = 2_000
"""A table of up to so many items is protected as one system."""

Protect = Callable[[System, Flags, Flags, list[Target]], Flags]
"""What to withhold of a system: its unsafe items, its unsafe remainders, further targets."""


def by_family(
    description: Description,
    system: System,
    items: Flags,
    hidden: Flags,
    extra: list[Target],
    protect: Protect,
) -> Flags:
    """What to withhold of a table of counts: of the bases, then of each family on them."""
    roots = frozenset(one.column for one in description.count if not one.of)
    withheld = np.zeros(len(items), dtype=bool)
    for columns in (roots, *_families(description)):
        is_base = columns is roots
        at = _places(system, columns if is_base else columns | roots)
        part = _part(system, at)
        if not is_base:
            of_root = np.array([label[-1] in roots for label in part.labels])
            part = replace(
                part,
                known=part.known | (of_root & ~withheld[at]),
                hidden=part.hidden | (of_root & withheld[at]),
            )
        unsafe = items[at] & ~part.hidden & ~part.known
        found = protect(part, unsafe, hidden[at], list(_inside(extra, at)))
        withheld[at] |= found & ~part.hidden
    return withheld


def _families(description: Description) -> Iterator[frozenset[str]]:
    """Counts that part one base, or are parts of each other; any other count alone."""
    families: dict[str, set[str]] = {}
    head: dict[str, str] = {}
    for one in description.count:
        if one.of:
            own = f"{one.of} {one.parting}" if one.parting else one.column
            head[one.column] = head.get(one.of, own)
            families.setdefault(head[one.column], set()).add(one.column)
    yield from map(frozenset, families.values())


def _places(system: System, columns: frozenset[str]) -> np.ndarray:
    return np.flatnonzero([label[-1].removeprefix(REST) in columns for label in system.labels])


def _part(system: System, at: np.ndarray) -> System:
    """The items at some places, and the equations between them alone."""
    others = np.ones(len(system.labels))
    others[at] = 0.0
    is_own = abs(system.matrix) @ others == 0
    matrix = system.matrix[np.flatnonzero(is_own)][:, at]
    return System(
        tuple(system.labels[place] for place in at),
        system.values[at],
        matrix,
        system.hidden[at],
        system.known[at],
        system.is_count[at],
        system.lower[at],
    )


def _inside(targets: list[Target], at: np.ndarray) -> Iterator[Target]:
    """The targets that lie within some places, by their places among them."""
    place = {int(one): number for number, one in enumerate(at)}
    for target in targets:
        if all(one in place for one in target.items):
            yield Target(tuple(place[one] for one in target.items), target.width)
