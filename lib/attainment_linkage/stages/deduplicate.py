"""Deduplicate: the Census linked with itself, before any pupil is linked to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pyspark.sql import DataFrame

from attainment_linkage.adapters.scratch import kept, scratch_folder
from attainment_linkage.core import doubles, doubles_model
from attainment_linkage.core.doubles import Acceptance
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import DEDUPLICATE as STAGE
from attainment_linkage.stages import linkage
from attainment_linkage.stages.policy import policy_of
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import deduplicate, score
from attainment_linkage.steps.block import Records
from attainment_linkage.steps.kernel import Kernel

__all__ = ["STAGE", "body"]

MODEL = LinkageModel(
    comparisons=doubles_model.comparisons(),
    blocking_rules=doubles_model.RULES,
    matchkeys=(),
    training_rules=(),
    comparison_columns=doubles_model.COLUMNS,
    term_frequency_columns=(*doubles_model.FREQUENCY_COLUMNS, doubles_model.WHOLE_NAME),
)


def body(run: StageRun) -> None:
    """Plan, train and score the Census with itself; write further lines, and possible ones."""
    with scratch_folder(run.lake.root(tables.IDENTIFIERS), f"{STAGE.name}-{run.key}") as folder:
        weighed = deduplicate.weighed_lines(run.read(tables.CENSUS_PEOPLE))
        lines = linkage.kept_records(weighed, folder / "lines")
        scored, accepted = weighed_pairs(run, lines, folder)
        further = deduplicate.census_doubles(scored, lines.frame, accepted)
        further = run.write(further, tables.CENSUS_DOUBLES)
        possible = deduplicate.possible_doubles(scored, further, accepted)
        run.write(possible, tables.POSSIBLE_DOUBLES)


def weighed_pairs(run: StageRun, lines: Records, folder: Path) -> tuple[DataFrame, Acceptance]:
    """Scored pairs of lines, and from which weight on they are doubles; scratch in a folder."""
    policy = policy_of(run.config)
    itself = (replace(one, is_left=side) for side in (True, False) for one in lines.files)
    facing = Records(deduplicate.facing_itself(lines.frame), tuple(itself))
    counted = linkage.counted(facing, MODEL, policy, folder / "counted")
    plan = linkage.planned(MODEL, counted, policy)
    count = plan.left_records
    run.note("candidate pairs of Census lines", plan.candidate_pairs)
    kernel = Kernel(
        settings=deduplicate.trained(lines.frame, MODEL, count, policy.training),
        rules=MODEL.blocking_rules,
        matchkeys=(),
        term_frequency_columns=MODEL.term_frequency_columns,
        review_bits=deduplicate.REVIEW_BITS,
        memory_mib=policy.task_memory_mib,
    )
    dealt = counted.dealt(plan.tasks, policy, facing.columns)
    scored = kept(score.match_weights(dealt, kernel, plan.tasks), folder / "scored")
    accepted = deduplicate.acceptance(scored, count, run.config.deduplicate.false_share)
    run.note("expected doubles among Census lines", round(accepted.expected_doubles))
    run.note(doubles.BEYOND, round(accepted.expected_beyond))
    run.note("bits from which on lines are doubles", round(min(accepted.least_bits, 999.0), 2))
    return scored, accepted
