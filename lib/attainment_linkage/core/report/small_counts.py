"""Small counts: which numbers of a report are left out, so that none gives another away.

A count from 1 to 9 is not shown. Where the sum of a list is known, one number left out is
the sum less the others: so the next smallest ones go with it, until two or more of them add
up to ten. Bars of a histogram are joined instead: nothing is lost there but detail.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

SMALLEST = 10
Name = TypeVar("Name", bound=Hashable)


def alone(count: int) -> int | None:
    """A count of which no sum is known; None where it is too small to be shown."""
    return None if 0 < count < SMALLEST else count


def parts(counts: Mapping[Name, int], left_out: Collection[Name] = ()) -> dict[Name, int | None]:
    """Counts whose sum is known, in the order given; None for those that are not shown.

    ``left_out`` are not shown whatever they are.
    """
    some = sorted((count, place, name) for place, (name, count) in enumerate(counts.items()))
    hidden = {name for name in counts if name in left_out}
    taken = sum(counts[name] for name in hidden)
    for count, _, name in some:
        is_enough = not hidden or (len(hidden) > 1 and taken >= SMALLEST)
        if name in hidden or count == 0 or (count >= SMALLEST and is_enough):
            continue
        hidden.add(name)
        taken += count
    return {name: None if name in hidden else count for name, count in counts.items()}


def joined(bars: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """Bars of a histogram, each with its lower end and its count, joined where one is small.

    Bars are in order. A small one takes in the next ones until it is none; the last ones join
    the one before them. Where all of them together are small, there is no bar.
    """
    done: list[tuple[float, int]] = []
    low: float | None = None
    held = 0
    for start, count in bars:
        low = start if low is None else low
        held += count
        if alone(held) is not None:
            done.append((low, held))
            low, held = None, 0
    while low is not None and done and alone(held) is None:
        low, before = done.pop()
        held += before
    if low is not None and alone(held) is not None:
        done.append((low, held))
    return done
