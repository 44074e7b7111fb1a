"""Counts: which counts of people an output tells beside its estimates, each once.

Two measures of the same pupils have one base; a base that is nowhere larger than another is
told as a part of it, so that output checking protects those who are in the one and not in the
other, instead of refusing the table for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from attainment_linkage.core.disclosure.tables import Count

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Told:
    """The counts that are told; ``called``: each count asked for, and the one that tells it."""

    counts: tuple[Count, ...]
    called: Mapping[str, str]


def told_once(asked: Iterable[tuple[Count, Numbers]]) -> Told:
    """Counts without those that are the same, in every cell, as an earlier one.

    A numerator is never told by its own base: that all of a group have something is a finding.
    Counts that part their base are each told, or they would not add up to it.

    Args:
        asked: each count with its numbers, cell by cell; a part after what it is a part of.
    """
    kept: dict[str, tuple[Count, Numbers]] = {}
    bases: list[str] = []
    called: dict[str, str] = {}
    for count, numbers in asked:
        of = called.get(count.of, "")
        alike = {} if count.parting else kept
        same = [name for name, (_, other) in alike.items() if other == numbers and name != of]
        called[count.column] = same[0] if same else count.column
        if same:
            continue
        if not count.of:
            of = _whole({name: kept[name][1] for name in bases}, numbers)
            bases.append(count.column)
        kept[count.column] = (replace(count, of=of), numbers)
    return Told(tuple(count for count, _ in kept.values()), called)


def _whole(bases: Mapping[str, Numbers], numbers: Numbers) -> str:
    """The smallest base that is nowhere below these numbers; none of them, nothing."""
    wider = [
        name
        for name, other in bases.items()
        if all(mine <= theirs for mine, theirs in zip(numbers, other, strict=True))
    ]
    return min(wider, key=lambda name: sum(bases[name]), default="")
