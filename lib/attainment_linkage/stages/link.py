"""Link: pupils of the attainment records to people of the Census, one to one."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters.scratch import kept, scratch_folder
from attainment_linkage.core.doubles import BEYOND
from attainment_linkage.core.policy import LinkagePolicy, ResolvePolicy
from attainment_linkage.core.settings import LinkSettings
from attainment_linkage.core.training import TrainingBudget
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import LINK as STAGE
from attainment_linkage.stages import inputs, linkage, linked_model, matchkeys
from attainment_linkage.stages.decided import with_decided
from attainment_linkage.stages.expected_errors import Known, accepting, expected_errors
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import deduplicate, resolve

__all__ = ["STAGE", "body", "policy_of"]


def body(run: StageRun) -> None:
    """Count, plan, train, score and resolve; write the counts, pairs, links and reviews."""
    with scratch_folder(run.lake.root(tables.IDENTIFIERS), f"{STAGE.name}-{run.key}") as folder:
        _link(run, folder)


def _link(run: StageRun, folder: Path) -> None:
    policy = policy_of(run.config.link, run.spark.sparkContext.defaultParallelism)
    ladder = matchkeys.ladder()
    model = linked_model.design(ladder)
    pupils, doubles = run.read(tables.ATTAINMENT_PEOPLE), run.read(tables.CENSUS_DOUBLES)
    people = deduplicate.standing_lines(run.read(tables.CENSUS_PEOPLE), doubles)
    records = kept(linkage.prepared(pupils, people, model), folder / "records")

    plan = linkage.planned(model, linkage.counted(records, model), policy)
    run.note("candidate pairs of all rules", plan.candidate_pairs)
    run.write(linkage.candidate_counts(run.spark, model, plan), tables.CANDIDATE_COUNTS)
    trained = with_decided(run, linkage.trained(records, model, plan, policy))
    linked_model.keep(run, trained)
    run.note("training pairs of all sessions", sum(trained.session_pairs))
    run.note("comparisons left untrained", len(trained.untrained_comparisons))
    run.note("training sessions set aside", trained.unsound_sessions)
    weighed = kept(linkage.weighed(records, model, plan, trained, policy), folder / "weighed")
    found = linkage.scored(weighed, plan, policy)
    run.note("true pairs expected", round(found.expected_true_pairs))
    scored = run.write(found.pairs, tables.SCORED_PAIRS)
    copies = inputs.note_of(run.lake, tables.CENSUS_DOUBLES, BEYOND) / plan.right_records
    known = Known(plan.files(policy), found.expected_true_pairs, copies)
    policy = accepting(scored, policy, known, folder / "tried")
    run.note("bits from which on pairs are linked", policy.resolve.accept_bits)
    decided = resolve.decided_pairs(scored, policy.resolve, policy.parallel_tasks)
    links = run.write(resolve.links(decided), tables.LINKS)
    run.write(resolve.review_pairs(scored, decided), tables.REVIEW_PAIRS)
    run.note("pupils without a link", plan.left_records - run.written[tables.LINKS.name])
    rules, chanced = model.blocking_rules, folder / "chanced"
    rates = expected_errors(scored, links, records, rules, policy, known, chanced)
    run.note("false links expected", rates.false_links.percent)
    run.note("missed links expected", rates.missed_links.percent)
    counts = matchkeys.counts(scored, links, ladder.matchkeys, plan.left_records)
    matchkeys.say(run, ladder, run.write(counts, tables.MATCHKEY_COUNTS))


def policy_of(settings: LinkSettings, parallel_tasks: int) -> LinkagePolicy:
    """The linkage policy that the configuration signs off."""
    return LinkagePolicy(
        resolve=ResolvePolicy(settings.accept_bits, settings.margin_bits, "one_to_one"),
        review_bits=settings.review_bits,
        pair_budget=settings.candidate_pair_budget,
        bucket_pairs=settings.bucket_pairs,
        bucket_records=settings.bucket_rows,
        task_memory_mib=settings.task_memory_mib,
        parallel_tasks=parallel_tasks,
        training=TrainingBudget(session_pairs=settings.training_pairs, seed=settings.seed),
        false_link_rate=settings.false_link_rate,
    )
