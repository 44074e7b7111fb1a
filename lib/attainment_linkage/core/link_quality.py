"""Link quality: link rate, precision and recall of groups of pupils, and the largest gap.

A rate that would rest on fewer than the smallest count is not shown. A group of fewer pupils, or
fewer of them linked or unlinked though some are, is suppressed, and with it the next smallest ones
of its characteristic until two or more groups of together the smallest count are, or the total
would give them away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attainment_linkage.core.proportions import Share, difference, wilson

ALL = "all"
JUDGES = ("planted truth", "reviewers", "nobody")
"""Who says which links are right, the surest first."""
RATES = ("link_rate", "precision", "recall")
_COUNTS = ("pupils", "linked", "right", "linkable")
_KINDS, _PARTS = ("right", "wrong", "missed"), ("reviewed", "squares", "decided")


@dataclass(frozen=True)
class Decided:
    """Decided pairs of one kind: pairs they stand for, the squares of that, how many they are."""

    stands_for: float = 0.0
    squares: float = 0.0
    pupils: int = 0

    def __add__(self, other: Decided) -> Decided:
        """Both together."""
        return Decided(
            self.stands_for + other.stands_for,
            self.squares + other.squares,
            self.pupils + other.pupils,
        )

    def share_of(self, everything: Decided) -> Share | None:
        """Their share of all, from as many decisions as the unequal ones are worth (Kish 1965)."""
        if not everything.squares:
            return None
        worth = everything.stands_for**2 / everything.squares
        return wilson(worth * self.stands_for / everything.stands_for, worth)


@dataclass(frozen=True)
class Reviewed:
    """What reviewers decided of a group's pairs: links right and wrong, matches missed."""

    right: Decided
    wrong: Decided
    missed: Decided


@dataclass(frozen=True)
class GroupCount:
    """Counts of one group: pupils, linked ones, links that are right, pupils with a true link.

    ``right`` and ``linkable`` are None where no truth judges the links; ``reviewed`` where no
    reviewer does.
    """

    characteristic: str
    category: str
    pupils: int
    linked: int
    right: int | None = None
    linkable: int | None = None
    reviewed: Reviewed | None = None


@dataclass(frozen=True)
class GroupQuality:
    """The rates of one group; None where not known or not shown."""

    count: GroupCount
    is_suppressed: bool
    link_rate: Share | None
    precision: Share | None
    recall: Share | None

    @property
    def row(self) -> tuple[str | int | float | bool | None, ...]:
        """As the columns of ``link_quality`` have it, all but the last."""
        count = self.count
        counts = (None, None) if self.is_suppressed else (count.pupils, count.linked)
        shares = [
            (None, None, None) if share is None else (share.value, share.lower, share.upper)
            for share in (self.link_rate, self.precision, self.recall)
        ]
        rates = [None if part is None else round(part, 6) for share in shares for part in share]
        return (count.characteristic, count.category, *counts, *rates, self.is_suppressed)


@dataclass(frozen=True)
class Gap:
    """The difference of a rate between two groups of one characteristic."""

    rate: str
    characteristic: str
    high: str
    low: str
    difference: Share

    @property
    def said(self) -> str:
        """The gap in a short line: percentage points, their interval, where, between whom."""
        points = [100 * part for part in (self.difference.value, self.difference.lower)]
        points.append(100 * self.difference.upper)
        size = "{:.1f}% {:.1f} to {:.1f}".format(*points)
        return f"{size}: {self.characteristic} {self.high} over {self.low}"


def judge_of(patterns: Mapping[str, Sequence[Any]]) -> str:
    """Who judges: the planted truth where it knows every pupil (else it is of another
    delivery), reviewers where any pair is decided, or nobody.
    """
    if 0 < sum(patterns["judged"]) == sum(patterns["pupils"]):
        return JUDGES[0]
    decided = sum(sum(patterns[f"decided_{kind}"]) for kind in _KINDS)
    return JUDGES[1] if decided else JUDGES[2]


