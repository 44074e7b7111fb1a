"""Plan: the slices dealt out to tasks, before any pair is formed; and the plan as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.core.blocking_plan import RuleCount, require_affordable
from attainment_linkage.core.layout import Layout, Task, tasks
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.prior import Files
from attainment_linkage.domain import tables
from attainment_linkage.stages.linkage.counted import Counted


@dataclass(frozen=True)
class Plan:
    """What was counted and planned before any pair was formed."""

    rule_counts: dict[int, RuleCount]
    training_counts: dict[int, RuleCount]
    counted: Counted
    tasks: tuple[Task, ...]

    @property
    def cut(self) -> Layout:
        """How the records are cut."""
        return self.counted.cut

    @property
    def left_records(self) -> int:
        """Records of the left file."""
        return self.counted.left_records

    @property
    def right_records(self) -> int:
        """Records of the right file."""
        return self.counted.right_records

    @property
    def candidate_pairs(self) -> int:
        """Pairs of all rules' equalities together; a pair of several rules counts in each."""
        return sum(count.candidate_pairs for count in self.rule_counts.values())

    @property
    def dealt_records(self) -> int:
        """Records that go to tasks at the most: those of a slice that several share, to each."""
        sizes = {
            (one.group_number, one.number): one.left_records + one.right_records
            for one in self.counted.slices
        }
        return sum(sizes[task.group_number, n] for task in self.tasks for n in task.slices)

    def files(self, policy: LinkagePolicy) -> Files:
        """The two files as what is known of them before any pair is weighed."""
        return Files(self.left_records, self.right_records, policy.resolve.relation)


def planned(model: LinkageModel, counted: Counted, policy: LinkagePolicy) -> Plan:
    """Deal the slices out to tasks, from what was counted in them.

    Raises: NoCandidatesError, PlanOverBudgetError, BucketTooLargeError, before any pair is
    formed.
    """
    rule_counts = counted.renumbered(model.blocking_rules)
    records = counted.left_records + counted.right_records
    require_affordable(rule_counts, model.blocking_rules, records, policy.pair_budget)
    return Plan(
        rule_counts,
        counted.renumbered(model.training_rules),
        counted,
        tasks(counted.cut, counted.slices, policy.task_size),
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
