"""Link: pupils of the attainment records to people of the Census, one to one."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters.scratch import Fetching, kept, scratch_folder
from attainment_linkage.core.doubles import BEYOND
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import LINK as STAGE
from attainment_linkage.stages import inputs, link_model, link_plan, linkage, matchkeys
from attainment_linkage.stages.contest import Known
from attainment_linkage.stages.expected_errors import accepting, expected_errors
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import resolve

__all__ = ["STAGE", "body"]


def body(run: StageRun) -> None:
    """Count, plan, train, score and resolve; write the counts, pairs, links and reviews."""
    with scratch_folder(run.lake.root(tables.IDENTIFIERS), f"{STAGE.name}-{run.key}") as folder:
        _link(run, folder)


def _link(run: StageRun, folder: Path) -> None:
    made = link_plan.made(run, folder)
    model, plan, policy = made.model, made.plan, made.policy
    run.note("candidate pairs of all rules", plan.candidate_pairs)
    run.note("candidate pairs expected, each once", sum(e.pairs for e in made.new_pairs.values()))
    run.write(linkage.candidate_counts(run.spark, model, plan), tables.CANDIDATE_COUNTS)
    trained = link_model.model_of(run, made, Fetching(folder / "samples"))
    weighed = linkage.weighed(model, plan, trained, policy, folder / "frequencies")
    weighed = kept(weighed, folder / "weighed")
    found = linkage.scored(weighed, plan, policy)
    run.note("true pairs expected", round(found.expected_true_pairs))
    scored = run.write(found.pairs, tables.SCORED_PAIRS)
    copies = inputs.note_of(run.lake, tables.CENSUS_DOUBLES, BEYOND) / plan.right_records
    possible = run.read(tables.POSSIBLE_DOUBLES)
    known = Known(plan.files(policy), found.expected_true_pairs, copies, possible)
    policy = accepting(scored, policy, known, folder / "tried")
    run.note("bits from which on pairs are linked", policy.resolve.accept_bits)
    contest = known.contest(scored, policy.resolve, found.parts, folder / "yielding")
    decided = resolve.decided_pairs(contest.competing, policy.resolve, found.parts)
    decided = kept(decided, folder / "decided")
    links = run.write(resolve.links(decided), tables.LINKS)
    run.write(resolve.review_pairs(contest.competing, decided), tables.REVIEW_PAIRS)
    run.note("pupils without a link", plan.left_records - run.written[tables.LINKS.name])
    rules, chanced = model.blocking_rules, folder / "chanced"
    rates = expected_errors(contest.counted, links, made.records, rules, policy, known, chanced)
    run.note("false links expected", rates.false_links.percent)
    run.note("missed links expected", rates.missed_links.percent)
    counts = matchkeys.counts(scored, links, made.ladder.matchkeys, plan.left_records)
    matchkeys.say(run, made.ladder, run.write(counts, tables.MATCHKEY_COUNTS))
