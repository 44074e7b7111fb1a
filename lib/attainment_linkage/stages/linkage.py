"""Linkage: the shared road of ``link`` and ``link-files``, from records to scored pairs.

Count, plan, train, score. Everything that could stop a linkage is found before the
expensive part: an unusable rule, a plan over its budget, rules that form no pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.core.blocking_plan import Bucketing, RuleCount, buckets, key_groups
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.prior import (
    EVIDENCE_FLOOR_BITS,
    Files,
    expected_pairs,
    posterior_shift,
    starting_prior,
)
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain import tables
from attainment_linkage.steps import block, ladder, posterior, score, train
from attainment_linkage.steps.kernel import Kernel
from attainment_linkage.steps.train import TrainedModel


@dataclass(frozen=True)
class Plan:
    """What was counted and planned before any pair was formed."""

    rule_counts: dict[int, RuleCount]
    training_counts: dict[int, RuleCount]
    buckets: tuple[Bucketing, ...]
    left_records: int
    right_records: int

    @property
    def candidate_pairs(self) -> int:
        """Pairs of all rules' equalities together; a pair of several rules counts in each."""
        return sum(count.candidate_pairs for count in self.rule_counts.values())

    def files(self, policy: LinkagePolicy) -> Files:
        """The two files as what is known of them before any pair is weighed."""
        return Files(self.left_records, self.right_records, policy.resolve.relation)


@dataclass(frozen=True)
class Scored:
    """Scored pairs, and how many true pairs the two files are estimated to hold."""

    pairs: DataFrame
    expected_true_pairs: float


@dataclass(frozen=True)
class Counts:
    """Records of each side, and what each rule's equalities form."""

    left_records: int
    right_records: int
    of_rules: Mapping[Rule, RuleCount]

    def pairs(self, rules: Sequence[Rule]) -> dict[int, int]:
        """Candidate pairs of each rule, by its place."""
        return {place: self.of_rules[rule].candidate_pairs for place, rule in enumerate(rules)}

    def renumbered(self, rules: Sequence[Rule]) -> dict[int, RuleCount]:
        """The counts of these rules, by their place."""
        return {
            place: replace(self.of_rules[rule], rule_number=place)
            for place, rule in enumerate(rules)
        }


def counted(records: DataFrame, model: LinkageModel) -> Counts:
    """Count the records, and the pairs of every blocking and training rule, in one pass each."""
    rules = list(dict.fromkeys([*model.blocking_rules, *model.training_rules]))
    found = block.rule_counts(block.candidate_counts(records, rules))
    nothing = RuleCount(0, 0, 0, 0, 0)
    of_rules = {rule: found.get(place, nothing) for place, rule in enumerate(rules)}
    return Counts(*block.side_counts(records), of_rules)


def planned(model: LinkageModel, counts: Counts, policy: LinkagePolicy) -> Plan:
    """Size the buckets of every key group from the counts.

    Raises: RuleError, NoCandidatesError, PlanOverBudgetError, before any pair is formed.
    """
    rule_counts = counts.renumbered(model.blocking_rules)
    plan = buckets(
        key_groups(model.blocking_rules, model.matchkeys),
        rule_counts,
        counts.left_records + counts.right_records,
        pair_budget=policy.pair_budget,
        bucket_pairs=policy.bucket_pairs,
        bucket_records=policy.bucket_records,
        least_buckets=policy.parallel_tasks,
    )
    training_counts = counts.renumbered(model.training_rules)
    return Plan(rule_counts, training_counts, plan, counts.left_records, counts.right_records)


def prepared(left: DataFrame, right: DataFrame, model: LinkageModel) -> DataFrame:
    """The records of both files with what training and scoring read beside their fields.

    Read many times: keep it somewhere before, or it would be counted again and again.
    """
    records = ladder.with_derived(block.linkage_records(left, right, model.columns), model)
    return score.with_term_frequencies(records, model.term_frequency_columns, model.home)


def trained(
    records: DataFrame, model: LinkageModel, plan: Plan, policy: LinkagePolicy
) -> TrainedModel:
    """Train the model on samples of all records, from the starting prior.

    Raises: TrainingError.
    """
    files = plan.files(policy)
    sizes, start = (plan.left_records, plan.right_records), starting_prior(files)
    budget = policy.training
    return train.trained_model(records, model, plan.training_counts, sizes, start, budget)


def weighed(
    records: DataFrame,
    model: LinkageModel,
    plan: Plan,
    trained_model: TrainedModel,
    policy: LinkagePolicy,
) -> DataFrame:
    """Every pair that any later prior could save, or of a matchkey, at the starting prior.

    ``records`` are read once per key group: as ``prepared``, and kept. Keep the pairs too.
    """
    kernel = Kernel(
        settings=trained_model.settings,
        rules=model.blocking_rules,
        matchkeys=model.matchkeys,
        group=plan.buckets[0].group,
        term_frequency_columns=model.term_frequency_columns,
        review_bits=min(EVIDENCE_FLOOR_BITS, policy.review_bits),
        memory_mib=policy.task_memory_mib,
    )
    return score.rounded(score.match_weights(records, kernel, plan.buckets))


def scored(weighed_pairs: DataFrame, plan: Plan, policy: LinkagePolicy) -> Scored:
    """The pairs at the prior they speak for themselves, with the number of true ones.

    ``weighed_pairs``: as ``weighed`` gives them, kept: they are read twice.
    """
    files = plan.files(policy)
    start = starting_prior(files)
    evidence = posterior.evidence(weighed_pairs, files, start)
    pairs = expected_pairs(evidence, files, start * files.possible_pairs)
    bits = posterior_shift(pairs, files, start)
    return Scored(posterior.shifted(weighed_pairs, bits, policy.review_bits), pairs)


def candidate_counts(spark: SparkSession, model: LinkageModel, plan: Plan) -> DataFrame:
    """The plan as the table ``candidate_counts``: one row per rule."""
    return spark.createDataFrame(list(_count_rows(model, plan)), tables.CANDIDATE_COUNTS.ddl)


def _count_rows(model: LinkageModel, plan: Plan) -> Iterable[tuple[object, ...]]:
    for bucketing in plan.buckets:
        for number in bucketing.group.rule_numbers:
            count = plan.rule_counts[number]
            yield (
                number,
                model.blocking_rules[number].text,
                bucketing.group.label,
                count.left_records,
                count.right_records,
                count.candidate_pairs,
                count.largest_block_pairs,
                bucketing.bucket_count,
            )
