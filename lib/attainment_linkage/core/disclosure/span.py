"""Span: whether a withheld count is a sum and difference of all counts ever released, exactly.

Groups are functions on the cells of the whole cross-classification, which is far too large to
be written out. But the inner product of two groups is a product over the variables (the share
of codes that both keep), so whether a group lies in the span of all released ones is decided
from their Gram matrix alone, over every output together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from attainment_linkage.core.disclosure.register import (
    Group,
    pairs_of_siblings,
    spoken,
    spoken_together,
)
from attainment_linkage.core.disclosure.system import Numbers

_EPSILON = 1e-7
_RANK = 1e-9


def determined(
    groups: Sequence[Group], variables: Mapping[str, tuple[str, ...]], threshold: int
) -> tuple[str, tuple[Group, ...]] | None:
    """The first withheld group, or pair of neighbours of one sum, that follows; from which told.

    A pair that follows is given away only when it is small: its value is worked out.
    """
    exact = {group.condition: group for group in groups if group.low is not None
             and group.low == group.high}  # fmt: skip
    told = list(exact.values())
    withheld = [group for group in groups if group.low is None]
    if not told or not withheld:
        return None
    every = [*told, *withheld]
    gram = _gram(every, variables)
    size = len(told)
    inverse = np.linalg.pinv(gram[:size, :size], rcond=_RANK, hermitian=True)
    weights = gram[size:, :size] @ inverse
    rest = gram[size:, size:] - weights @ gram[:size, size:]
    for at, group in enumerate(withheld):
        if rest[at, at] < _EPSILON * gram[size + at, size + at]:
            return spoken(group), _used(told, weights[at])
    return _pair(withheld, told, rest, weights, threshold)


def _pair(
    withheld: Sequence[Group],
    told: Sequence[Group],
    rest: Numbers,
    weights: Numbers,
    threshold: int,
) -> tuple[str, tuple[Group, ...]] | None:
    place = {id(group): at for at, group in enumerate(withheld)}
    values = np.array([group.low for group in told], dtype=float)
    for one, other in pairs_of_siblings(withheld):
        first, second = place[id(one)], place[id(other)]
        left = rest[first, first] + rest[second, second] + 2 * rest[first, second]
        scale = max(abs(rest[first, first]), abs(rest[second, second]))
        weight = weights[first] + weights[second]
        if left < _EPSILON * scale and weight @ values < threshold - 0.5:
            return spoken_together(one, other), _used(told, weight)
    return None


def _gram(groups: Sequence[Group], variables: Mapping[str, tuple[str, ...]]) -> Numbers:
    gram = np.ones((len(groups), len(groups)))
    for name, codes in variables.items():
        kept = [dict(group.condition).get(name) for group in groups]
        line = np.array([[one is None or code in one for code in codes] for one in kept], float)
        gram *= line @ line.T / len(codes)
    return gram


def _used(told: Sequence[Group], weight: Numbers) -> tuple[Group, ...]:
    return tuple(told[int(at)] for at in np.flatnonzero(np.abs(weight) > 1e-6))
