"""Diff: two published runs side by side, and whose links they differ about. No name is opened.

It opens the attributes root alone: the links without names, and the groups of pupils. The
numbers of the two reports come from the files that lie beside their pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta, documents
from attainment_linkage.adapters.diff_page import write_diff
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.report import words
from attainment_linkage.core.report.run_diff import ALL, ChangeLine, change_lines, side_by_side
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import RunUnknownError
from attainment_linkage.domain.road import MEASURE, Stage
from attainment_linkage.domain.tables import ATTRIBUTES, Table
from attainment_linkage.stages.closing import report_path
from attainment_linkage.stages.session import session_for
from attainment_linkage.steps import diff, measure

DIFF = Stage(
    name="diff",
    summary="two runs side by side, and whose links they differ about",
    reads=MEASURE.reads,
    writes=(),
    step_modules=("diff",),
)
"""What it may open. It is not of the road: people ask it."""


def compare(
    config: Config, before: str, after: str, *, spark: SparkSession | None = None
) -> tuple[ChangeLine, ...]:
    """Compare two runs; say it, and leave a page beside their reports.

    Raises:
        RunUnknownError: a run was not published in this lake, or was destroyed.
    """
    lake = Lake.open(config.lake, DIFF.roots)
    found = [_published(lake, run) for run in (before, after)]
    with session_for("diff", config, spark, is_short=True) as session:
        lines = _changes(session, lake, *found)
    reports = [documents.read(_numbers(config, run)) for run in (before, after)]
    path = _numbers(config, before).with_name(f"diff-{before}-{after}.html")
    _say(lines, write_diff(before, after, side_by_side(*reports), lines, path), RunLog())
    return lines


def _numbers(config: Config, run: str) -> Path:
    return report_path(config, run).with_suffix(".json")


def _published(lake: Lake, run: str) -> dict[str, Any]:
    found = lake.run(ATTRIBUTES, run)
    if found is None:
        runs = lake.runs(ATTRIBUTES)
        cure = (
            f"It has {', '.join(runs)}: give two of them" if runs else "It has none: run the road"
        )
        raise RunUnknownError(f"diff: the run {run} is not in this lake. {cure}.")
    return found


def _changes(
    spark: SparkSession, lake: Lake, before: dict[str, Any], after: dict[str, Any]
) -> tuple[ChangeLine, ...]:
    def read(run: dict[str, Any], table: Table) -> DataFrame:
        """A table as a run published it."""
        line = run["tables"][table.name]
        return delta.read(spark, lake.root(ATTRIBUTES) / line["path"], table, line["version"])

    def pupils(run: dict[str, Any]) -> DataFrame:
        """The pupils of a run with their characteristics."""
        return measure.measured_pupils(*(read(run, table) for table in MEASURE.reads))

    now, was = pupils(after), pupils(before)
    every = now.unionByName(was.join(now, on="attainment_id", how="left_anti"))
    spine = tables.LINK_SPINE
    counted = diff.changes(read(before, spine), read(after, spine), every)
    return change_lines(row.asDict() for row in counted.collect())


def _say(lines: tuple[ChangeLine, ...], page: Path, log: RunLog) -> None:
    for line in lines:
        if line.characteristic == ALL:
            for name in ("gained", "lost", "changed", "same"):
                log.note(f"links {name}", words.hidden(getattr(line, name)))
    log.note("page", str(page))
