"""Review agreement: what two reviewers agree on, how often one errs, who needs a third look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from attainment_linkage.core.review.proportions import quantile, wilson
from attainment_linkage.domain.review import DECISIONS, MATCH, NOT_MATCH

Decisions = Mapping[str, str]
"""The decision on each pair, by the pair's name."""

_SURE = (MATCH, NOT_MATCH)


@dataclass(frozen=True)
class Agreement:
    """Two reviewers on the pairs that both decided. Shares; kappa is None where undefined.

    ``kappa`` is Cohen's (1960, Educ. Psychol. Meas. 20:37-46) over match, not and unsure:
    agreement beyond chance. It is low where nearly all pairs are alike, however well the
    two agree (Feinstein & Cicchetti 1990), so read it with ``observed``.
    """

    pairs: int
    observed: float
    kappa: float | None
    kappa_lower: float | None
    kappa_upper: float | None


@dataclass(frozen=True)
class ErrorRate:
    """The share of pairs on which one reviewer errs, with limits; all 0 where not known."""

    rate: float = 0.0
    lower: float = 0.0
    upper: float = 0.0
    pairs: int = 0


@dataclass(frozen=True)
class Settled:
    """What was decided of a pair in the end, and how: agreed, single or third."""

    is_match: bool
    how: str


def agreement(one: Decisions, other: Decisions, confidence: float = 0.95) -> Agreement:
    """How far two reviewers agree, with Cohen's kappa and its large-sample interval."""
    both = sorted(one.keys() & other.keys())
    if not both:
        return Agreement(0, 0.0, None, None, None)
    count = len(both)
    observed = sum(one[pair] == other[pair] for pair in both) / count
    ours, theirs = Counter(one[pair] for pair in both), Counter(other[pair] for pair in both)
    by_chance = sum(ours[word] * theirs[word] for word in DECISIONS) / count**2
    if by_chance >= 1.0:
        return Agreement(count, observed, None, None, None)
    kappa = (observed - by_chance) / (1 - by_chance)
    z = quantile(confidence)
    half = z * sqrt(observed * (1 - observed) / count) / (1 - by_chance)
    return Agreement(count, observed, kappa, max(-1.0, kappa - half), min(1.0, kappa + half))


def disagreements(one: Decisions, other: Decisions) -> list[str]:
    """Pairs for a third look: decided differently, or on which one or both were unsure."""
    return sorted(
        pair
        for pair in one.keys() & other.keys()
        if one[pair] != other[pair] or one[pair] not in _SURE
    )


def error_rate(one: Decisions, other: Decisions, confidence: float = 0.95) -> ErrorRate:
    """How often one reviewer errs, from how often the two contradict each other.

    Two who err independently at rate e contradict each other on 2e(1 - e) of the pairs.
    Limits follow from Wilson's interval of that share.
    """
    both = [p for p in one.keys() & other.keys() if one[p] in _SURE and other[p] in _SURE]
    if not both:
        return ErrorRate()
    count = len(both)
    against = sum(one[pair] != other[pair] for pair in both)
    lower, upper = wilson(against, count, quantile(confidence))
    return ErrorRate(_error_of(against / count), _error_of(lower), _error_of(upper), count)


def _error_of(contradicted: float) -> float:
    """The error rate of one from the share of pairs that two contradict each other on."""
    return (1 - sqrt(1 - 2 * min(contradicted, 0.495))) / 2


def settled(first_looks: Sequence[Decisions], third_look: Decisions) -> dict[str, Settled]:
    """The pairs that are decided: agreed by both, by the only one who saw it, or thirdly.

    A pair that stays unsure, or contradicted without a third look, is not decided.
    """
    found = {}
    for pair in sorted({pair for look in [*first_looks, third_look] for pair in look}):
        said = [look[pair] for look in first_looks if pair in look]
        if third_look.get(pair) in _SURE:
            found[pair] = Settled(third_look[pair] == MATCH, "third")
        elif pair not in third_look and len(set(said)) == 1 and said[0] in _SURE:
            found[pair] = Settled(said[0] == MATCH, "agreed" if len(said) > 1 else "single")
    return found
