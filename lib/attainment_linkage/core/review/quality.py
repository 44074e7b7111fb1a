"""Review quality: what the decisions of a run's batches say together about its links.

A later batch holds the most open pairs, chosen, not drawn. With those of the stratified
batch that would have been chosen too they are a domain of their own; what else was drawn
stands for the rest of its stratum. A domain without a decision yet is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attainment_linkage.core.review import estimates
from attainment_linkage.core.review.agreement import (
    Agreement,
    Decisions,
    ErrorRate,
    Settled,
    agreement,
    disagreements,
    error_rate,
    settled,
)
from attainment_linkage.core.review.estimates import Interval, Observed
from attainment_linkage.core.review.sample import Sample, SamplePair
from attainment_linkage.core.review.sampling import Stratum
from attainment_linkage.domain.review import MATCH, NOT_MATCH, UNSURE


@dataclass(frozen=True)
class Reviewed:
    """A batch with its decisions: one or two first looks, and what third looks settled."""

    sample: Sample
    first: Sequence[Decisions]
    third: Decisions

    @property
    def settled(self) -> dict[str, Settled]:
        """The pairs of the batch that are decided."""
        return settled(self.first, self.third)

    @property
    def agreement(self) -> Agreement | None:
        """How far its two reviewers agree; None where there is one."""
        return agreement(self.first[0], self.first[1]) if len(self.first) == 2 else None

    @property
    def disputed(self) -> list[str]:
        """The pairs for a third look, settled by one or not."""
        return disagreements(self.first[0], self.first[1]) if len(self.first) == 2 else []

    @property
    def unsettled(self) -> list[str]:
        """The pairs still waiting for a third look that decides."""
        return [pair for pair in self.disputed if self.third.get(pair) not in (MATCH, NOT_MATCH)]


@dataclass(frozen=True)
class Quality:
    """Precision and recall of the links, with how they were come by. Counts are of pairs.

    ``recall`` is among the scored pairs; ``reviewer_error`` has 0 pairs where no pair was
    decided by two, and nothing is corrected then. ``bare_strata`` have no decision yet.
    """

    precision: Interval
    recall: Interval
    reviewer_error: ErrorRate
    links: int
    scored_pairs: int
    decided_pairs: int
    strata: int
    bare_strata: int


@dataclass(frozen=True)
class DecidedPair:
    """A pair whose truth is decided, and how many pairs of the frame it stands for."""

    pair: SamplePair
    is_match: bool
    weight: float


def one_third_look(looks: Sequence[Decisions]) -> Decisions:
    """Third looks as one; where two of them differ, the pair stays unsure."""
    said: dict[str, set[str]] = defaultdict(set)
    for look in looks:
        for pair, decision in look.items():
            said[pair].add(decision)
    return {
        pair: next(iter(all_of)) if len(all_of) == 1 else UNSURE for pair, all_of in said.items()
    }


def quality(batches: Sequence[Reviewed], confidence: float) -> Quality | None:
    """What the batches of one run say of its links; None where none of them is random."""
    random = [one for one in batches if one.sample.is_random]
    if not random:
        return None
    both = [one.first for one in random if len(one.first) == 2]
    error = error_rate(*_pooled(both), confidence) if both else ErrorRate()
    domains = _domains(batches)
    linked = [one.observed for one in domains if one.stratum.is_linked]
    others = [one.observed for one in domains if not one.stratum.is_linked]
    links = sum(one.pairs for one in linked)
    right = estimates.matches_among(linked, error, confidence)
    missed = estimates.matches_among(others, error, confidence)
    return Quality(
        precision=estimates.precision(right, links),
        recall=estimates.recall(right, missed),
        reviewer_error=error,
        links=links,
        scored_pairs=links + sum(one.pairs for one in others),
        decided_pairs=sum(len(one.settled) for one in domains),
        strata=len(random[0].sample.strata),
        bare_strata=sum(not one.settled for one in domains),
    )


def decided_pairs(batches: Sequence[Reviewed]) -> list[DecidedPair]:
    """Every decided pair of the batches, with the pairs of the frame it stands for."""
    return [
        DecidedPair(pair, said.is_match, domain.pairs / len(domain.settled))
        for domain in _domains(batches)
        for pair, said in domain.settled
    ]


def shares(batches: Sequence[Reviewed]) -> Mapping[int, tuple[int, int]]:
    """Of each stratum, the decided pairs and how many of them are matches."""
    decided, matches = Counter[int](), Counter[int]()
    for one in decided_pairs(batches):
        decided[one.pair.stratum] += 1
        matches[one.pair.stratum] += one.is_match
    return {stratum: (count, matches[stratum]) for stratum, count in decided.items()}


@dataclass(frozen=True)
class _Domain:
    """Part of a stratum: how many pairs, and the decided ones, which stand for all of them."""

    stratum: Stratum
    pairs: int
    settled: Sequence[tuple[SamplePair, Settled]]

    @property
    def observed(self) -> Observed:
        """The domain as the estimators take it."""
        decided = Counter(said.how for _, said in self.settled)
        matches = Counter(said.how for _, said in self.settled if said.is_match)
        return Observed(self.pairs, **{how: (n, matches[how]) for how, n in decided.items()})


def _domains(batches: Sequence[Reviewed]) -> list[_Domain]:
    """The domains of every stratum: what each later batch chose, then the rest."""
    random = next(one for one in batches if one.sample.is_random)
    later = [one for one in batches if not one.sample.is_random and one.settled]
    left, found = dict(random.settled), []
    sizes = {stratum.number: stratum.pairs for stratum in random.sample.strata}
    for batch in later:
        retaken = [name for name in batch.sample.retaken if name in random.sample.by_name]
        settled = [(batch.sample.by_name[name], said) for name, said in batch.settled.items()]
        settled += [(random.sample.by_name[n], left.pop(n)) for n in retaken if n in left]
        chosen = [*batch.sample.pairs, *(random.sample.by_name[name] for name in retaken)]
        found += _by_stratum(random, Counter(pair.stratum for pair in chosen), settled)
        for pair in chosen:
            sizes[pair.stratum] -= 1
    rest = [(random.sample.by_name[name], said) for name, said in left.items()]
    return found + _by_stratum(random, sizes, rest)


def _by_stratum(
    random: Reviewed, sizes: Mapping[int, int], settled: Sequence[tuple[SamplePair, Settled]]
) -> list[_Domain]:
    by_number: dict[int, list[tuple[SamplePair, Settled]]] = defaultdict(list)
    for pair, said in settled:
        by_number[pair.stratum].append((pair, said))
    return [
        _Domain(stratum, sizes[stratum.number], by_number[stratum.number])
        for stratum in random.sample.strata
        if sizes.get(stratum.number)
    ]


def _pooled(firsts: Sequence[Sequence[Decisions]]) -> tuple[Decisions, Decisions]:
    """The decisions of first and second reviewers over several batches."""
    one: dict[str, str] = {}
    other: dict[str, str] = {}
    for first, second in firsts:
        one |= first
        other |= second
    return one, other
