"""Equations: what the numbers of a released table have to do with each other, as a reader sees it.

From the description alone, and apart from ``system``, which chose the withheld cells: the audit
shares nothing with it.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from attainment_linkage.core.disclosure.tables import Codes, Description

Key = tuple[Codes, str]
Shown = Mapping[Key, float | None]
"""The numbers as released, by cell and column; None where one is withheld."""


@dataclass(frozen=True)
class Equation:
    """A number that is the sum of others; remainders begin with ``~``."""

    whole: Key
    parts: tuple[Key, ...]


def equations_of(description: Description, columns: Sequence[str]) -> Iterator[Equation]:
    """Every sum between the cells of some columns, remainders included."""
    every = []
    for one in description.classification:
        rests = [f"~{code}" for code in one.codes] if one.overlaps and one.total else []
        every.append([*one.all_codes, *rests])
    parts_of = {one.column: one.of for one in description.count if one.column in columns and one.of}
    names = [*columns, *(f"~{column}" for column in parts_of)]
    for codes in itertools.product(*every):
        for column, of in parts_of.items():
            yield Equation((codes, of), ((codes, column), (codes, f"~{column}")))
        for of, parting in description.partings if parts_of else ():
            yield Equation((codes, of), tuple((codes, column) for column in parting))
        for place, one in enumerate(description.classification):
            for parts in _parts(one.overlaps, codes[place], one.total, one.codes, one.sums):
                inner = [(*codes[:place], part, *codes[place + 1 :]) for part in parts]
                for name in names:
                    yield Equation((codes, name), tuple((each, name) for each in inner))


def _parts(
    overlaps: bool,
    code: str,
    total: str,
    codes: Sequence[str],
    sums: Sequence[tuple[str, tuple[str, ...]]],
) -> Iterator[tuple[str, ...]]:
    if overlaps and total and code == total:
        yield from ((each, f"~{each}") for each in codes)
    yield from (parts for whole, parts in sums if whole == code)


def keys_of(equations: Sequence[Equation], values: Shown) -> list[Key]:
    """Every number there is, each once: those released, then the others of the equations."""
    inside = [key for one in equations for key in (one.whole, *one.parts)]
    return list(dict.fromkeys([*values, *inside]))


def apart(
    equations: Sequence[Equation], values: Shown, zeros: Collection[Key]
) -> Iterator[tuple[list[Equation], Shown]]:
    """Equations whose unknowns hang together, with the numbers in them; each attacked alone."""
    above: dict[Key, Key] = {}

    def top(key: Key) -> Key:
        """The unknown that stands for all that hang together with this one."""
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    lines: list[tuple[Equation, list[Key]]] = []
    for one in equations:
        unknown = [key for key in dict.fromkeys((one.whole, *one.parts))
                   if key not in zeros and values.get(key) is None]  # fmt: skip
        for key in unknown:
            above.setdefault(key, key)
            above[top(key)] = top(unknown[0])
        lines.append((one, unknown))
    sets: dict[Key, list[Equation]] = {}
    for one, unknown in lines:
        if unknown:
            sets.setdefault(top(unknown[0]), []).append(one)
    for inside in sets.values():
        keys = dict.fromkeys(key for one in inside for key in (one.whole, *one.parts))
        yield inside, {key: values[key] for key in keys if key in values}
    alone = [key for key, value in values.items() if value is None and key not in above]
    yield [], {key: None for key in alone if key not in zeros}
