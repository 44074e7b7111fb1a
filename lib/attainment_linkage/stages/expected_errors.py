"""Expected errors: what a linkage says of its own false and missed links, untold.

And the other way round: the accepted weight that follows from a stated rate of false links.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core import calibration
from attainment_linkage.core.calibration import ErrorRates
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import RateUnreachableError
from attainment_linkage.stages.contest import Known
from attainment_linkage.steps import error_rates, resolve


def accepting(
    scored: DataFrame, policy: LinkagePolicy, known: Known, folder: Path
) -> LinkagePolicy:
    """The policy with the accepted weight that its false-link rate asks for, where it has one.

    ``scored``: the pairs, kept; ``folder``: where frames may lie while they are read twice.

    Raises: RateUnreachableError where no weight keeps the rate.
    """
    if not policy.false_link_rate:
        return policy
    trial = policy.accepting(policy.floor_bits).resolve
    found = known.contest(scored, trial, policy.parallel_tasks, folder / "yielding")
    links = resolve.links(resolve.decided_pairs(found.competing, trial, policy.parallel_tasks))
    chanced = error_rates.chanced_pairs(found.counted, links, trial.margin_bits, known.files)
    pairs = error_rates.weighed_pairs(chanced := kept(chanced, folder / "chanced"))
    stand_ins = known.stand_ins(chanced, pairs.links(policy.floor_bits))
    rate = policy.false_link_rate
    bits = calibration.accepted_bits(pairs, stand_ins, rate, policy.floor_bits)
    if bits is None:
        raise RateUnreachableError(
            f"link: no accepted weight keeps false links within {100 * rate:g}%; of all "
            f"{pairs.links(policy.floor_bits):.0f} that could be linked, "
            f"{calibration.false_share(pairs, stand_ins, policy.floor_bits).percent} are expected "
            "to be false. State a higher false_link_rate, or leave it out and set accept_bits."
        )
    return policy.accepting(bits)


def expected_errors(
    scored: DataFrame,
    links: DataFrame,
    records: DataFrame,
    rules: Sequence[Rule],
    policy: LinkagePolicy,
    known: Known,
    folder: Path,
) -> ErrorRates:
    """The rates of false and missed links, from weights alone; no truth is asked.

    ``scored``: the pairs as they count; ``folder``: where a frame may lie while it is read twice.
    """
    margin_bits = policy.resolve.margin_bits
    chanced = kept(error_rates.chanced_pairs(scored, links, margin_bits, known.files), folder)
    pairs = error_rates.weighed_pairs(chanced)
    below_review = max(known.true_pairs - float(pairs.chance() @ pairs.pairs), 0.0)
    lost = error_rates.lost_pairs(chanced, records, rules, policy.review_bits)
    stand_ins = known.stand_ins(chanced, float(pairs.pairs[pairs.is_link].sum()))
    return calibration.error_rates(pairs, stand_ins, below_review, lost)
