"""Weights: a trained model, and every candidate pair with its match weight."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.prior import (
    evidence_floor,
    expected_pairs,
    posterior_shift,
    starting_prior,
)
from attainment_linkage.stages.linkage.plan import Plan
from attainment_linkage.steps import posterior, score, train
from attainment_linkage.steps.kernel import Kernel
from attainment_linkage.steps.train import BY_JAVA, Fetch, TrainedModel


@dataclass(frozen=True)
class Scored:
    """Scored pairs, and how many true pairs the two files are estimated to hold.

    ``parts``: in how many parts whoever looks at all pairs of a record does so.
    """

    pairs: DataFrame
    expected_true_pairs: float
    parts: int


def trained(
    records: DataFrame,
    model: LinkageModel,
    plan: Plan,
    policy: LinkagePolicy,
    fetch: Fetch = BY_JAVA,
) -> TrainedModel:
    """Train the model on samples of all records, from the starting prior.

    ``fetch``: how a sample comes to the driver; a large one by way of files (``scratch.Fetching``).

    Raises: TrainingError.
    """
    files = plan.files(policy)
    sizes, start = (plan.left_records, plan.right_records), starting_prior(files)
    budget = policy.training
    return train.trained_model(records, model, plan.training_counts, sizes, start, budget, fetch)


def level_shares(
    records: DataFrame,
    model: LinkageModel,
    plan: Plan,
    policy: LinkagePolicy,
    fetch: Fetch = BY_JAVA,
) -> dict[str, dict[str, list[float]]]:
    """How pairs of these records agree, to be held against a saved model's own."""
    sizes = (plan.left_records, plan.right_records)
    trainer = train.Trainer(records, model, sizes, policy.training, fetch)
    return trainer.level_shares(plan.training_counts)


def weighed(
    model: LinkageModel,
    plan: Plan,
    trained_model: TrainedModel,
    policy: LinkagePolicy,
    folder: Path,
) -> DataFrame:
    """Every pair that any later prior could save, or of a matchkey, at the starting prior.

    Frequencies of values are of all records of the population, never of those left over; they
    are kept in ``folder``.
    Grain: one row per block of pairs (``steps.pair_blocks``). Keep them: they are read twice.
    """
    records, columns = plan.counted.records, model.term_frequency_columns
    shares = folder if columns else None
    if shares:
        kept(score.frequencies_of(records, columns, policy), shares)
    dealt = plan.counted.dealt(plan.tasks, policy, records.columns, shares, columns)
    kernel = Kernel(
        settings=trained_model.settings,
        rules=model.blocking_rules,
        matchkeys=model.matchkeys,
        term_frequency_columns=model.term_frequency_columns,
        review_bits=evidence_floor(plan.files(policy), policy.review_bits),
        memory_mib=policy.task_memory_mib,
    )
    return score.weighed_blocks(dealt, kernel, plan.tasks)


def scored(weighed_pairs: DataFrame, plan: Plan, policy: LinkagePolicy) -> Scored:
    """The pairs at the prior they speak for themselves, with the number of true ones.

    ``weighed_pairs``: as ``weighed`` gives them, kept: they are read more than once.
    """
    files = plan.files(policy)
    start = starting_prior(files)
    parts = policy.pair_parts(posterior.pair_count(weighed_pairs))
    evidence = posterior.evidence(weighed_pairs, files, start, parts)
    pairs = expected_pairs(evidence, files, start * files.possible_pairs)
    bits = posterior_shift(pairs, files, start)
    return Scored(posterior.shifted(weighed_pairs, bits, policy.review_bits), pairs, parts)
