"""Expected errors: what a finished linkage says of its own false and missed links, untold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core import calibration
from attainment_linkage.core.calibration import ErrorRates
from attainment_linkage.core.rules import Rule
from attainment_linkage.steps import error_rates


def expected_errors(
    scored: DataFrame,
    links: DataFrame,
    records: DataFrame,
    rules: Sequence[Rule],
    true_pairs: float,
    folder: Path,
) -> ErrorRates:
    """The rates of false and missed links, from weights alone; no truth is asked.

    ``true_pairs``: how many true pairs are expected among all that were weighed; ``folder``:
    where a frame may lie while it is read twice.
    """
    chanced = kept(error_rates.chanced_pairs(scored, links), folder)
    pairs = error_rates.weighed_pairs(chanced)
    below_review = max(true_pairs - float(pairs.chance() @ pairs.pairs), 0.0)
    lost = error_rates.lost_pairs(chanced, records, rules)
    return calibration.error_rates(pairs, below_review, lost)
