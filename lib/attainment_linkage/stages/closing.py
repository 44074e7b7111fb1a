"""Closing: what a run says at its end: where each table lies, the links, and its report.

Where the run made its own population, the links are held against the generator's truth.
"""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.road import SYNTHESISE
from attainment_linkage.stages.report import gathered
from attainment_linkage.stages.run import RunSummary
from attainment_linkage.stages.truth import Agreement, agreement

REPORTS = "reports"


def close(spark: SparkSession, config: Config, summary: RunSummary, log: RunLog) -> Path:
    """Print the tables, the links and their quality; write the report; give back its path."""
    from attainment_linkage.adapters.report_page import write_report  # slow, every command is here

    rows = {table.name: table.rows for stage in summary.stages for table in stage.tables}
    for name, path in summary.paths.items():
        log.lies(name, rows[name], path)
    is_generated = summary.stages[0].stage == SYNTHESISE.name
    truth = agreement(spark, config, summary) if is_generated else None
    if truth:
        _say(truth, log)
    shares = {"precision": truth.precision, "recall": truth.recall} if truth else {}
    report = gathered(spark, config, summary, shares)
    path = write_report(report, report_path(config, summary.run_id))
    log.note("report of this run", str(path))
    log.note("seconds in gates", round(summary.gate_seconds, 1))
    log.note("seconds of the run", round(summary.seconds, 1))
    return path


def report_path(config: Config, run_id: str) -> Path:
    """Where the report of a run lies; its numbers lie beside it, as .json."""
    return Path(config.lake.directory) / REPORTS / f"run-{run_id}.html"


def _say(truth: Agreement, log: RunLog) -> None:
    log.note("links", f"{truth.links:,}")
    log.note("pupils with a Census row", f"{truth.linkable:,}")
    log.note("precision", f"{truth.precision:.4f}")
    log.note("recall", f"{truth.recall:.4f}")
