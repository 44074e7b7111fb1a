"""Link files: any two tables, from the roles of their columns alone, to scored pairs and links."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import plain_tables
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.scratch import kept, scratch_folder
from attainment_linkage.adapters.session import check_java, open_session, tasks_at_once
from attainment_linkage.core import default_rules
from attainment_linkage.core.calibration import ErrorRates
from attainment_linkage.core.column_facts import ColumnFacts, facts_from_counts
from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy, ResolvePolicy
from attainment_linkage.core.settings import Config
from attainment_linkage.core.spec import LinkSpec, SideSpec, parse_spec
from attainment_linkage.core.training import TrainingBudget
from attainment_linkage.stages import linkage
from attainment_linkage.stages.expected_errors import Known, accepting, expected_errors
from attainment_linkage.steps import resolve
from attainment_linkage.steps.linkage_record import column_counts, linkage_records

SHORT_MIB = 64
"""Two files under this are linked before the JVM's thorough compiler pays."""


@dataclass(frozen=True)
class FilesLinked:
    """What became of two files: counts, and where the pairs lie."""

    pairs_path: Path
    left_records: int
    right_records: int
    candidate_pairs: int
    pairs: int
    links: int
    accept_bits: float
    expected: ErrorRates
    seconds: float
    notes: tuple[str, ...]


def link_files(
    spec_path: Path,
    left: Path,
    right: Path,
    output: Path,
    config: Config,
    *,
    log: RunLog | None = None,
    spark: SparkSession | None = None,
) -> FilesLinked:
    """Link two files and write ``output/pairs.parquet``.

    One row per pair at or above the review threshold, or of a matchkey: ``id_a``, ``id_b``
    (text, as read), ``score`` (match weight in bits), ``link``; sorted by the ids.

    Raises:
        SpecError, InputError and the errors of a linkage; nothing is written then.
    """
    spec = parse_spec(plain_tables.read_text(spec_path), spec_path.name)
    plain_tables.require_writable(output)
    log = log or RunLog()
    if spark is not None:
        return _linked(spec, left, right, output, config, log, spark)
    check_java()
    is_short = plain_tables.size_mib(left, right) < SHORT_MIB
    with open_session(config, "attainment-linkage link-files", is_short=is_short) as opened:
        return _linked(spec, left, right, output, config, log, opened)


def say(linked: FilesLinked, log: RunLog) -> None:
    """Print the summary of a finished linkage: counts, and what was ignored or left out."""
    log.note("left records", linked.left_records)
    log.note("right records", linked.right_records)
    log.note("candidate pairs of all rules", linked.candidate_pairs)
    for remark in linked.notes:
        log.note("note", remark)
    log.lies("pairs", linked.pairs, linked.pairs_path)
    log.note("links", linked.links)
    log.note("bits from which on pairs are linked", linked.accept_bits)
    log.note("false links expected", linked.expected.false_links.percent)
    log.note("missed links expected", linked.expected.missed_links.percent)
    log.note("seconds", linked.seconds)


def _linked(
    spec: LinkSpec,
    left: Path,
    right: Path,
    output: Path,
    config: Config,
    log: RunLog,
    spark: SparkSession,
) -> FilesLinked:
    started = time.monotonic()
    policy = policy_of(spec, config)
    with scratch_folder(output, "link-files") as folder, log.stage("link-files", "two files"):
        records, model, laid = laid_out(spark, spec, (left, right), policy, folder)
        log.note("blocking rules", len(model.blocking_rules))
        plan = linkage.planned(model, laid, policy)
        log.note("candidate pairs of all rules", plan.candidate_pairs)
        trained = linkage.trained(records, model, plan, policy)
        log.note("training pairs of all sessions", sum(trained.session_pairs))
        weighed = linkage.weighed(model, plan, trained, policy)
        found = linkage.scored(kept(weighed, folder / "weighed"), plan, policy)
        log.note("true pairs expected", round(found.expected_true_pairs))
        scored = kept(found.pairs, folder / "scored")
        known = Known(plan.files(policy), found.expected_true_pairs)
        policy = accepting(scored, policy, known, folder / "tried")
        decided = kept(
            resolve.decided_pairs(scored, policy.resolve, plan.pair_parts(policy)),
            folder / "decided",
        )
        links, rules = resolve.links(decided), model.blocking_rules
        chanced = folder / "chanced"
        rates = expected_errors(scored, links, records, rules, policy, known, chanced)
        pairs = plain_tables.write_pairs(resolve.flagged_pairs(scored, decided), output)
    return FilesLinked(
        pairs.path,
        plan.left_records,
        plan.right_records,
        plan.candidate_pairs,
        pairs.rows,
        pairs.links,
        policy.resolve.accept_bits,
        rates,
        round(time.monotonic() - started, 1),
        model.notes,
    )


