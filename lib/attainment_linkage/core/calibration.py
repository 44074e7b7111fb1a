"""Calibration: how many links are false and how many are missed, estimated without truth.

A link is false in one of two ways. Its record's true partner is a candidate and lost: that
follows from the weights of its rivals. Or the true partner is no candidate at all, and
somebody else stands in. Weights say too little of that, since relatives agree in more than
independence allows; the files themselves say it: each linked record's next best pair is the
link it would have got, had its partner been missing. So many of them as are strong and free
enough to be links, per linked record, is the chance of a record without a partner to be
linked falsely. How many such records there are follows from the expected number of true pairs.

The chances of pairs that are no links say how many true ones are among them; what blocking
lost is estimated apart (``core.blocking_loss``). Of true pairs under the review weight there are
two estimates, by the chances of those that were weighed and by how the kept ones' weights are
spread; the greater one is taken, as many were never weighed. The 95% intervals hold chance and
the model's own error: weights of pairs that are no links may be off by ``MODEL_BITS`` either
way, blocking may have lost more or less by its own error, the two estimates may differ, and
some true pairs say too little for any model (``SILENT_SHARE``).

Sources: false links from second-best ones, Blakely & Salmond 2002, Int. J. Epidemiol.
31:1246-1252; rates from match probabilities, Belin & Rubin 1995, JASA 90:694-707.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np
import numpy.typing as npt
import scipy

from attainment_linkage.core.blocking_loss import Lost
from attainment_linkage.core.proportions import Share, quantile

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MODEL_BITS = 2.0
"""How far off the weights of pairs that are no links may be together, either way."""
SILENT_SHARE = 0.002
"""Share of true pairs whose records say too little for any model, either way."""
RULE_OF_THREE = 3.0
"""However sure the model is, none expected to be missed does not rule out three."""
COPIES_ERROR = 0.5
"""How far off the expected number of unfound copies may be, as a share of it, either way."""
_MOST_BITS = 60.0
_HALF_A_RECORD = 0.5
"""Jeffreys' prior of a count: none seen does not mean that none can be."""


@dataclass(frozen=True)
class WeighedPairs:
    """Scored pairs that are alike in weight and in their rivals' weights together.

    ``bits`` are posterior odds; ``rival_bits`` log2 of the sum of the rivals' odds (minus
    infinity: none); ``pairs`` how many pairs are so; ``is_link`` whether they are links.
    """

    bits: Floats
    rival_bits: Floats
    pairs: Floats
    is_link: Bools

    def chance(self, shift_bits: float = 0.0) -> Floats:
        """The chance of each to be true, were all weights off by the shift."""
        odds = np.exp2(np.clip(self.bits + shift_bits, -_MOST_BITS, _MOST_BITS))
        rivals = np.exp2(np.clip(self.rival_bits + shift_bits, -_MOST_BITS, _MOST_BITS))
        return np.asarray(odds / (1 + rivals + odds))

    def beaten(self, accept_bits: float) -> float:
        """Links from a weight on that are expected to have beaten the true pair."""
        odds = np.exp2(np.clip(self.bits, -_MOST_BITS, _MOST_BITS))
        rivals = np.exp2(np.clip(self.rival_bits, -_MOST_BITS, _MOST_BITS))
        chosen = self.is_link & (self.bits >= accept_bits)
        return float((self.pairs * rivals / (1 + rivals + odds))[chosen].sum())

    def unlikely(self, accept_bits: float, shift_bits: float = 0.0) -> float:
        """Links from a weight on that are false by their own chances, were weights so far off."""
        chosen = self.is_link & (self.bits >= accept_bits)
        return float((self.pairs * (1 - self.chance(shift_bits)))[chosen].sum())

    def links(self, accept_bits: float) -> float:
        """Links from a weight on."""
        return float(self.pairs[self.is_link & (self.bits >= accept_bits)].sum())


@dataclass(frozen=True)
class StandIns:
    """Next best pairs of linked records that would be links, had the partner been missing.

    ``bits`` are posterior odds; ``records`` how many linked records have such a pair;
    ``unpaired`` is how many records are expected to have no true pair among the candidates.
    ``copies``: how many of the pairs are expected to be true ones, of a further line of the
    same person that was not found to be one. ``is_counted``: whether any record is linked once
    at most; where none is, a next best pair stands in for nothing and none was looked for.
    """

    bits: Floats
    records: Floats
    unpaired: float
    copies: float = 0.0
    is_counted: bool = True

    def strong(self, accept_bits: float) -> float:
        """Linked records whose next best pair reaches a weight, copies included."""
        return float(self.records[self.bits >= accept_bits].sum())

    def share_of_others(self, accept_bits: float, copies_by: float = 1.0) -> float:
        """The share of next best pairs from a weight on that are of somebody else, no copies.

        Copies agree as the person does, so that they are taken to be among the strong ones.
        ``copies_by``: how many times as many copies there are as expected.
        """
        return 1 - min(copies_by * self.copies / max(self.strong(accept_bits), 1.0), 1.0)


