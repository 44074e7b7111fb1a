"""Report lines: what a run's report says of its stages, tables and notes, from their manifests."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from typing import Any

from attainment_linkage.adapters import fingerprint
from attainment_linkage.adapters.java import check_java
from attainment_linkage.core.report import words
from attainment_linkage.core.report.contents import StageLine, TableLine
from attainment_linkage.core.report.small_counts import alone, parts
from attainment_linkage.domain.road import BY_NAME, MEASURE
from attainment_linkage.stages.run import RunSummary
from attainment_linkage.stages.runner import StageResult

_GAPS = ("link_rate", "precision", "recall")


def notes_of(summary: RunSummary, stage: str) -> dict[str, float | int | str]:
    """What a stage noted in this run; nothing where it is not of it."""
    return next((one.notes for one in summary.stages if one.stage == stage), {})


def largest_gaps(summary: RunSummary) -> dict[str, str]:
    """The largest gap between groups in each rate, as ``measure`` says it."""
    notes = notes_of(summary, MEASURE.name)
    said = {rate: notes.get(f"largest gap in {rate}") for rate in _GAPS}
    return {rate: str(text) for rate, text in said.items() if text}


def note_lines(summary: RunSummary) -> Iterator[tuple[str, str, float | int | str]]:
    """What the stages noted; a small count as the range it is in.

    Counts whose sum is a table's rows are hidden so that it gives none of them away.
    """
    for stage in summary.stages:
        known = _parts_of_tables(stage)
        for name, value in stage.notes.items():
            said = value
            if name in known:
                said = words.hidden(None) if known[name] is None else value
            elif isinstance(value, int) and alone(value) is None:
                said = words.NOT_SHOWN
            yield stage.stage, name, said


def _parts_of_tables(stage: StageResult) -> dict[str, int | None]:
    """The notes that count the rows of one table by kind (``TABLE: kind``), small ones hidden."""
    found: dict[str, int | None] = {}
    for table in stage.tables:
        of_table = {
            name: value
            for name, value in stage.notes.items()
            if name.startswith(f"{table.name}: ") and isinstance(value, int)
        }
        found |= parts(of_table)
    return found


def stage_line(stage: StageResult) -> StageLine:
    """A stage: what it is for, and the time and memory of its making."""
    summary = BY_NAME[stage.stage].summary if stage.stage in BY_NAME else ""
    return StageLine(
        stage.stage,
        summary,
        stage.is_skipped,
        stage.made_seconds,
        sum(table.gate_seconds for table in stage.tables),
        stage.peak_memory_mib,
        stage.key,
    )


def table_lines(summary: RunSummary) -> Iterator[TableLine]:
    """Each table with its rows, a small count hidden, and what its gate did not find met."""
    grains = {table.name: table.grain for one in BY_NAME.values() for table in one.writes}
    for stage in summary.stages:
        for table in stage.tables:
            yield TableLine(
                stage.stage,
                table.name,
                grains.get(table.name, ""),
                alone(table.rows),
                len(table.gate),
                tuple(_unmet(one) for one in table.gate if not one["is_met"]),
                table.seconds,
                table.gate_seconds,
                table.content_hash,
            )


def _unmet(expectation: Mapping[str, Any]) -> str:
    """An expectation of severity warning that was not met: which, of what column, how often."""
    rows = expectation["unexpected_count"]
    counted = "" if rows is None else f", {words.count(alone(rows))} rows"
    return f"{expectation['type']} ({expectation['column']}{counted})"


def versions() -> dict[str, str]:
    """What the run was made with."""
    return {
        "python": platform.python_version(),
        "java": str(check_java()),
        **fingerprint.pinned_versions(),
        "code": fingerprint.code_hash()[:12],
    }