def group_counts(
    patterns: Mapping[str, Sequence[Any]], characteristics: Sequence[str], judge: str
) -> list[GroupCount]:
    """All pupils, then the categories of each characteristic in order, from pattern counts.

    ``patterns`` has, per pattern, the category of each characteristic and its counts: pupils,
    linked, judged, right, linkable; and of the decided pairs ``reviewed_<kind>``,
    ``squares_<kind>`` and ``decided_<kind>``.
    """
    counted = [*_COUNTS, *(f"{part}_{kind}" for kind in _KINDS for part in _PARTS)]
    every = [ALL] * len(patterns["pupils"])
    found = []
    for name in (ALL, *characteristics):
        totals: dict[str, list[float]] = {}
        categories = every if name == ALL else patterns[name]
        for category, *counts in zip(categories, *(patterns[c] for c in counted), strict=True):
            kept = totals.setdefault(category, [0] * len(counted))
            for place, count in enumerate(counts):
                kept[place] += count
        found += [_group(name, category, totals[category], judge) for category in sorted(totals)]
    return found


def _group(name: str, category: str, totals: Sequence[float], judge: str) -> GroupCount:
    pupils, linked, right, linkable = (int(total) for total in totals[: len(_COUNTS)])
    parts = totals[len(_COUNTS) :]
    kinds = [Decided(parts[n], parts[n + 1], int(parts[n + 2])) for n in (0, 3, 6)]
    return GroupCount(
        name,
        category,
        pupils,
        linked,
        right=right if judge == JUDGES[0] else None,
        linkable=linkable if judge == JUDGES[0] else None,
        reviewed=Reviewed(*kinds) if judge == JUDGES[1] else None,
    )


def qualities(counts: Sequence[GroupCount], smallest: int) -> list[GroupQuality]:
    """The rates of each group, in the order given, with what is too small left out."""
    hidden = _hidden(counts, smallest)
    return [_quality(count, (count in hidden), smallest) for count in counts]


def largest_gap(groups: Iterable[GroupQuality], rate: str) -> Gap | None:
    """The gap of a rate that chance explains least: of the highest lower limit; None if none.

    Groups of one characteristic are compared, each with each; ties by name.
    """
    shown: dict[str, list[tuple[str, Share]]] = {}
    for group in groups:
        share: Share | None = getattr(group, rate)
        if share is not None and group.count.characteristic != ALL:
            named = (group.count.category, share)
            shown.setdefault(group.count.characteristic, []).append(named)
    gaps = [
        Gap(rate, characteristic, high, low, difference(one, other))
        for characteristic, shares in sorted(shown.items())
        for high, one in shares
        for low, other in shares
        if one.value > other.value
    ]
    return max(gaps, key=lambda gap: gap.difference.lower, default=None)


def _hidden(counts: Sequence[GroupCount], smallest: int) -> set[GroupCount]:
    hidden: set[GroupCount] = set()
    for characteristic in {count.characteristic for count in counts}:
        groups = sorted(
            (count for count in counts if count.characteristic == characteristic),
            key=lambda count: (_least(_parts(count)), count.pupils, count.category),
        )
        taken = np.zeros(3, dtype=int)
        for place, count in enumerate(groups):
            is_covered = place == 0 or (place > 1 and _least(taken) >= smallest)
            if is_covered and _least(_parts(count)) >= smallest:
                break
            hidden.add(count)
            taken += _parts(count)
    return hidden


def _parts(count: GroupCount) -> np.ndarray:
    """All pupils of a group, those linked, those not: each follows from the other two."""
    return np.array([count.pupils, count.linked, count.pupils - count.linked])


def _least(parts: np.ndarray) -> int:
    """The least of some counts that is not nothing."""
    return int(min(parts[parts > 0], default=0))


def _quality(count: GroupCount, is_suppressed: bool, smallest: int) -> GroupQuality:
    def share(found: int | None, counted: int | None) -> Share | None:
        """A share of enough pupils; None where it may not be told."""
        if is_suppressed or found is None or counted is None or counted < smallest:
            return None
        return wilson(found, counted)

    def decided(found: Decided, others: Decided) -> Share | None:
        """A share of the pairs that reviewers decided; None likewise."""
        everything = found + others
        if is_suppressed or everything.pupils < smallest:
            return None
        return found.share_of(everything)

    said = count.reviewed
    return GroupQuality(
        count,
        is_suppressed,
        link_rate=share(count.linked, count.pupils),
        precision=decided(said.right, said.wrong) if said else share(count.right, count.linked),
        recall=decided(said.right, said.missed) if said else share(count.right, count.linkable),
    )
