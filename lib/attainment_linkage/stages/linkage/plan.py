"""Plan: the slices dealt out to tasks, before any pair is formed; and the plan as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.core.blocking_plan import RuleCount, require_affordable
from attainment_linkage.core.layout import Layout, Slice, Task, tasks
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.prior import Files
from attainment_linkage.domain import tables
from attainment_linkage.stages.linkage.laid import Laid


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

    def files(self, policy: LinkagePolicy) -> Files:
        """The two files as what is known of them before any pair is weighed."""
        return Files(self.left_records, self.right_records, policy.resolve.relation)


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
