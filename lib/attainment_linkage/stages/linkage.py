"""Linkage: the shared road of ``link`` and ``link-files``, from records to scored pairs.

Count, plan, train, score. Everything that could stop a linkage is found before the
expensive part: an unusable rule, a plan over its budget, rules that form no pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core.blocking_plan import RuleCount, require_affordable
from attainment_linkage.core.layout import (
    Layout,
    Slice,
    Task,
    TaskSize,
    counted_in,
    layout,
    tasks,
    totals,
)
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.prior import (
    Files,
    evidence_floor,
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
class Laid:
    """Both files in slices, kept, with what was counted in them before any pair was formed.

    ``counts`` are of ``rules``, by their place.
    """

    blocks: DataFrame
    cut: Layout
    slices: tuple[Slice, ...]
    rules: tuple[Rule, ...]
    counts: dict[int, RuleCount]
    left_records: int
    right_records: int

    def renumbered(self, rules: Sequence[Rule]) -> dict[int, RuleCount]:
        """The counts of these rules, by their place; all of them must have been counted."""
        places = {rule: place for place, rule in enumerate(self.rules)}
        nothing = RuleCount(0, 0, 0, 0, 0)
        return {
            place: replace(self.counts.get(places[rule], nothing), rule_number=place)
            for place, rule in enumerate(rules)
        }

    def pairs(self, rules: Sequence[Rule]) -> dict[int, int]:
        """Candidate pairs of each rule, by its place."""
        return {place: count.candidate_pairs for place, count in self.renumbered(rules).items()}

    def of(self, model: LinkageModel) -> Laid:
        """The same records for a model with fewer rules, where all lie in one slice."""
        cut = layout(model.blocking_rules, model.matchkeys, 0, _WHOLE)
        counts = {n: replace(c, rule_number=n) for n, c in self.renumbered(_counted(model)).items()}
        one = replace(self.slices[0], counts=counts) if self.slices else None
        slices = () if one is None else (one,)
        return replace(self, cut=cut, slices=slices, rules=_counted(model), counts=counts)


_WHOLE = TaskSize(1, 0, 1)
FEW_PAIRS = 1_000_000
"""Pairs that one task sums up sooner than several are started."""


@dataclass(frozen=True)
class Plan:
    """What was counted and planned before any pair was formed."""

    rule_counts: dict[int, RuleCount]
    training_counts: dict[int, RuleCount]
    blocks: DataFrame
    cut: Layout
    slices: tuple[Slice, ...]
    tasks: tuple[Task, ...]
    left_records: int
    right_records: int

    @property
    def candidate_pairs(self) -> int:
        """Pairs of all rules' equalities together; a pair of several rules counts in each."""
        return sum(count.candidate_pairs for count in self.rule_counts.values())

    @property
    def shuffled_bytes(self) -> int:
        """Bytes of blocks that go to tasks: a slice that several tasks share, to each."""
        size = {(one.group_number, one.number): one.bytes for one in self.slices}
        return sum(size[task.group_number, n] for task in self.tasks for n in task.slices)

    def pair_parts(self, policy: LinkagePolicy) -> int:
        """In how many parts all pairs lie so that none is more than a task may hold."""
        at_once = policy.parallel_tasks
        if self.candidate_pairs <= FEW_PAIRS:
            return 1
        return at_once * (1 + self.candidate_pairs // (at_once * policy.bucket_pairs))

    def files(self, policy: LinkagePolicy) -> Files:
        """The two files as what is known of them before any pair is weighed."""
        return Files(self.left_records, self.right_records, policy.resolve.relation)


@dataclass(frozen=True)
class Scored:
    """Scored pairs, and how many true pairs the two files are estimated to hold."""

    pairs: DataFrame
    expected_true_pairs: float


def prepared(left: DataFrame, right: DataFrame, model: LinkageModel) -> DataFrame:
    """The records of both files with what training and scoring read beside their fields.

    Read many times: keep it somewhere before, where it is more than a selection of columns.
    """
    records = ladder.with_derived(block.linkage_records(left, right, model.columns), model)
    return score.with_home(records, model.home)


def laid_out(records: DataFrame, model: LinkageModel, policy: LinkagePolicy, folder: Path) -> Laid:
    """Both files cut in slices, with the frequencies of their values, counted and kept.

    Raises: RuleError.
    """
    columns = model.term_frequency_columns
    if columns:
        shares = kept(score.term_frequencies(records, columns), folder / "frequencies")
        weighed = score.with_shares(records, shares, columns)
    else:
        weighed = records
    return cut_and_counted(weighed, records, model, policy, folder)


def cut_and_counted(
    weighed: DataFrame,
    records: DataFrame,
    model: LinkageModel,
    policy: LinkagePolicy,
    folder: Path,
) -> Laid:
    """Records that have their frequencies, cut in slices, counted and kept.

    ``records`` are the same without them: what no slice counts is counted on these.
    """
    sides = block.side_counts(records)
    cut = layout(model.blocking_rules, model.matchkeys, sum(sides), policy.task_size)
    rules = _counted(model)
    partitions = policy.task_size.partitions(sum(sides) * len(cut.groups), cut)
    blocks = kept(block.laid_out(weighed, cut, rules, partitions), folder / "slices")
    slices = tuple(block.slice_counts(blocks))
    found = totals(slices)
    elsewhere = set(range(len(rules))) - {n for own in counted_in(cut, rules) for n in own}
    if elsewhere:
        places = sorted(elsewhere)
        more = block.rule_counts(block.candidate_counts(records, [rules[n] for n in places]))
        found |= {places[n]: replace(count, rule_number=places[n]) for n, count in more.items()}
    return Laid(blocks, cut, slices, rules, found, *sides)


def _counted(model: LinkageModel) -> tuple[Rule, ...]:
    """The rules that are counted: the blocking rules by their place, then those of training."""
    return tuple(dict.fromkeys([*model.blocking_rules, *model.training_rules]))


def planned(model: LinkageModel, laid: Laid, policy: LinkagePolicy) -> Plan:
    """Deal the slices out to tasks, from what was counted in them.

    Raises: NoCandidatesError, PlanOverBudgetError, BucketTooLargeError, before any pair is
    formed.
    """
    rule_counts = laid.renumbered(model.blocking_rules)
    records = laid.left_records + laid.right_records
    require_affordable(rule_counts, model.blocking_rules, records, policy.pair_budget)
    return Plan(
        rule_counts,
        laid.renumbered(model.training_rules),
        laid.blocks,
        laid.cut,
        laid.slices,
        tasks(laid.cut, laid.slices, policy.task_size),
        laid.left_records,
        laid.right_records,
    )


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


def level_shares(
    records: DataFrame, model: LinkageModel, plan: Plan, policy: LinkagePolicy
) -> dict[str, dict[str, list[float]]]:
    """How pairs of these records agree, to be held against a saved model's own."""
    sizes = (plan.left_records, plan.right_records)
    trainer = train.Trainer(records, model, sizes, policy.training)
    return trainer.level_shares(plan.training_counts)


def weighed(
    model: LinkageModel, plan: Plan, trained_model: TrainedModel, policy: LinkagePolicy
) -> DataFrame:
    """Every pair that any later prior could save, or of a matchkey, at the starting prior.

    Keep them: they are read twice.
    """
    kernel = Kernel(
        settings=trained_model.settings,
        rules=model.blocking_rules,
        matchkeys=model.matchkeys,
        term_frequency_columns=model.term_frequency_columns,
        review_bits=evidence_floor(plan.files(policy), policy.review_bits),
        memory_mib=policy.task_memory_mib,
    )
    return score.rounded(score.match_weights(plan.blocks, kernel, plan.tasks))


def scored(weighed_pairs: DataFrame, plan: Plan, policy: LinkagePolicy) -> Scored:
    """The pairs at the prior they speak for themselves, with the number of true ones.

    ``weighed_pairs``: as ``weighed`` gives them, kept: they are read twice.
    """
    files = plan.files(policy)
    start = starting_prior(files)
    evidence = posterior.evidence(weighed_pairs, files, start, plan.pair_parts(policy))
    pairs = expected_pairs(evidence, files, start * files.possible_pairs)
    bits = posterior_shift(pairs, files, start)
    return Scored(posterior.shifted(weighed_pairs, bits, policy.review_bits), pairs)


def candidate_counts(spark: SparkSession, model: LinkageModel, plan: Plan) -> DataFrame:
    """The plan as the table ``candidate_counts``: one row per rule."""
    return spark.createDataFrame(list(_count_rows(model, plan)), tables.CANDIDATE_COUNTS.ddl)


def _count_rows(model: LinkageModel, plan: Plan) -> Iterable[tuple[object, ...]]:
    for number, count in plan.rule_counts.items():
        place, group = next(
            (place, group)
            for place, group in enumerate(plan.cut.groups)
            if number in group.rule_numbers
        )
        yield (
            number,
            model.blocking_rules[number].text,
            group.label,
            count.left_records,
            count.right_records,
            count.candidate_pairs,
            count.largest_block_pairs,
            sum(
                task.group_number == place and number in task.group.rule_numbers
                for task in plan.tasks
            ),
        )
