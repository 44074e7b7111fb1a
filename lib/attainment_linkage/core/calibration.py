"""Calibration: how many links are false and how many are missed, estimated without truth.

Match weights are posterior odds, so a link's chance to be false follows from its weight and
its rivals', and the chances of pairs that are no links say how many true ones are among them.
What blocking lost is estimated apart (``core.blocking_loss``).

The 95% intervals hold chance (which of the pairs happen to be true) and the model's own
error: all weights may be off by ``MODEL_BITS`` either way, blocking may have lost more or
less by ``LOSS_ERROR``, and some pairs escape every model: people whom their records do not
tell apart (``ALIKE_SHARE`` of links), true pairs whose records say too little
(``SILENT_SHARE`` of true pairs).

Source: expected error rates from match probabilities, Belin & Rubin 1995, JASA 90:694-707.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np
import numpy.typing as npt

from attainment_linkage.core.proportions import Share, quantile

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MODEL_BITS = 2.0
"""How far off all weights may be together, either way."""
LOSS_ERROR = 0.09
"""How far off the number that blocking lost may be, as a share of it, either way."""
RULE_OF_THREE = 3.0
"""However sure the model is, none expected does not rule out three."""
ALIKE_SHARE = 0.0003
SILENT_SHARE = 0.002
_MOST_BITS = 60.0


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


@dataclass(frozen=True)
class ErrorRates:
    """Shares with 95% limits: of links that are false, of true pairs that are no links."""

    false_links: Share
    missed_links: Share


def error_rates(pairs: WeighedPairs, true_below_review: float, lost: float) -> ErrorRates:
    """The expected rates of false and of missed links.

    ``true_below_review``: true pairs expected among those formed, but under the review
    weight; ``lost``: true pairs that no blocking rule formed.
    """
    links = max(float(pairs.pairs[pairs.is_link].sum()), 1.0)
    false = [_false(pairs, shift) for shift in (0.0, -MODEL_BITS, MODEL_BITS)]
    within = [_unlinked(pairs, shift) for shift in (0.0, -MODEL_BITS, MODEL_BITS)]
    missed = within[0] + true_below_review + lost
    true = max(links - false[0] + missed, 1.0)
    chance = pairs.chance()
    spread = pairs.pairs * chance * (1 - chance)
    alike, silent = ALIKE_SHARE * links, hypot(SILENT_SHARE * true, LOSS_ERROR * lost)
    return ErrorRates(
        _share(
            false[0],
            abs(false[2] - false[0]),
            hypot(false[1] - false[0], alike),
            float(spread[pairs.is_link].sum()),
            links,
        ),
        _share(
            missed,
            hypot(within[1] - within[0], silent),
            hypot(within[2] - within[0], silent),
            float(spread.sum()) + true_below_review + lost,
            true,
        ),
    )


def _false(pairs: WeighedPairs, shift: float) -> float:
    return float((pairs.pairs * (1 - pairs.chance(shift)))[pairs.is_link].sum())


def _unlinked(pairs: WeighedPairs, shift: float) -> float:
    return float((pairs.pairs * pairs.chance(shift))[~pairs.is_link].sum())


def _share(found: float, below: float, above: float, variance: float, counted: float) -> Share:
    """A share of a count whose limits are the model's and chance's together."""
    z = quantile(0.95)
    by_chance = z * sqrt(variance)
    low = found - hypot(below, by_chance)
    high = found + hypot(above, max(by_chance, RULE_OF_THREE))
    return Share(found / counted, max(low, 0.0) / counted, min(high / counted, 1.0))
