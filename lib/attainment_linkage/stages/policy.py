"""Policy: what the configuration signs off for a linkage of the road."""

from __future__ import annotations

from attainment_linkage.adapters.session import tasks_at_once
from attainment_linkage.core.policy import LinkagePolicy, ResolvePolicy
from attainment_linkage.core.settings import Config
from attainment_linkage.core.training import TrainingBudget


def policy_of(config: Config) -> LinkagePolicy:
    """The linkage policy of ``[link]``, one to one, for as many tasks as run at once."""
    settings = config.link
    return configured(
        config,
        ResolvePolicy(settings.accept_bits, settings.margin_bits, "one_to_one"),
        settings.review_bits,
        TrainingBudget(session_pairs=settings.training_pairs, seed=settings.seed),
        settings.false_link_rate,
    )


def configured(
    config: Config,
    resolve: ResolvePolicy,
    review_bits: float,
    training: TrainingBudget,
    false_link_rate: float = 0.0,
) -> LinkagePolicy:
    """A linkage policy of these thresholds and training, the rest as ``[link]`` has it."""
    settings = config.link
    return LinkagePolicy(
        resolve=resolve,
        review_bits=review_bits,
        pair_budget=settings.candidate_pair_budget,
        bucket_pairs=settings.bucket_pairs,
        bucket_records=settings.bucket_rows,
        task_memory_mib=settings.task_memory_mib,
        parallel_tasks=tasks_at_once(config),
        training=training,
        false_link_rate=false_link_rate,
        term_frequency_population=settings.term_frequency_population,
    )
