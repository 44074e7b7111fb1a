"""Link files: any two tables, from the roles of their columns alone, to scored pairs and links."""

from __future__ import annotations

import time
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import locks, plain_tables
from attainment_linkage.adapters.lake import require_space
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.scratch import SCRATCH, Fetching, kept, scratch_folder
from attainment_linkage.core.settings import Config
from attainment_linkage.core.spec import LinkSpec, parse_spec
from attainment_linkage.stages import linkage
from attainment_linkage.stages.contest import Known
from attainment_linkage.stages.expected_errors import accepting, expected_errors
from attainment_linkage.stages.files_counted import counted_files
from attainment_linkage.stages.files_linked import FilesLinked
from attainment_linkage.stages.session import session_for
from attainment_linkage.stages.specified import policy_of
from attainment_linkage.steps import resolve

WORK = ".work-"
"""How the folder of spill files begins that a linkage has in its output while it runs."""
SHORT_ROWS = 500_000
"""Two files of fewer rows are linked before the JVM's thorough compiler pays."""


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
        RunLockedError: another linkage writes to ``output``.
        SpecError, InputError and the errors of a linkage; nothing is written then.
    """
    spec = parse_spec(plain_tables.read_text(spec_path), spec_path.name)
    plain_tables.require_writable(output)
    require_space(config.lake, output)
    log = log or RunLog()
    is_short = plain_tables.rows_about(left, right) < SHORT_ROWS
    with locks.held_alone(output / SCRATCH, config.lake.lock_heartbeat_seconds):
        plain_tables.take_away_pairs(output)
        with session_for("link-files", config, spark, is_short=is_short) as session:
            return _linked(spec, left, right, output, config, log, session)


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
        records, model, counted = counted_files(spark, spec, (left, right), policy, folder)
        log.note("blocking rules", len(model.blocking_rules))
        plan = linkage.planned(model, counted, policy)
        log.note("candidate pairs of all rules", plan.candidate_pairs)
        trained = linkage.trained(records, model, plan, policy, Fetching(folder / "samples"))
        log.note("training pairs of all sessions", sum(trained.session_pairs))
        weighed = linkage.weighed(model, plan, trained, policy, folder / "frequencies")
        found = linkage.scored(kept(weighed, folder / "weighed"), plan, policy)
        log.note("true pairs expected", round(found.expected_true_pairs))
        scored = kept(found.pairs, folder / "scored")
        known = Known(plan.files(policy), found.expected_true_pairs)
        policy = accepting(scored, policy, known, folder / "tried")
        decided = kept(
            resolve.decided_pairs(scored, policy.resolve, found.parts),
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
