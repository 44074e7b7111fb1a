"""Link plan: what ``link`` would do and what it would cost, before any pair is scored.

It is the first thing every ``link`` does, and all that ``link --plan`` does. Counts only: of a
block its size, never its key; what is under ten is not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.scratch import scratch_folder
from attainment_linkage.adapters.session import check_java, open_session
from attainment_linkage.core.matchkeys import Ladder
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.new_pairs import Estimate, estimates, sample
from attainment_linkage.core.plan_cost import Work
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import LINK
from attainment_linkage.stages import linkage, linked_model, matchkeys, stage_key
from attainment_linkage.stages.policy import policy_of
from attainment_linkage.stages.stage_run import StageRun
from attainment_linkage.steps import deduplicate
from attainment_linkage.steps.new_pairs import new_pairs

_SMALL = 10


@dataclass(frozen=True)
class LinkPlan:
    """The two files' records, the model that is to link them, and what was planned.

    ``bytes_of_a_record``: as it is moved, compressed, on average of the sampled ones.
    """

    records: DataFrame
    model: LinkageModel
    ladder: Ladder
    policy: LinkagePolicy
    plan: linkage.Plan
    new_pairs: dict[int, Estimate]
    bytes_of_a_record: float


def show(config: Config, log: RunLog | None = None) -> None:
    """Print the plan of ``link`` on what the stages before it have made; write no table.

    Raises:
        MissingTableError: a stage before it has not been run.
        RuleError, NoCandidatesError, PlanOverBudgetError, BucketTooLargeError: as ``link``.
    """
    check_java()
    config = config.only(LINK.roots)
    lake, log = Lake.open(config.lake, LINK.roots), log or RunLog()
    key, _ = stage_key.key_of(LINK, config, lake)
    with (
        open_session(config, "attainment-linkage plan") as spark,
        scratch_folder(lake.root(tables.IDENTIFIERS), f"plan-{key}") as folder,
        log.stage(LINK.name, "the plan: nothing is scored, no table is written"),
    ):
        made(StageRun(LINK, config, spark, lake, key, log), folder)


def made(run: StageRun, folder: Path) -> LinkPlan:
    """Count, plan, and say so.

    Raises: RuleError, NoCandidatesError, PlanOverBudgetError, BucketTooLargeError.
    """
    policy, ladder = policy_of(run.config), matchkeys.ladder()
    model = linked_model.design(ladder)
    pupils, doubles = run.read(tables.ATTAINMENT_PEOPLE), run.read(tables.CENSUS_DOUBLES)
    people = deduplicate.standing_lines(run.read(tables.CENSUS_PEOPLE), doubles)
    prepared = linkage.prepared(pupils, people, model)
    records = linkage.kept_records(prepared, folder / "records")
    counted = linkage.counted(records, model, policy, folder / "counted")
    plan = linkage.planned(model, counted, policy)
    found, size = estimated(model, plan, policy)
    made = LinkPlan(records.frame, model, ladder, policy, plan, found, size)
    for name, value in lines(made):
        run.log.note(name, value)
    return made


def estimated(
    model: LinkageModel, plan: linkage.Plan, policy: LinkagePolicy
) -> tuple[dict[int, Estimate], float]:
    """The pairs new to each rule, and the bytes of a record as it is moved, from a sample of
    the slices."""
    counted, rules = plan.counted, model.blocking_rules
    sampled = sample(counted.cut, counted.slices)
    dealt = counted.dealt(sampled, policy, counted.records.columns)
    looked = new_pairs(dealt, rules, sampled, policy.task_memory_mib)
    size = sum(one.bytes for one in looked) / max(1, sum(one.records for one in looked))
    return estimates(counted.cut, counted.slices, sampled, looked), size


def lines(made: LinkPlan) -> Iterator[tuple[str, str]]:
    """The plan in lines: rules, key groups, and what it costs."""
    model, plan, found, policy = made.model, made.plan, made.new_pairs, made.policy
    for number, count in plan.rule_counts.items():
        estimate = found[number]
        share = 100 * count.largest_block_pairs / max(count.candidate_pairs, 1)
        yield (
            f"rule {number} {model.blocking_rules[number].text}",
            f"{_told(count.candidate_pairs)} pairs, new {_new(estimate)}; largest block "
            f"{_told(count.largest_block_pairs)}, {share:.1f}%",
        )
    for place, group in enumerate(plan.cut.groups):
        own = [task for task in plan.tasks if task.group_number == place]
        hot = {task.slices for task in own if task.parts > 1}
        yield (
            f"key group {group.label}",
            f"rules {' '.join(map(str, group.rule_numbers)) or 'none'}; {plan.cut.slices} slices "
            f"in {len(own)} tasks; {len(hot)} hot slices split",
        )
    work = work_of(plan, found, policy)
    yield "candidate pairs, each once", f"about {_told(work.new_pairs)}"
    size = round(plan.dealt_records * made.bytes_of_a_record)
    yield "bytes to shuffle, compressed", f"at most about {size:,}"
    yield (
        "expected time",
        f"about {work.seconds:,.0f} s with {policy.parallel_tasks} tasks at once, extrapolated "
        "from runs on another machine",
    )


def work_of(plan: linkage.Plan, found: dict[int, Estimate], policy: LinkagePolicy) -> Work:
    """What the plan has to do."""
    pairs = sum(estimate.pairs for estimate in found.values())
    return Work(plan.dealt_records, pairs, policy.parallel_tasks)


def _new(estimate: Estimate) -> str:
    """The estimate with its interval, where that has any width and is not all under ten."""
    if estimate.least == estimate.most or estimate.most < _SMALL:
        return _told(estimate.pairs)
    return f"about {_told(estimate.pairs)} ({_told(estimate.least)} to {_told(estimate.most)})"


def _told(count: int) -> str:
    return f"{count:,}" if count >= _SMALL or count == 0 else f"under {_SMALL}"
