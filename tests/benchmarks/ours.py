"""Ours: this project's engine, from Parquet files to Delta tables, gates and manifest included."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

from attainment_linkage.adapters import delta, documents, gates, plain_tables
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.scratch import Fetching, kept
from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy, ResolvePolicy
from attainment_linkage.core.settings import Config
from attainment_linkage.core.training import TrainingBudget
from attainment_linkage.domain import tables
from attainment_linkage.domain.tables import Table
from attainment_linkage.stages import link_plan, linkage
from attainment_linkage.stages.link_files import SHORT_ROWS
from attainment_linkage.stages.policy import configured
from attainment_linkage.steps import resolve
from attainment_linkage.steps.block import Records
from attainment_linkage.steps.record_files import RecordFiles
from tests.benchmarks import design
from tests.benchmarks.files import Files

if TYPE_CHECKING:
    from tests.benchmarks.contender import Clock


def run(
    files: Files,
    output: Path,
    clock: Clock,
    *,
    matchkeys: tuple[str, ...],
    on_end: Callable[[], None],
) -> None:
    """Plan, train, score, resolve; write both tables, run their gates, hash and record them."""
    config = load("local", lake_override(output / "lake"))
    threading.Thread(target=gates.prepare, name="gates").start()
    with clock.session():
        is_short = plain_tables.rows_about(files.left, files.right) < SHORT_ROWS
        session = open_session(config, "benchmark", is_short=is_short)
        spark = session.__enter__()
    try:
        clock.start()
        _link(spark, files, output, clock, design.model(matchkeys), policy_of(config))
        on_end()
    finally:
        session.__exit__(None, None, None)


def policy_of(config: Config) -> LinkagePolicy:
    """The thresholds and training budget of the design, the rest as configured."""
    return configured(
        config,
        ResolvePolicy(design.ACCEPT_BITS, design.MARGIN_BITS),
        design.REVIEW_BITS,
        TrainingBudget(
            random_pairs=design.RANDOM_PAIRS, session_pairs=design.SESSION_PAIRS, seed=design.SEED
        ),
    )


def _link(
    spark: SparkSession,
    files: Files,
    output: Path,
    clock: Clock,
    model: LinkageModel,
    policy: LinkagePolicy,
) -> None:
    with clock.phase("counts"):
        sides = [spark.read.parquet(str(path)) for path in (files.left, files.right)]
        frame = linkage.prepared(*sides, model)
        lie = (RecordFiles(files.left, is_left=True), RecordFiles(files.right, is_left=False))
        counted = linkage.counted(Records(frame, lie), model, policy, output / "counted")
    with clock.phase("plan"):
        plan = linkage.planned(model, counted, policy)
        found, _ = link_plan.estimated(model, plan, policy)
        clock.counts["new_pairs_estimated"] = sum(one.pairs for one in found.values())
    with clock.phase("train"):
        trained = linkage.trained(frame, model, plan, policy, Fetching(output / "samples"))
    with clock.phase("score"):
        pairs = linkage.weighed(model, plan, trained, policy, output / "frequencies")
        pairs = kept(pairs, output / "weighed")
    with clock.phase("prior and write"):
        found = linkage.scored(pairs, plan, policy)
        delta.write(found.pairs, output / "scored_pairs", tables.SCORED_PAIRS, "benchmark")
    scored = _audited(spark, output, tables.SCORED_PAIRS, clock)
    with clock.phase("resolve and write"):
        decided = resolve.decided_pairs(scored, policy.resolve, found.parts)
        delta.write(resolve.links(decided), output / "links", tables.LINKS, "benchmark")
    _audited(spark, output, tables.LINKS, clock)
    with clock.phase("manifest"):
        documents.create(output / "manifest.json", dict(clock.counts))


def _audited(spark: SparkSession, output: Path, table: Table, clock: Clock):  # type: ignore[no-untyped-def]
    written = delta.read(spark, output / table.name, table)
    with clock.phase("gates"):
        gates.audit(written, table)
    with clock.phase("content hashes"):
        clock.counts[table.name] = delta.content(written).rows
    return written
