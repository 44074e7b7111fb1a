"""Prior: how many true pairs the files hold, estimated without truth, and what follows.

Whether a pair is one person depends on how many people the two files share and on the
pair's rivals: where a record is linked at most once, its likelihood is shared out over all
its candidates and over being nobody's. The expected number of true pairs is iterated until
it agrees with itself. Source: the posterior of one-to-one links of Fortini et al. 2001,
Research in Official Statistics 4(1):185-198, each pair taken by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FIRST_SHARE = 0.3
"""Share of the smaller file that is taken to be in the other one, to begin with."""
MOST_LINKED = 0.98
"""Share of a file's records that may be taken to have a partner: nobody is certain to."""
EVIDENCE_FLOOR_BITS = -12.0
"""Weight at the starting prior under which no pair is kept: nearly all records would have to
have a partner for one to be saved."""
DECIMALS = 3
STEPS = 500
SETTLED_PAIRS = 0.001


@dataclass(frozen=True)
class Files:
    """Two files: their records, and how often a record of each may be linked."""

    left_records: int
    right_records: int
    relation: str

    @property
    def is_left_once(self) -> bool:
        """Whether a left record has at most one partner."""
        return self.relation in ("one_to_one", "many_to_one")

    @property
    def is_right_once(self) -> bool:
        """Whether a right record has at most one partner."""
        return self.relation in ("one_to_one", "one_to_many")

    @property
    def records_once(self) -> dict[str, int]:
        """The records of each side, left and right, of which one is linked at most once."""
        left = {"left": self.left_records} if self.is_left_once else {}
        return left | ({"right": self.right_records} if self.is_right_once else {})

    @property
    def possible_pairs(self) -> float:
        """Left records times right records."""
        return float(self.left_records) * float(self.right_records)


@dataclass(frozen=True)
class Evidence:
    """Kept pairs by what speaks for them, in bits of Bayes factor.

    ``bits``: for the pair; ``rival_bits``: log2 of the sum of its rivals' Bayes factors
    (minus infinity: none); ``pairs``: how many pairs are alike in both.
    """

    bits: Floats
    rival_bits: Floats
    pairs: Floats


def starting_prior(files: Files) -> float:
    """The chance of a random pair to be true before any pair is weighed."""
    smaller = min(files.left_records, files.right_records)
    return min(max(FIRST_SHARE * smaller, 1.0) / files.possible_pairs, 0.5)


def evidence_floor(files: Files, review_bits: float) -> float:
    """The weight at the starting prior from which pairs are kept.

    There are never more true pairs than records that are linked once: a pair that so many of
    them would not lift to review is not kept, nor any under ``EVIDENCE_FLOOR_BITS``.
    """
    once = files.records_once
    if not once:
        return min(EVIDENCE_FLOOR_BITS, review_bits)
    lift = posterior_shift(max(min(once.values()), 1), files, starting_prior(files))
    return min(max(EVIDENCE_FLOOR_BITS, review_bits - lift), review_bits)


def expected_pairs(evidence: Evidence, files: Files, first: float) -> float:
    """The number of true pairs that agrees with the chances it gives; ``first``: a guess."""
    expected = max(first, 1.0)
    for _ in range(STEPS):
        shift = math.log2(expected / files.possible_pairs) + partner_gain(expected, files)
        odds = np.exp2(np.clip(evidence.bits + shift, -60, 60))
        rivals = np.exp2(np.clip(evidence.rival_bits + shift, -60, 60))
        again = float((evidence.pairs * odds / (1 + rivals + odds)).sum())
        is_settled = abs(again - expected) < SETTLED_PAIRS
        expected = max(again, 1e-3)
        if is_settled:
            break
    return expected


def partner_gain(expected: float, files: Files) -> float:
    """Bits a pair gains because its records would else have no partner at all.

    Of records linked at most once, most of which have a partner, one without is rare.
    """
    shares = (min(expected / records, MOST_LINKED) for records in files.records_once.values())
    return -sum(math.log2(1 - share) for share in shares)


def posterior_shift(expected: float, files: Files, start: float) -> float:
    """Bits to add to weights at the starting prior: to the expected pairs', with the gain.

    Rounded, so that the order in which machines add up cannot move a decision.
    """
    prior = math.log2(expected / files.possible_pairs)
    return round(prior + partner_gain(expected, files) - log_odds(start), DECIMALS)


def log_odds(chance: float) -> float:
    """Bits of odds of a chance between 0 and 1."""
    return math.log2(chance / (1 - chance))