def laid_out(
    spark: SparkSession,
    spec: LinkSpec,
    paths: tuple[Path, Path],
    policy: LinkagePolicy,
    folder: Path,
) -> tuple[DataFrame, LinkageModel, linkage.Laid]:
    """The records of both files, their model with the rules they can afford, and their slices.

    Raises: the errors of what was given (SpecError, InputError); RuleError.
    """
    specs, names = (spec.left, spec.right), ("left", "right")
    with ThreadPoolExecutor(max_workers=2) as both:  # a small file is one task: two at once
        given = zip(paths, specs, (folder / name for name in names), strict=True)
        sides = list(both.map(lambda one: _side(spark, *one), given))
    model = _model(spec, [facts for _, facts in sides])
    records = linkage.prepared(sides[0][0], sides[1][0], model)
    records = kept(records, folder / "records")
    return records, *_laid_out(spec, records, model, policy, folder / "laid")


def _side(
    spark: SparkSession, path: Path, side: SideSpec, folder: Path
) -> tuple[DataFrame, ColumnFacts]:
    """The linkage records of one file, and what its columns' counts say about it."""
    folder.mkdir(mode=0o700, parents=True)
    rows = plain_tables.read_table(spark, path, side.id, list(side.roles), folder)
    counts: Mapping[str, int | None] = column_counts(rows, side).collect()[0].asDict()
    facts = facts_from_counts(counts)
    return kept(linkage_records(rows, side, facts), folder / "records"), facts


def _model(spec: LinkSpec, facts: list[ColumnFacts]) -> LinkageModel:
    """The model that follows from the roles, with what the specification overrides."""
    idle = facts[0].idle_roles | facts[1].idle_roles
    model = model_for(spec.left.roles.values(), spec.right.roles.values(), idle)
    return replace(
        model,
        blocking_rules=spec.blocking_rules or model.blocking_rules,
        matchkeys=spec.matchkeys or model.matchkeys,
        training_rules=spec.training.rules or model.training_rules,
    )


def _laid_out(
    spec: LinkSpec,
    records: DataFrame,
    model: LinkageModel,
    policy: LinkagePolicy,
    folder: Path,
) -> tuple[LinkageModel, linkage.Laid]:
    """The files laid out and counted, with the rules that they can afford; the spec's all stay."""
    laid = linkage.laid_out(records, model, policy, folder / "all")
    if spec.blocking_rules:
        return model, laid
    chosen = _affordable(model, laid)
    if chosen.blocking_rules == model.blocking_rules:
        return chosen, laid
    if laid.cut.is_whole:
        return chosen, laid.of(chosen)
    return chosen, linkage.laid_out(records, chosen, policy, folder / "affordable")


def _affordable(model: LinkageModel, laid: linkage.Laid) -> LinkageModel:
    """The model with the default rules whose pairs the files can afford."""
    pairs = laid.pairs(model.blocking_rules)
    chosen = default_rules.affordable(
        model.blocking_rules, pairs, laid.left_records, laid.right_records
    )
    counts = dict(zip(model.blocking_rules, pairs.values(), strict=True))
    forming = [rule for rule in chosen.kept if counts[rule]]
    notes = [
        f"blocking rule {rule.text} is left out: it would form too many pairs"
        for rule in chosen.dropped
    ]
    return replace(
        model,
        blocking_rules=tuple(forming) or chosen.kept,
        notes=(*model.notes, *notes),
    )


def policy_of(spec: LinkSpec, config: Config) -> LinkagePolicy:
    """How the specification and the configuration have two files linked."""
    thresholds, link = spec.thresholds, config.link
    return LinkagePolicy(
        resolve=ResolvePolicy(thresholds.accept_bits, thresholds.margin_bits, spec.relation),
        review_bits=thresholds.review_bits,
        pair_budget=link.candidate_pair_budget,
        bucket_pairs=link.bucket_pairs,
        bucket_records=link.bucket_rows,
        task_memory_mib=link.task_memory_mib,
        parallel_tasks=tasks_at_once(config),
        training=TrainingBudget(
            random_pairs=spec.training.random_pairs,
            session_pairs=spec.training.session_pairs,
            seed=spec.training.seed,
        ),
        false_link_rate=thresholds.false_link_rate,
    )