@dataclass(frozen=True)
class ErrorRates:
    """Shares with 95% limits: of links that are false, of true pairs that are no links."""

    false_links: Share
    missed_links: Share


def error_rates(
    pairs: WeighedPairs, stand_ins: StandIns, true_below_review: float, lost: Lost
) -> ErrorRates:
    """The expected rates of false and of missed links.

    ``true_below_review``: true pairs expected among those formed, but under the review
    weight, whose chances, being small, go as their odds; ``lost``: those no blocking rule formed,
    and how many are under review by another estimate.
    """
    least = float(pairs.bits[pairs.is_link].min()) if pairs.is_link.any() else 0.0
    false_links, links = false_share(pairs, stand_ins, least), max(pairs.links(least), 1.0)
    unlinked = [
        _unlinked(pairs, shift) + true_below_review * 2.0**shift
        for shift in (0.0, -MODEL_BITS, MODEL_BITS)
    ]
    unweighed = max(lost.under_review - true_below_review, 0.0)
    missed = unlinked[0] + unweighed + lost.pairs
    true = max(links * (1 - false_links.value) + missed, 1.0)
    chance = pairs.chance()
    spread = float((pairs.pairs * chance * (1 - chance)).sum())
    spread += true_below_review + unweighed + lost.pairs
    by_chance = max(quantile(0.95) * sqrt(spread), RULE_OF_THREE)
    own = hypot(SILENT_SHARE * true, lost.error, unweighed, by_chance)
    below, above = unlinked[0] - unlinked[1], unlinked[2] - unlinked[0]
    return ErrorRates(false_links, _share(missed, hypot(below, own), hypot(above, own), true))


def false_share(pairs: WeighedPairs, stand_ins: StandIns, accept_bits: float) -> Share:
    """The expected share of false links among those from a weight on, with 95% limits.

    The number of stand-ins is counted, hence a gamma distribution of its mean, and how many
    of the records without a partner got one is Poisson's: together negative binomial. The
    limits allow for more or fewer copies among them than expected. A rival that is a copy of
    the partner takes nothing from a link either. Without stand-ins (many to many) the chances of
    the links themselves are all there is: they may be off by ``MODEL_BITS``.
    """
    if not stand_ins.is_counted:
        return _modelled_false_share(pairs, accept_bits)
    links = max(pairs.links(accept_bits), 1.0)
    seen, beaten = stand_ins.strong(accept_bits), pairs.beaten(accept_bits)
    scale = max(stand_ins.unpaired, 0.0) / links
    others, fewest, most = (
        stand_ins.share_of_others(accept_bits, by)
        for by in (1.0, 1 + COPIES_ERROR, 1 - COPIES_ERROR)
    )
    found = others * (scale * seen + beaten)
    counts = seen * np.array([fewest, most]) + _HALF_A_RECORD
    limits = scipy.stats.nbinom.ppf((0.025, 0.975), counts, 1 / (1 + scale))
    low, high = float(limits[0]) + fewest * beaten, float(limits[1]) + most * beaten
    by_chance = quantile(0.95) * sqrt(most * beaten)
    below = hypot(max(found - low, 0.0), by_chance)
    return _share(found, below, hypot(max(high - found, 1.0), by_chance), links)


def _modelled_false_share(pairs: WeighedPairs, accept_bits: float) -> Share:
    shifts = (0.0, MODEL_BITS, -MODEL_BITS)
    found, fewest, most = (pairs.unlikely(accept_bits, shift) for shift in shifts)
    below, above = (hypot(limit - found, quantile(0.95) * sqrt(limit)) for limit in (fewest, most))
    return _share(found, below, max(above, 1.0), max(pairs.links(accept_bits), 1.0))


def accepted_bits(
    pairs: WeighedPairs, stand_ins: StandIns, rate: float, floor_bits: float
) -> float | None:
    """The least weight down to which the expected share of false links stays within a rate.

    ``pairs`` and ``stand_ins``: as decided at ``floor_bits``, which is the answer where all
    links stay within the rate. None where not even the strongest ones do.
    """
    found = None
    for weight in np.unique(pairs.bits[pairs.is_link])[::-1].tolist():
        if false_share(pairs, stand_ins, weight).value > rate:
            return found
        found = weight
    return floor_bits


def _unlinked(pairs: WeighedPairs, shift: float) -> float:
    return float((pairs.pairs * pairs.chance(shift))[~pairs.is_link].sum())


def _share(found: float, below: float, above: float, counted: float) -> Share:
    """A share of a count, its limits kept within 0 and 1."""
    value, limits = min(found / counted, 1.0), ((found - below), (found + above))
    lower, upper = (min(max(limit / counted, 0.0), 1.0) for limit in limits)
    return Share(value, min(lower, value), max(upper, value))
