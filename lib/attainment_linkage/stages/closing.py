"""Closing: what a run says at its end: where each table lies, the links, and one page.

Where the run made its own population, the links are held against the generator's truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.page import Page, TableLine, write_page
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import SYNTHESISE
from attainment_linkage.stages.run import RunSummary
from attainment_linkage.stages.truth import agreement
from attainment_linkage.steps.score import weight_counts

REPORTS = "reports"
_BIN_BITS = 2


def close(spark: SparkSession, config: Config, summary: RunSummary, log: RunLog) -> Path:
    """Print the tables, the links and their quality; write the page; give back its path."""
    rows = {line.name: line.rows for line in _lines(summary)}
    for name, path in summary.paths.items():
        log.lies(name, rows[name], path)
    quality = _quality(spark, config, summary)
    for name, value in quality.items():
        log.note(name, value)
    scored = delta.read(spark, summary.paths[tables.SCORED_PAIRS.name], tables.SCORED_PAIRS)
    counted = weight_counts(scored, _BIN_BITS).collect()
    page = Page(
        title="Attainment records linked to the Census",
        run_id=summary.run_id,
        seconds=summary.seconds,
        stages=[
            (stage.stage, "unchanged: skipped" if stage.is_skipped else "made", stage.seconds)
            for stage in summary.stages
        ],
        lines=list(_lines(summary)),
        notes=[(s.stage, name, value) for s in summary.stages for name, value in s.notes.items()],
        weights={row["bits"]: row["pairs"] for row in counted},
        bin_bits=_BIN_BITS,
        quality=quality,
    )
    folder = Path(config.lake.directory) / REPORTS
    path = write_page(page, folder / f"run-{summary.run_id}.html")
    log.note("page of this run", str(path))
    log.note("seconds in gates", round(summary.gate_seconds, 1))
    log.note("seconds of the run", round(summary.seconds, 1))
    return path


def _quality(spark: SparkSession, config: Config, summary: RunSummary) -> dict[str, str]:
    if summary.stages[0].stage != SYNTHESISE.name:
        return {}
    found = agreement(spark, config, summary)
    return {
        "links": f"{found.links:,}",
        "pupils with a Census row": f"{found.linkable:,}",
        "precision": f"{found.precision:.4f}",
        "recall": f"{found.recall:.4f}",
    }


def _lines(summary: RunSummary) -> Iterator[TableLine]:
    for stage in summary.stages:
        for table in stage.tables:
            met = [bool(one["is_met"]) for one in table.gate]
            yield TableLine(
                stage.stage,
                table.name,
                table.rows,
                table.seconds,
                table.gate_seconds,
                len(met),
                met.count(False),
            )
